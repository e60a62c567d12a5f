import { Text } from '@backstage/ui';
import type { Run } from '@kratix-ts/backstage-plugin-kratix-common';
import { triggerKey } from '../../model/runs';
import { StepIcon } from '../phases';
import { Elapsed, Moment } from '../Times';
import { useWords } from '../useWords';
import { Who } from '../status/Who';
import styles from './Pipelines.module.css';

/** `Update by ana · 14:01 · 48 s · failed`. */
export function RunTitle({ run }: { run: Run }) {
  const { t } = useWords();
  return (
    <div className={styles.runTitle}>
      <StepIcon phase={run.phase} />
      <Text as="span" variant="body-medium" weight="bold">
        {t(`trigger.${triggerKey(run)}`)}
      </Text>
      <Text as="span" variant="body-small" color="secondary">
        {run.actor && <>{t('pipelines.byWhom', { who: <Who entityRef={run.actor} /> })} · </>}
        {run.startedAt && (
          <>
            <Moment time={run.startedAt} /> · <Elapsed since={run.startedAt} until={run.finishedAt} /> ·{' '}
          </>
        )}
        {t(`stepPhase.${run.phase}`)}
      </Text>
    </div>
  );
}
