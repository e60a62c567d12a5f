import { StoreChange } from './store';

// A value may come from a request: one that holds a line break must not forge a trailer.
// eslint-disable-next-line no-control-regex
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ').trim();

const isRemoval = (change: StoreChange) => change.put.size === 0;
const subject = (change: StoreChange) => `${isRemoval(change) ? 'Delete' : 'Update'} from: ${oneLine(change.id)}`;

function summary(changes: readonly StoreChange[]): string {
  const removals = changes.filter(isRemoval).length;
  const updates = changes.length - removals;
  if (removals === 0) return `Update from: ${updates} placements`;
  if (updates === 0) return `Delete from: ${removals} placements`;
  return `Update from: ${updates} ${updates === 1 ? 'placement' : 'placements'}, delete from: ${removals}`;
}

function trailers(changes: readonly StoreChange[]): string[] {
  const lines = changes.flatMap(change => [
    change.promise && `Promise: ${oneLine(change.promise)}`,
    change.request && `Request: ${oneLine(change.request)}`,
    change.requestedBy && `Requested-by: ${oneLine(change.requestedBy)}`,
  ]);
  return [...new Set(lines)].filter(line => line !== undefined && line !== '').sort() as string[];
}

/** The message of the one commit that holds these changes: what was written, and for whom. */
export function commitMessage(changes: readonly StoreChange[]): string {
  const [first] = changes;
  const body = changes.length === 1 && first ? [subject(first)] : [summary(changes), '', ...changes.map(subject)];
  const tail = trailers(changes);
  return `${[...body, ...(tail.length ? ['', ...tail] : [])].join('\n')}\n`;
}
