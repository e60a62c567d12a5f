import { conditionOf, isPromiseAvailable, type PromiseSource } from '@kratix-ts/backstage-plugin-kratix-common';

interface Source {
  promise: PromiseSource;
  /** Since when its cluster has not been heard of. */
  staleSince?: string;
}

/** Characters; a description is read at a glance. */
const LONGEST = 160;
/** How engines begin the message of a Promise that is not available. */
const SAID_ALREADY = /^Cannot fulfil resource requests(: |$)/;

function shortened(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).trimEnd()}…` : line;
}

function reasonOf({ promise, staleSince }: Source): string {
  if (staleSince) return 'its cluster cannot be reached';
  const message = conditionOf(promise.status?.conditions, 'Available')?.message ?? '';
  return shortened(message.replace(SAID_ALREADY, ''));
}

/** One sentence for who would ask for what a Promise offers; undefined where it can serve. It holds no time: it changes only with its reason. */
export function notAvailable(source: Source): string | undefined {
  if (isPromiseAvailable(source.promise) && !source.staleSince) return undefined;
  const reason = reasonOf(source);
  return reason ? `Not available now: ${reason}.` : 'Not available now.';
}
