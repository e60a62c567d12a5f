import type { ReactNode } from 'react';
import { Link } from '@backstage/ui';
import type { RequestState } from '@kratix-ts/backstage-plugin-kratix-common';
import { factsOf, type Fact } from '../../model/facts';
import { DestinationIcon } from '../phases';
import { useWords } from '../useWords';
import styles from './Facts.module.css';

const MOST_OF_SPEC = 4;
const MOST_OUTPUTS = 6;
/** Values with more characters get a line of their own. */
const LONG = 16;

/** What was asked for, what came of it and where it went. */
export function Facts({ state }: { state: RequestState }) {
  const { t } = useWords();
  const outputs = factsOf(state.outputs, MOST_OUTPUTS);
  return (
    <dl className={styles.facts}>
      <FactRow name={t('status.offer')}>{state.promise}</FactRow>
      {state.promiseVersion && <FactRow name={t('status.version')}>{state.promiseVersion}</FactRow>}
      {factsOf(state.spec, MOST_OF_SPEC).map(fact => (
        <FactRow key={`spec.${fact.name}`} name={fact.name}>
          <Value fact={fact} />
        </FactRow>
      ))}
      {state.destinations.length > 0 && (
        <FactRow name={t('status.deliveredTo')}>
          <ul className={styles.destinations}>
            {state.destinations.map(({ name, phase }) => (
              <li key={name} title={t(`delivery.${phase}`)}>
                <DestinationIcon phase={phase} size={14} />
                {name}
              </li>
            ))}
          </ul>
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
    <>{value}</>
  );
}
