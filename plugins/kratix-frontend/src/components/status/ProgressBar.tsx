import type { PhaseSummary, Step, StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';
import { useWords } from '../useWords';
import styles from './ProgressBar.module.css';

/** One stretch per step, so that it shows how many there are and which one is at work. */
export function ProgressBar({ summary, steps }: { summary: PhaseSummary; steps: Step[] }) {
  const { t } = useWords();
  const { done, total } = summary.progress ?? { done: 0, total: 0 };
  if (total === 0) return null;
  const phases: StepPhase[] = steps.length === total ? steps.map(step => step.phase) : filled(done, total);
  const label = t('status.progress', { done: String(done), total: String(total) });
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-valuetext={label}
      className={styles.bar}
    >
      {phases.map((phase, index) => (
        <span key={index} className={styles.step} data-phase={phase} />
      ))}
    </div>
  );
}

function filled(done: number, total: number): StepPhase[] {
  return Array.from({ length: total }, (_, index) => (index < done ? 'Succeeded' : 'Pending'));
}
