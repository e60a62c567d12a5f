import type { ReactNode } from 'react';
import { Link } from '@backstage/ui';
import { humanise, type DestinationState, type RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { factsOf, type Fact } from '../../model/facts';
import { newerVersion } from '../../model/versions';
import { Hidden } from '../Hidden';
import { MiddleTruncate } from '../MiddleTruncate';
import { DestinationIcon } from '../phases';
import { NameLink } from '../platform/NameLink';
import { useRequestLinks } from '../useRequestLinks';
import { useWords } from '../useWords';
import styles from './Facts.module.css';

const MOST_OF_SPEC = 6;
const MOST_OUTPUTS = 6;
const MOST_DESTINATIONS = 5;
/** Values with more characters get a line of their own. */
const LONG = 16;

/** What was asked for, what came of it and where it went. */
export function Facts({ state }: { state: RequestDetail }) {
  const { t } = useWords();
  const links = useRequestLinks();
  const newer = newerVersion(state);
  const outputs = factsOf(state.outputs, MOST_OUTPUTS);
  return (
    <dl className={styles.facts}>
      <FactRow name={t('status.offer')}>
        <NameLink name={humanise(state.kind)} href={links.offer?.(state.cluster, state.promise)} />
      </FactRow>
      {state.promiseVersion && (
        <FactRow name={t('status.version')}>
          {state.promiseVersion} {newer && <span className={styles.newer}>{t('status.newVersion', { version: newer })}</span>}
        </FactRow>
      )}
      {factsOf(state.spec, MOST_OF_SPEC).map(fact => (
        <FactRow key={`spec.${fact.name}`} name={fact.name} isWide={fact.value.length > LONG}>
          <Value fact={fact} />
        </FactRow>
      ))}
      {state.destinations.length > 0 && (
        <FactRow name={t('status.deliveredTo')} isWide={state.destinations.length > 2}>
          <Destinations destinations={state.destinations} />
        </FactRow>
      )}
      {outputs.map(fact => (
        <FactRow key={`outputs.${fact.name}`} name={fact.name} isWide={fact.value.length > LONG}>
          <Value fact={fact} />
        </FactRow>
      ))}
    </dl>
  );
}

/** Those that are in trouble first; of many only some, the rest as a number. */
function Destinations({ destinations }: { destinations: DestinationState[] }) {
  const { t } = useWords();
  const ordered = [...destinations].sort((a, b) => Number(a.phase === 'Delivered') - Number(b.phase === 'Delivered'));
  const more = ordered.length - MOST_DESTINATIONS;
  return (
    <ul className={styles.destinations}>
      {ordered.slice(0, MOST_DESTINATIONS).map(({ name, phase }) => (
        <li key={name} title={t(`delivery.${phase}`)}>
          <DestinationIcon phase={phase} size={14} />
          <MiddleTruncate text={name} />
          <Hidden>, {t(`delivery.${phase}`)}</Hidden>
        </li>
      ))}
      {more > 0 && <li>{t('status.moreDestinations', { count: more })}</li>}
    </ul>
  );
}

function FactRow({ name, isWide, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  return (
    <div className={styles.fact} data-wide={isWide || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Value({ fact: { value, href } }: { fact: Fact }) {
  return href ? (
    <Link href={href} target="_blank" rel="noopener noreferrer" variant="body-small">
      {value}
    </Link>
  ) : (
    <bdi>{value}</bdi>
  );
}
