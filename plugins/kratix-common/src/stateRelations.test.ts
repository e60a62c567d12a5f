import { isDryRun, parentOf } from './stateRelations';
import type { StateMeta } from './stateObjects';

const aRequest = (metadata: Partial<StateMeta>) => ({ apiVersion: 'shop.io/v1', kind: 'Cart', metadata: { name: 'x', namespace: 'team-a', ...metadata } });
const labels = { 'kratix.io/parent-promise-name': 'stack', 'kratix.io/parent-resource-name': 'whole' };

it.each([
  ['nobody', {}, undefined],
  ['its labels', { labels }, { promise: 'stack', namespace: 'team-a', name: 'whole' }],
  ['its labels, in another namespace', { labels: { ...labels, 'kratix.io/parent-resource-namespace': 'b' } }, { promise: 'stack', namespace: 'b', name: 'whole' }],
  [
    'its owner',
    { ownerReferences: [{ uid: 'j', apiVersion: 'batch/v1', kind: 'Job', name: 'j' }, { uid: 'u', apiVersion: 'shop.io/v1', kind: 'Stack', name: 'whole' }] },
    { group: 'shop.io', kind: 'Stack', namespace: 'team-a', name: 'whole' },
  ],
  ['an owner that says too little', { ownerReferences: [{ uid: 'u' }] }, undefined],
])('finds the parent by %s', (_, metadata, parent) => {
  expect(parentOf(aRequest(metadata))).toEqual(parent);
});

it('tells requests of dry runs', () => {
  expect(isDryRun(aRequest({}))).toBe(false);
  expect(isDryRun(aRequest({ labels: { 'kratix.io/dry-run': 'true' } }))).toBe(true);
});
