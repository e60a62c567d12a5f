import type { WorkflowSummary } from '@kratix-ts/backstage-plugin-kratix-common';
import { RiArrowDownLine, RiArrowRightLine } from '@remixicon/react';
import { MiddleTruncate } from '../MiddleTruncate';
import { useWords } from '../useWords';
import styles from './Workflows.module.css';

const TITLES = {
  'resource/configure': 'platform.promise.resourceConfigure',
  'resource/delete': 'platform.promise.resourceDelete',
  'promise/configure': 'platform.promise.promiseConfigure',
  'promise/delete': 'platform.promise.promiseDelete',
} as const;
const ORDER = Object.keys(TITLES);

/** What runs when: each workflow as a line of steps, each step with its containers. */
export function Workflows({ workflows }: { workflows: WorkflowSummary[] }) {
  const { t } = useWords();
  const placeOf = ({ type, action }: WorkflowSummary) => ORDER.indexOf(`${type}/${action}`);
  const shown = workflows.filter(({ pipelines }) => pipelines.length > 0).sort((a, b) => placeOf(a) - placeOf(b));
  if (shown.length === 0) return <p className={styles.none}>{t('platform.promise.noWorkflows')}</p>;
  return (
    <div className={styles.workflows}>
      {shown.map(({ type, action, pipelines }) => (
        <section key={`${type}/${action}`} className={styles.workflow}>
          <h3 className={styles.title}>{t(TITLES[`${type}/${action}`])}</h3>
          <ol className={styles.steps}>
            {pipelines.map((pipeline, index) => (
              <li key={pipeline.name} className={styles.place}>
                {index > 0 && (
                  <span className={styles.arrow} aria-hidden>
                    <RiArrowRightLine className={styles.right} size={18} />
                    <RiArrowDownLine className={styles.down} size={18} />
                  </span>
                )}
                <Pipeline pipeline={pipeline} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Pipeline({ pipeline: { name, containers } }: { pipeline: WorkflowSummary['pipelines'][number] }) {
  return (
    <div className={styles.step}>
      <span className={styles.name}>
        <MiddleTruncate text={name} />
      </span>
      <ol className={styles.containers}>
        {containers.map(container => (
          <li key={container.name} className={styles.container}>
            <MiddleTruncate text={container.name} />
            <span className={styles.image}>
              <MiddleTruncate text={container.image} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
