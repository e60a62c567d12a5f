import type { Entity } from '@backstage/catalog-model';
import { planMutation, type GroupNow, type KnownGroup } from './planMutation';

const anEntity = (name: string, title = name): Entity => ({ apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name, title } });
const ref = (name: string) => `component:default/${name}`;
const knownOf = (groups: Record<string, Entity[]>): Map<string, KnownGroup> =>
  planMutation(new Map(), new Map(Object.entries(groups))).groups;

it.each<[string, Record<string, Entity[]>, Record<string, GroupNow>, string[], string[]]>([
  ['adds what is new', {}, { a: [anEntity('a')] }, ['a'], []],
  ['says nothing of what is the same', { a: [anEntity('a')] }, { a: [anEntity('a')] }, [], []],
  ['adds again what has changed', { a: [anEntity('a')] }, { a: [anEntity('a', 'another')] }, ['a'], []],
  ['removes what is gone', { a: [anEntity('a'), anEntity('b')] }, { a: [anEntity('a')] }, [], ['b']],
  ['removes a whole group', { a: [anEntity('a'), anEntity('b')] }, { a: [] }, [], ['a', 'b']],
  ['leaves alone what it was not asked about', { a: [anEntity('a')], b: [anEntity('b')] }, { b: [] }, [], ['b']],
  ['leaves alone what nothing can be said of', { a: [anEntity('a')] }, { a: undefined }, [], []],
  ['keeps what moved to another group', { a: [anEntity('a')] }, { a: [], b: [anEntity('a')] }, ['a'], []],
])('%s', (_, known, now, added, removed) => {
  const plan = planMutation(knownOf(known), new Map(Object.entries(now)));
  expect(plan.added.map(({ metadata }) => metadata.name)).toEqual(added);
  expect(plan.removed).toEqual(removed.map(ref));
});
