import { Link } from '@backstage/ui';
import type { Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { triggerKey } from '../../model/runs';
import { StepIcon } from '../phases';
import { Elapsed, Moment } from '../Times';
import { queryOf } from '../useRequestLinks';
import { useWords } from '../useWords';
import styles from './RunList.module.css';

/** The recorded runs, newest first; each is an address of its own. */
export function RunList({ runs, chosen }: { runs: Run[]; chosen: Run }) {
  const { t } = useWords();
  return (
    <nav aria-label={t('pipelines.runs')} className={styles.nav}>
      <h2 className={styles.title}>{t('pipelines.runs')}</h2>
      <ul className={styles.list}>
        {runs.map(run => (
          <li key={run.id}>
            <Link
              href={queryOf({ run: run.id })}
              className={styles.run}
              aria-current={run === chosen ? 'true' : undefined}
              variant="body-small"
              standalone
            >
              <StepIcon phase={run.phase} />
              <span className={styles.words}>
                <span className={styles.name}>{t(`trigger.${triggerKey(run)}`)}</span>
                <span className={styles.note}>
                  {run.startedAt && (
                    <>
                      <Moment time={run.startedAt} /> · <Elapsed since={run.startedAt} until={run.finishedAt} /> ·{' '}
                    </>
                  )}
                  {t(`stepPhase.${run.phase}`)}
                </span>
                {run.actor && <span className={styles.note}>{t('pipelines.byWhom', { who: nameOf(run.actor) })}</span>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** `ana` of `user:default/ana`: a link to the person stands in the run's title. */
function nameOf(actor: string): string {
  return actor.split('/').pop() ?? actor;
}
