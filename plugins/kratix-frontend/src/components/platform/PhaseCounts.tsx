import type { Phase, PhaseCounts as Counts } from '@kratix-ts/backstage-plugin-kratix-common';
import { PHASES } from '../../model/phases';
import { PhaseIcon } from '../phases';
import { useFormats, useWords } from '../useWords';
import styles from './PhaseCounts.module.css';

/** How many requests are in each phase; each is a filter. A phase that is chosen stays even with none in it. */
export function PhaseCounts({ counts, chosen, onChoose }: { counts: Counts; chosen: Phase[]; onChoose(phases: Phase[]): void }) {
  const { t } = useWords();
  const { number } = useFormats();
  const shown = PHASES.filter(phase => (counts[phase] ?? 0) > 0 || chosen.includes(phase));
  const toggle = (phase: Phase) =>
    onChoose(chosen.includes(phase) ? chosen.filter(other => other !== phase) : [...chosen, phase]);
  return (
    <div role="group" aria-label={t('platform.requests.counts')} className={styles.counts}>
      {shown.map(phase => (
        <button
          key={phase}
          type="button"
          className={styles.count}
          aria-pressed={chosen.includes(phase)}
          data-phase-count={phase}
          onClick={() => toggle(phase)}
        >
          <PhaseIcon phase={phase} size={18} />
          <span className={styles.number}>{number(counts[phase] ?? 0)}</span>
          <span className={styles.label}>{t(`phase.${phase}`)}</span>
        </button>
      ))}
    </div>
  );
}
