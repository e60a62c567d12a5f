import { StoreChange, StoreError } from './store';

// A value may come from a request: one that holds a line break must not forge a trailer.
// eslint-disable-next-line no-control-regex
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ').trim();

const isRemoval = (change: StoreChange) => change.put.size === 0;
const actionOf = (change: StoreChange) => (isRemoval(change) ? 'Delete' : 'Update');
const subject = (change: StoreChange) => `${actionOf(change)} from: ${oneLine(change.id)}`;

/** What a template of a first line may name. */
const VALUES = {
  action: actionOf,
  placement: change => change.id,
  promise: change => change.promise,
  request: change => change.request,
  requestedBy: change => change.requestedBy,
  generation: change => change.generation?.toString(),
} satisfies Record<string, (change: StoreChange) => string | undefined>;

const NAME = /\{\{\s*([^{}]*?)\s*\}\}/gu;
const MAX_NAMED = 3;
const MAX_TEMPLATE = 500;

const isName = (name: string): name is keyof typeof VALUES => Object.hasOwn(VALUES, name);

/** Gives a template back. Throws StoreError `InvalidSpec` when it has more than one line or names what does not exist. */
export function checkTemplate(template: string | undefined): string | undefined {
  if (template === undefined) return undefined;
  const unknown = [...template.matchAll(NAME)].map(([, name = '']) => name).find(name => !isName(name));
  const refuse = (problem: string) => new StoreError('InvalidSpec', `spec.commitMessage: ${problem}`);
  if (template.trim() === '') throw refuse('is empty; leave it out for "Update from: <placement>"');
  if (oneLine(template) !== template.trim() || template.length > MAX_TEMPLATE) throw refuse(`must be one line of at most ${MAX_TEMPLATE} characters`);
  if (unknown !== undefined) throw refuse(`{{${unknown}}} is not known; there are ${Object.keys(VALUES).map(name => `{{${name}}}`).join(', ')}`);
  return template.trim();
}

/** Several values become a short list. What stands in a value is never taken for a name. */
function filled(template: string, changes: readonly StoreChange[]): string {
  return template.replace(NAME, (_, name: string) => {
    if (!isName(name)) return '';
    const values = [...new Set(changes.flatMap(change => VALUES[name](change) ?? []).map(oneLine))];
    const rest = values.length - MAX_NAMED;
    return rest > 0 ? `${values.slice(0, MAX_NAMED).join(', ')} and ${rest} more` : values.join(', ');
  });
}

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
export function commitMessage(changes: readonly StoreChange[], template?: string): string {
  const [first] = changes;
  const isAlone = changes.length === 1 && first !== undefined;
  const own = isAlone ? subject(first) : summary(changes);
  const head = template === undefined ? own : filled(template, changes);
  const isSaid = isAlone && head === own;
  const body = isSaid ? [head] : [head, '', ...changes.map(subject)];
  const tail = trailers(changes);
  return `${[...body, ...(tail.length ? ['', ...tail] : [])].join('\n')}\n`;
}
