import type { LogBuffer } from './logBuffer';

/** Lines that are looked at at one stretch. */
const STRETCH = 2_000;

/** Finds a text in a log that grows: each line that has ended is looked at once. Whatever its case. */
export class LogSearch {
  /** Numbers of the lines that hold the text, in order. */
  readonly matches: number[] = [];
  private readonly pattern: RegExp;
  private next = 0;

  constructor(text: string) {
    this.pattern = patternOf(text);
  }

  /** Looks at some further lines; false when nothing is left for now. */
  scan(log: LogBuffer): boolean {
    this.forget(log.dropped);
    const end = Math.min(log.ended, this.next + STRETCH);
    for (; this.next < end; this.next += 1) {
      if (this.pattern.test(log.text(this.next) ?? '')) this.matches.push(this.next);
    }
    return this.next < log.ended;
  }

  private forget(dropped: number): void {
    this.next = Math.max(this.next, dropped);
    const kept = this.matches.findIndex(index => index >= dropped);
    if (kept > 0) this.matches.splice(0, kept);
  }
}

/** Where a text stands in a line: begin and end of each place. */
export function placesOf(text: string, line: string): [number, number][] {
  if (!text) return [];
  return [...line.matchAll(patternOf(text, 'gi'))].map(match => [match.index, match.index + match[0].length]);
}

function patternOf(text: string, flags = 'i'): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), flags);
}
