import { attentionRank, type Phase, type RequestQuery } from '@kratix-ts/backstage-plugin-kratix-common';
import type { IndexedRequest } from './RequestIndex';
import { requestPage } from './requestPage';

const NOW = new Date('2026-11-22T10:00:00Z');

function entry(name: string, phase: Phase, extra: Partial<IndexedRequest['facts']> = {}): IndexedRequest {
  const facts = { cluster: 'demo', namespace: 'default', name, promise: 'redis', requestedBy: 'user:default/ana', ...extra };
  const summary = { phase, sentence: 'old', message: { id: 'queued', values: { since: '2026-11-22T09:59:50Z' } } };
  return {
    facts,
    summary: { ...facts, group: 'g', version: 'v1', kind: 'Redis', plural: 'redis', uid: name, createdAt: '2026-11-22T09:00:00Z', summary },
    phase,
    text: `${name}\n${facts.namespace}\nredis`,
    id: name,
    rank: attentionRank(phase),
    createdAt: 0,
    since: 0,
  };
}

const entries = [
  entry('a', 'Failed'),
  entry('b', 'Running', { namespace: 'team' }),
  entry('c', 'Ready', { promise: 'kafka' }),
  entry('d', 'Ready', { requestedBy: 'user:default/bo' }),
  entry('e', 'Ready', { cluster: 'other', requestedBy: undefined }),
];
const everything = () => true;
const names = (query: RequestQuery, isVisible: Parameters<typeof requestPage>[1] = everything) =>
  requestPage(entries, isVisible, query, NOW).items.map(({ name }) => name).join('');

it.each<[string, RequestQuery, string]>([
  ['nothing', {}, 'abcde'],
  ['a cluster', { cluster: 'other' }, 'e'],
  ['Promises', { promise: ['kafka', 'none'] }, 'c'],
  ['a namespace', { namespace: ['team'] }, 'b'],
  ['people', { requestedBy: ['user:default/ana', 'user:default/bo'] }, 'abcd'],
  ['phases', { phase: ['Failed', 'Running'] }, 'ab'],
  ['a text, whatever its case', { text: ' TEA ' }, 'b'],
  ['several fields, which must all hold', { phase: ['Ready'], promise: ['redis'], cluster: 'demo' }, 'd'],
  ['an empty list, which asks for nothing', { promise: [] }, 'abcde'],
  ['a page', { offset: 1, limit: 2 }, 'bc'],
  ['a page that is not full', { offset: 4, limit: 2 }, 'e'],
  ['a page behind the end', { offset: 9, limit: 2 }, ''],
  ['the other order', { order: 'desc', limit: 2 }, 'ed'],
  ['a later page of the other order', { order: 'desc', offset: 4, limit: 2 }, 'a'],
  ['a page behind the end of the other order', { order: 'desc', offset: 5, limit: 2 }, ''],
])('filters by %s', (_, query, expected) => expect(names(query)).toBe(expected));

it('counts by phase what every filter but the one by phase lets through, and all pages of it', () => {
  const { counts, total } = requestPage(entries, everything, { phase: ['Ready'], cluster: 'demo', limit: 1 }, NOW);
  expect(counts).toEqual({ Failed: 1, Running: 1, Ready: 2 });
  expect(total).toBe(2);
});

it('shows, counts and names nothing that the caller may not see', () => {
  const page = requestPage(entries, ({ namespace }) => namespace === 'team', {}, NOW);
  expect(page).toMatchObject({ total: 1, counts: { Running: 1 } });
  expect(page.values).toEqual({ promises: ['redis'], namespaces: ['team'], requestedBy: ['user:default/ana'] });
});

it('offers every value that the caller may see, whatever is filtered for', () => {
  expect(requestPage(entries, everything, { namespace: ['team'] }, NOW).values).toEqual({
    promises: ['kafka', 'redis'],
    namespaces: ['default', 'team'],
    requestedBy: ['user:default/ana', 'user:default/bo'],
  });
});

it('says sentences as of now', () => {
  expect(requestPage(entries, everything, { limit: 1 }, NOW).items[0].summary.sentence).toBe('Accepted 10 s ago, starting.');
});
