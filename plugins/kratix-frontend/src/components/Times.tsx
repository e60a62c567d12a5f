import { formatDuration, formatTaken, parseTime } from '@kratix-ts/backstage-plugin-kratix-common';
import { useNow } from '../live/clock';
import { useFormats } from './useWords';

/** How long since a moment, ticking; or, with an end, how long it took. */
export function Elapsed({ since, until }: { since: string; until?: string }) {
  const end = parseTime(until);
  const now = useNow(end === undefined);
  const begin = parseTime(since);
  if (begin === undefined) return null;
  return <span data-numeric="">{end === undefined ? formatDuration(now - begin) : formatTaken(end - begin)}</span>;
}

/** How long until a moment, ticking down to zero. */
export function Countdown({ until }: { until: string }) {
  const now = useNow();
  const end = parseTime(until);
  if (end === undefined) return null;
  return <span data-numeric="">{formatDuration(end - now)}</span>;
}

/** `2 min ago`, with the exact time on hover. */
export function Ago({ time }: { time: string }) {
  const now = useNow();
  const formats = useFormats();
  const at = parseTime(time);
  if (at === undefined) return null;
  return (
    <time dateTime={time} title={formats.full(new Date(at))}>
      {formats.ago(new Date(at), new Date(now))}
    </time>
  );
}

/** `14:02`, with the exact time on hover. */
export function Moment({ time }: { time: string }) {
  const formats = useFormats();
  const at = parseTime(time);
  if (at === undefined) return null;
  return (
    <time dateTime={time} title={formats.full(new Date(at))}>
      {formats.moment(new Date(at), new Date())}
    </time>
  );
}
