import { useTranslationRef, type TranslationFunction } from '@backstage/frontend-plugin-api';
import { kratixTranslationRef } from '../translation';

/** The plugin's texts in the user's language. */
export function useWords(): { t: TranslationFunction<typeof kratixTranslationRef.T> } {
  return useTranslationRef(kratixTranslationRef);
}

/** Writes moments, numbers and sizes as the user's language does, in the user's time zone. */
export function useFormats(): Formats {
  const { t } = useWords();
  return formatsOf(t('locale'));
}

type Formats = ReturnType<typeof makeFormats>;

/** Formatters are costly to make, and a table uses them in every row. */
const made = new Map<string, Formats>();

function formatsOf(locale: string): Formats {
  const known = made.get(locale) ?? makeFormats(locale);
  made.set(locale, known);
  return known;
}

function makeFormats(locale: string) {
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const dayAndClock = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
  const relative = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'auto' });
  const count = new Intl.NumberFormat(locale);
  return {
    /** `14:02`, with the day where it is not today. */
    moment: (time: Date, now: Date) => (time.toDateString() === now.toDateString() ? clock : dayAndClock).format(time),
    full: (time: Date) => full.format(time),
    /** `2 min ago`. */
    ago: (time: Date, now: Date) => relativeTo(relative, (time.getTime() - now.getTime()) / 1000),
    size: (bytes: number) => sizeOf(bytes, locale),
    number: (value: number) => count.format(value),
  };
}

function relativeTo(format: Intl.RelativeTimeFormat, seconds: number): string {
  const past = Math.min(0, seconds);
  if (past > -60) return format.format(Math.trunc(past), 'second');
  if (past > -3600) return format.format(Math.trunc(past / 60), 'minute');
  if (past > -86400) return format.format(Math.trunc(past / 3600), 'hour');
  return format.format(Math.trunc(past / 86400), 'day');
}

function sizeOf(bytes: number, locale: string): string {
  const power = Math.min(2, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = ['B', 'kB', 'MB'][power];
  const value = bytes / 1000 ** power;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${unit}`;
}
