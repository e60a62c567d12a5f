import type { WorkSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { encodeContent, splitFiles } from '@kratix-ts/core/wire';
import { randomBytes } from 'node:crypto';
import { JoinedFiles } from './JoinedFiles';

const big = randomBytes(1_500_000).toString('base64');
const kratix = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Work' };
const files = new Map([
  ['a', [{ filepath: 'big.txt', content: encodeContent(big) }]],
  ['b', [{ filepath: 'small.txt', content: encodeContent('hello') }]],
]);
const pieces = splitFiles('w', files);
const parts = pieces.map(({ name, digest }) => ({ name, digest }));
const partWorks = new Map(
  pieces.map(({ name, piece }): [string, WorkSource] => [`default/${name}`, { ...kratix, metadata: { name, namespace: 'default' }, spec: { part: { of: 'w', piece } } }]),
);
const placement = { ...kratix, kind: 'WorkPlacement', metadata: { name: 'p', namespace: 'default' }, spec: { id: 'a', parts } };

it('lists files that lie in pieces by path and size, and reads them whole', () => {
  expect(pieces.length).toBeGreaterThan(1);
  const joined = new JoinedFiles((namespace, name) => partWorks.get(`${namespace}/${name}`));
  const work = { ...kratix, metadata: { name: 'w', namespace: 'default' }, spec: { parts, workloadGroups: [{ id: 'a' }, { id: 'b' }] } };
  expect(joined.work(work).spec?.workloadGroups).toEqual([
    { id: 'a', workloads: [{ filepath: 'big.txt', size: big.length }] },
    { id: 'b', workloads: [{ filepath: 'small.txt', size: 5 }] },
  ]);
  expect(joined.placement(placement).spec?.workloads).toEqual([{ filepath: 'big.txt', size: big.length }]);
  expect(joined.content(placement)).toEqual(files.get('a'));
});

it('lists nothing while a piece is missing, and everything when it has come', () => {
  const come = new Map(partWorks);
  const [first] = come.keys();
  const late = come.get(first)!;
  come.delete(first);
  const joined = new JoinedFiles((namespace, name) => come.get(`${namespace}/${name}`));
  expect(joined.placement(placement).spec?.workloads).toEqual([]);
  come.set(first, late);
  expect(joined.placement(placement).spec?.workloads).toHaveLength(1);
});

it('leaves objects alone that hold their files themselves', () => {
  const joined = new JoinedFiles(() => undefined);
  const own = { ...placement, spec: { id: 'b', workloads: files.get('b') } };
  expect(joined.placement(own)).toBe(own);
  expect(joined.content(own)).toBe(own.spec.workloads);
});
