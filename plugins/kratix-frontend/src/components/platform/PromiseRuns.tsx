import type { Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { triggerKey } from '../../model/runs';
import { StepIcon } from '../phases';
import { StepList } from '../status/StepList';
import { Ago, Elapsed } from '../Times';
import { useWords } from '../useWords';
import styles from './PromiseRuns.module.css';

/** So many of the newest; the Promise keeps more in the cluster. */
const MOST = 5;

/** The runs of a Promise's own workflow, newest first, each with its steps. */
export function PromiseRuns({ runs }: { runs: Run[] }) {
  const { t } = useWords();
  return (
    <ol className={styles.runs}>
      {runs.slice(0, MOST).map(run => (
        <li key={run.id}>
          <span className={styles.head}>
            <StepIcon phase={run.phase} size={18} />
            <strong>{t(`trigger.${triggerKey(run)}`)}</strong>
            <span className={styles.quiet}>
              {t(`stepPhase.${run.phase}`)}
              {run.startedAt && (
                <>
                  {' · '}
                  <Ago time={run.startedAt} />
                  {' · '}
                  <Elapsed since={run.startedAt} until={run.finishedAt} />
                </>
              )}
            </span>
          </span>
          {run.message && <span className={styles.quiet}>{run.message}</span>}
          <StepList steps={run.steps} />
        </li>
      ))}
    </ol>
  );
}
