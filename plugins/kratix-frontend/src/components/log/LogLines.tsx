import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { LogView } from '../../live/useLog';
import type { LogLine } from '../../model/logBuffer';
import { spansOf } from './ansi';
import styles from './LogLines.module.css';

const LINE_PX = 20;
/** How far above its end a log still counts as read to its end. */
const NEAR_END_PX = 24;

function StyledLine({ search, ...line }: LogLine & { search: string }) {
  return (
    <bdi className={styles.text}>
      {spansOf(line, search).map(({ text, colour, isBold, isDim, isItalic, isUnderlined, isFound }, i) => {
        const classes = [isBold && styles.bold, isDim && styles.dim, isItalic && styles.italic, isUnderlined && styles.underlined];
        const shared = { className: classes.filter(Boolean).join(' ') || undefined, 'data-colour': colour };
        return isFound ? (
          <mark key={i} {...shared}>
            {text}
          </mark>
        ) : (
          <span key={i} {...shared}>
            {text}
          </span>
        );
      })}
    </bdi>
  );
}

/** Lines do not change: what is drawn once stays while others come. */
const Line = memo(StyledLine);

interface LogLinesProps {
  view: LogView;
  label: string;
  search: string;
  /** Number of the line to bring into view. */
  found?: number;
  wraps: boolean;
  isFollowing: boolean;
  /** Called when the reader scrolls up, away from the newest line. */
  onLeave: () => void;
}

/** The lines of a log of which only those in view are in the page. */
export function LogLines({ view: { buffer, version }, label, search, found, wraps, isFollowing, onLeave }: LogLinesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const first = buffer.dropped;
  const count = buffer.end - first;
  // Functions of a virtualizer are made to be called anew in each render.
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => LINE_PX,
    getItemKey: index => index + first,
    overscan: 10,
    useFlushSync: false,
  });
  useEffect(() => {
    frame.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);
  useLayoutEffect(() => {
    if (isFollowing && count > 0) virtualizer.scrollToIndex(count - 1, { align: 'end' });
  }, [virtualizer, isFollowing, count, version]);
  useEffect(() => {
    if (found !== undefined) virtualizer.scrollToIndex(found - first, { align: 'center' });
    // Lines that are dropped meanwhile do not call for another scroll.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [virtualizer, found]);
  useEffect(() => virtualizer.measure(), [virtualizer, wraps]);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = frame.current ?? {};
    const isUpwards = scrollTop < lastTop.current;
    lastTop.current = scrollTop;
    if (isFollowing && isUpwards && scrollHeight - clientHeight - scrollTop > NEAR_END_PX) onLeave();
  };
  return (
    // A region that scrolls has to be reachable with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={frame} className={styles.frame} role="log" aria-live="off" aria-label={label} tabIndex={0} onScroll={onScroll}>
      <div className={styles.all} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start, key }) => {
          const line = buffer.line(index + first);
          return (
            <div
              key={String(key)}
              ref={wraps ? virtualizer.measureElement : undefined}
              data-index={index}
              data-wraps={wraps || undefined}
              data-found={index + first === found || undefined}
              className={styles.line}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span className={styles.number} aria-hidden data-number={index + first + 1} />
              {line && <Line text={line.text} raw={line.raw} search={search} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}
