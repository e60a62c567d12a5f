import type { Step } from '@kratix-ts/backstage-plugin-kratix-common';
import { AttemptBefore } from '../AttemptBefore';
import { Hidden } from '../Hidden';
import { MiddleTruncate } from '../MiddleTruncate';
import { StepIcon } from '../phases';
import { Elapsed } from '../Times';
import { useWords } from '../useWords';
import styles from './StepList.module.css';

/** The steps of a run in order, each with its state and how long it took or has been at work. */
export function StepList({ steps }: { steps: Step[] }) {
  const { t } = useWords();
  return (
    <ol className={styles.list} aria-label={t('status.steps')}>
      {steps.map(step => (
        <li key={step.name} className={styles.step} data-phase={step.phase}>
          <StepIcon phase={step.phase} />
          <MiddleTruncate text={step.name} />
          <Hidden>, {t(`stepPhase.${step.phase}`)}</Hidden>
          {step.startedAt && (step.finishedAt || step.phase === 'Running') && (
            <span className={styles.time}>
              <Elapsed since={step.startedAt} until={step.finishedAt} />
            </span>
          )}
          {step.before && (
            <span className={styles.before}>
              <Hidden>, </Hidden>
              <AttemptBefore step={step} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
