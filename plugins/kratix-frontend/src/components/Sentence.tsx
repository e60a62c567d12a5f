import { useMemo, type ReactElement } from 'react';
import {
  parseTime,
  sentenceValues,
  sentences,
  type PhaseSummary,
  type SentenceMessage,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { Hidden } from './Hidden';
import { Countdown, Elapsed, Moment } from './Times';
import { useFormats, useWords } from './useWords';
import styles from './Sentence.module.css';

const NAMES = ['promise', 'missing', 'step', 'container', 'destination', 'destinations', 'cluster'];
/** Somebody else's words: marks of direction in them must not turn the rest of the sentence round. */
const WORDS = ['words', 'tail', 'reason', 'wanted', 'existing', 'state'];

type Value = string | number | ReactElement;
type Say = (key: string, values: Record<string, Value>) => ReactElement | string;

/** The sentence of a phase in the user's language: names stand out, clocks tick. */
export function Sentence({ summary }: { summary: PhaseSummary }) {
  const say = useSay();
  const { message, lastKnown } = summary;
  if (!message || !isKnown(message)) return <>{summary.sentence}</>;
  const values: Record<string, Value> = { ...message.values };
  for (const name of NAMES) {
    if (values[name]) values[name] = <span className={styles.name}>{message.values[name]}</span>;
  }
  for (const name of WORDS) {
    if (values[name]) values[name] = <bdi>{message.values[name]}</bdi>;
  }
  const { since, until, at } = message.values;
  if (typeof since === 'string') values.elapsed = <Elapsed since={since} />;
  if (typeof until === 'string') values.countdown = <Countdown until={until} />;
  if (typeof at === 'string') values.clock = <Moment time={at} />;
  if (lastKnown) values.last = <Sentence summary={lastKnown} />;
  return <>{say(`sentence.${message.id}`, values)}</>;
}

/**
 * Says a change of phase to a screen reader, once: a clock that ticks inside the visible sentence would be read out
 * each second.
 */
export function SpokenSentence({ summary }: { summary: PhaseSummary }) {
  const { t } = useWords();
  const say = useSay();
  const formats = useFormats();
  const key = JSON.stringify([summary.phase, summary.message ?? summary.sentence]);
  const spoken = useMemo(() => {
    const { message } = summary;
    if (!message || !isKnown(message)) return summary.sentence;
    return say(`sentence.${message.id}`, sentenceValues(message, { now: new Date(), clock: formats.moment }));
    // The key stands for the summary: the same words again are no news.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, formats]);
  return (
    <Hidden>
      <span role="status" aria-live="polite" aria-atomic="true">
        {t(`phase.${summary.phase}`)}: {spoken}
      </span>
    </Hidden>
  );
}

/** A newer backend may know sentences that this page does not; then its English one is shown. */
function isKnown({ id, values }: SentenceMessage): boolean {
  const hasTimes = ['since', 'until', 'at'].every(name => values[name] === undefined || parseTime(values[name]) !== undefined);
  return hasTimes && (id in sentences || `${id}_other` in sentences);
}

function useSay(): Say {
  const { t } = useWords();
  // The keys are typed one by one; here they come from the backend and were checked by `isKnown`.
  return t as Say;
}
