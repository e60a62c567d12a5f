import {
  sayAgain,
  type Phase,
  type PhaseCounts,
  type RequestPage,
  type RequestQuery,
} from '@kratix-ts/backstage-plugin-kratix-common';
import type { IndexedRequest } from './RequestIndex';
import type { RequestFacts } from './rules';

export const DEFAULT_LIMIT = 50;
export const LARGEST_LIMIT = 500;

/** Whether an entry passes every filter but the one by phase. */
function matcher({ cluster, promise, namespace, requestedBy, text }: RequestQuery): (entry: IndexedRequest) => boolean {
  const oneOf = (values: string[] | undefined) => (values && values.length > 0 ? new Set(values) : undefined);
  const [promises, namespaces, people] = [oneOf(promise), oneOf(namespace), oneOf(requestedBy)];
  const needle = text?.trim().toLowerCase();
  return ({ facts, text: words }) =>
    (!cluster || facts.cluster === cluster) &&
    (!promises || promises.has(facts.promise)) &&
    (!namespaces || namespaces.has(facts.namespace)) &&
    (!people || (facts.requestedBy !== undefined && people.has(facts.requestedBy))) &&
    (!needle || words.includes(needle));
}

/** Numbers by phase. */
export function countPhases(entries: Iterable<{ phase: Phase }>): PhaseCounts {
  const counts: PhaseCounts = {};
  for (const { phase } of entries) counts[phase] = (counts[phase] ?? 0) + 1;
  return counts;
}

const sortedValues = (values: Set<string>) => [...values].sort((a, b) => a.localeCompare(b));

/** One page of what the caller may see. `sorted` holds every request in ascending order of the wanted sort. */
export function requestPage(
  sorted: readonly IndexedRequest[],
  isVisible: (facts: RequestFacts) => boolean,
  query: RequestQuery,
  now: Date,
): RequestPage {
  const { limit = DEFAULT_LIMIT, offset = 0, phase = [], order = 'asc' } = query;
  const isMatch = matcher(query);
  const phases = new Set(phase);
  const values = { promises: new Set<string>(), namespaces: new Set<string>(), requestedBy: new Set<string>() };
  const matched: IndexedRequest[] = [];
  for (const entry of sorted) {
    if (!isVisible(entry.facts)) continue;
    values.promises.add(entry.facts.promise);
    values.namespaces.add(entry.facts.namespace);
    if (entry.facts.requestedBy) values.requestedBy.add(entry.facts.requestedBy);
    if (isMatch(entry)) matched.push(entry);
  }
  const rows = phases.size > 0 ? matched.filter(entry => phases.has(entry.phase)) : matched;
  const from = order === 'desc' ? Math.max(rows.length - offset - limit, 0) : offset;
  const page = rows.slice(from, order === 'desc' ? Math.max(rows.length - offset, 0) : offset + limit);
  if (order === 'desc') page.reverse();
  return {
    items: page.map(({ summary }) => ({ ...summary, summary: sayAgain(summary.summary, now) })),
    total: rows.length,
    offset,
    counts: countPhases(matched),
    values: {
      promises: sortedValues(values.promises),
      namespaces: sortedValues(values.namespaces),
      requestedBy: sortedValues(values.requestedBy),
    },
  };
}
