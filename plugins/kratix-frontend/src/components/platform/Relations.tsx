import type { ReactNode } from 'react';
import { Alert } from '@backstage/ui';
import { RiArrowDownLine, RiArrowRightLine, RiCheckboxCircleFill, RiErrorWarningFill } from '@remixicon/react';
import type { PromiseDetail, RequiredPromise } from '@kratix-ts/backstage-plugin-kratix-common';
import { MiddleTruncate } from '../MiddleTruncate';
import { useWords } from '../useWords';
import { NameLink } from './NameLink';
import { usePromiseAddress } from './useAddresses';
import styles from './Relations.module.css';

const STATES = {
  installed: 'platform.promise.installed',
  missing: 'platform.promise.missing',
  unavailable: 'platform.promise.unavailable',
  'wrong-version': 'platform.promise.wrongVersion',
} as const;

const nameOf = ({ name, version }: RequiredPromise) => (version ? `${name} ${version}` : name);

/** What a Promise needs, and what needs it, as three columns that read from left to right. */
export function Relations({ promise: { cluster, name, requires, requiredBy } }: { promise: PromiseDetail }) {
  const { t } = useWords();
  const missing = requires.filter(({ state }) => state === 'missing').map(required => nameOf(required));
  return (
    <div className={styles.frame}>
      <div className={styles.graph}>
        <Column title={t('platform.promise.requires')} none={t('platform.promise.requiresNothing')}>
          {requires.map(required => (
            <Node key={required.name} cluster={cluster} name={required.name} version={required.version} isTroubled={required.state !== 'installed'}>
              {t(STATES[required.state])}
            </Node>
          ))}
        </Column>
        <Arrow />
        <div className={styles.self}>
          <MiddleTruncate text={name} />
        </div>
        <Arrow />
        <Column title={t('platform.promise.requiredBy')} none={t('platform.promise.requiredByNothing')}>
          {requiredBy.map(other => (
            <Node key={other} cluster={cluster} name={other} />
          ))}
        </Column>
      </div>
      {missing.length > 0 && <Alert status="warning" icon title={t('platform.promise.install', { names: missing.join(', ') })} />}
    </div>
  );
}

function Arrow() {
  return (
    <span className={styles.arrow} aria-hidden>
      <RiArrowRightLine className={styles.right} size={20} />
      <RiArrowDownLine className={styles.down} size={20} />
    </span>
  );
}

function Column({ title, none, children }: { title: string; none: string; children: ReactNode[] }) {
  return (
    <section className={styles.column}>
      <h3 className={styles.title}>{title}</h3>
      {children.length > 0 ? <ul className={styles.nodes}>{children}</ul> : <p className={styles.none}>{none}</p>}
    </section>
  );
}

interface NodeProps {
  cluster: string;
  name: string;
  version?: string;
  isTroubled?: boolean;
  children?: ReactNode;
}

function Node({ cluster, name, version, isTroubled, children }: NodeProps) {
  const address = usePromiseAddress()(cluster, name);
  const Icon = isTroubled ? RiErrorWarningFill : RiCheckboxCircleFill;
  return (
    <li className={styles.node} data-troubled={isTroubled || undefined}>
      {children && <Icon size={16} aria-hidden className={styles.icon} />}
      <div className={styles.words}>
        <NameLink name={name} href={address} />
        {(version || children) && (
          <span className={styles.quiet}>
            {version}
            {version && children && ' · '}
            {children}
          </span>
        )}
      </div>
    </li>
  );
}
