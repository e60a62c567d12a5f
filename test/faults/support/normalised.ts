import type { DynamicObject } from '@kratix-ts/core/kube';

/** What belongs to the cluster itself. */
const BUILT_IN = /^(kube-|default$|extension-apiserver|system:|cluster-admin$|admin$|edit$|view$)|\.(kratix\.io|kratix-ts\.dev)$/;

/** What says nothing about how things stand. */
const CHANCE = new Set(['uid', 'resourceVersion', 'managedFields', 'creationTimestamp']);

/** What a Job and its pod were made of says nothing more than their labels do, and holds versions and times. */
function essence(object: DynamicObject): DynamicObject {
  const { status, ...rest } = object;
  const entries = Object.entries(object.metadata).filter(([field]) => !CHANCE.has(field));
  const metadata = { ...Object.fromEntries(entries), name: object.metadata.name };
  if (object.kind === 'Job') return { ...rest, metadata, spec: {} };
  if (object.kind === 'Pod') return { ...rest, metadata: { ...metadata, annotations: {} }, spec: {}, status: { phase: status?.phase } };
  // what is written last depends on who came last, and is told with the next write that happens anyway
  if (object.kind === 'Destination') return { ...object, metadata, status: { ...status, lastWrite: undefined } };
  // a record is written whole, and counts its writes as generations
  return { ...object, metadata: object.kind === 'WorkflowRun' ? { ...metadata, generation: undefined } : metadata };
}

/**
 * Objects and files as sorted lines of text, without what differs between two lives that went the same way: uids,
 * versions, times, and whatever is computed from them.
 */
export function normalised(objects: DynamicObject[], files: Record<string, string>): string[] {
  const own = objects.filter(({ metadata }) => !BUILT_IN.test(metadata.name));
  const uids = own.map(({ metadata }) => metadata.uid ?? '').filter(Boolean);
  const plain = (text: string) =>
    uids
      .reduce((rest, uid) => rest.replaceAll(uid, 'UID'), text)
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
      .replace(/sha256:[0-9a-f]{64}/g, 'DIGEST')
      .replace(/\b[0-9a-f]{40}\b/g, 'COMMIT')
      .replace(/file:[^"]*\//g, 'file:')
      .replace(/"repository":"[0-9a-f]+"/g, '"repository":"REPOSITORY"')
      .replace(/(-pod\d+)-[0-9a-z]+/g, '$1')
      .replace(/-[0-9a-f]{5}(?![0-9a-f])/g, '-HASH');
  const lines = own.map(object => `${object.kind} ${plain(JSON.stringify(sorted(essence(object))))}`);
  return [...lines, ...Object.entries(files).map(([path, text]) => plain(`file ${path}: ${text}`))].sort();
}

/** What one has and the other has not, as lines that begin with minus and plus, from shortly before where they differ. */
export function differences(expected: string[], found: string[]): string[] {
  const beyond = (some: string[], others: string[]) => {
    const left = [...others];
    return some.filter(line => {
      const at = left.indexOf(line);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  const [missing, surplus] = [beyond(expected, found), beyond(found, expected)];
  return [...missing.map(line => `- ${around(line, surplus)}`), ...surplus.map(line => `+ ${around(line, missing)}`)];
}

const CONTEXT = 80;

function around(line: string, others: string[]): string {
  const common = (other: string) => [...line].findIndex((char, at) => char !== other[at]);
  const from = Math.max(0, ...others.map(common)) - CONTEXT;
  const name = /"name":"[^"]*","namespace"|"name":"[^"]*"\}/.exec(line)?.[0] ?? '';
  return from > 0 ? `${line.split(' ')[0]} ${name} …${line.slice(from, from + 4 * CONTEXT)}` : line.slice(0, 4 * CONTEXT);
}

function sorted(value: unknown): unknown {
  // conditions stand in the order in which they came
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (typeOf(a) < typeOf(b) ? -1 : 1));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

const typeOf = (value: unknown): string => String((value as { type?: unknown } | null)?.type ?? '');
