import { formatDuration, formatTaken, type ContainerState, type StepPhase } from '@kratix-ts/backstage-plugin-kratix-common';
import { labelledTicks, reachesEnd, type Segment, type Timeline } from '../../model/timeline';
import { useWords } from '../useWords';
import styles from './Bar.module.css';

interface BarProps {
  segments: Segment[];
  timeline: Timeline;
  phase: StepPhase | ContainerState['phase'];
  isStep?: boolean;
}

/** When something waited and ran, to the scale of the whole run. The table beside it says the same in words. */
export function Bar({ segments, timeline, phase, isStep }: BarProps) {
  const { t } = useWords();
  return (
    <div className={styles.track} data-step={isStep || undefined} aria-hidden>
      {timeline.ticks.map(tick => (
        <span key={tick} className={styles.tick} style={{ left: percent(tick, timeline) }} />
      ))}
      {segments.map(({ kind, from, to, waitsFor }) => (
        <span
          key={`${kind}${from}/${waitsFor}`}
          className={styles.segment}
          data-kind={kind}
          data-wait={waitsFor}
          title={waitsFor && `${t(`wait.${waitsFor}`)}: ${formatTaken(to - from)}`}
          data-phase={phase}
          style={{ left: percent(from, timeline), width: percent(to - from, timeline) }}
        />
      ))}
    </div>
  );
}

/** The times above the bars. */
export function Axis({ timeline }: { timeline: Timeline }) {
  return (
    <div className={styles.axis} aria-hidden>
      {labelledTicks(timeline, formatDuration).map(tick => (
        <span key={tick} data-at-end={reachesEnd(tick, timeline.span, formatDuration(tick)) || undefined} style={{ left: percent(tick, timeline) }}>
          {formatDuration(tick)}
        </span>
      ))}
    </div>
  );
}

function percent(part: number, { span }: Timeline): string {
  return `${((part / span) * 100).toFixed(2)}%`;
}
