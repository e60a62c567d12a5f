import type { PromiseRevisionObject, ResourceBindingObject } from '@kratix-ts/core/api';
import { planVersion, type VersionTarget, type VersionWish } from './planVersion';

const aRevision = (version: string, latest = false) =>
  ({ metadata: { name: `thing-${version}`, labels: latest ? { 'kratix.io/latest-revision': 'true' } : {} }, spec: { version } }) as unknown as PromiseRevisionObject;
const aBinding = (version: string, status = {}) =>
  ({ metadata: { name: 'one-thing-12345' }, spec: { version }, status }) as unknown as ResourceBindingObject;

const aTarget = (applied: string | undefined, ...bindings: ResourceBindingObject[]): VersionTarget => ({
  request: { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'one', namespace: 'default' }, status: { promiseVersion: applied } },
  promise: 'thing',
  revisions: [aRevision('v1'), aRevision('v2', true)],
  bindings,
});
const again = { labels: { 'kratix.io/manual-reconciliation': 'true' } };

it.each<[string, VersionWish, VersionTarget, object]>([
  ['pins what follows', { do: 'pin', version: 'v1' }, aTarget('v2', aBinding('latest')), { spec: { version: 'v1' } }],
  ['pins at what it runs with', { do: 'pin', version: 'v2' }, aTarget('v2', aBinding('latest')), { spec: { version: 'v2' } }],
  ['lets what is pinned follow', { do: 'pin', version: 'latest' }, aTarget('v1', aBinding('v1')), { spec: { version: 'latest' } }],
  ['asks again for a version that failed', { do: 'pin', version: 'v2' }, aTarget('v1', aBinding('v1', { failedVersion: 'v2' })), { spec: { version: 'v2' }, metadata: again }],
  ['asks again where the binding says it already', { do: 'pin', version: 'v2' }, aTarget('v1', aBinding('v2', { failedVersion: 'v2' })), { metadata: again }],
  ['upgrades what is pinned, and leaves it pinned', { do: 'upgrade' }, aTarget('v1', aBinding('v1')), { spec: { version: 'v2' } }],
  ['wakes what follows and has not moved', { do: 'upgrade' }, aTarget('v1', aBinding('latest')), { metadata: again }],
  ['goes back to an older version', { do: 'upgrade', version: 'v1' }, aTarget('v2', aBinding('v2')), { spec: { version: 'v1' } }],
])('%s', (_, wish, target, patch) => {
  expect(planVersion(wish, target)).toEqual({ name: 'one-thing-12345', patch });
});

it('makes the binding that the engine will find, where there is none yet', () => {
  expect(planVersion({ do: 'pin', version: 'v1' }, aTarget(undefined))).toEqual({
    create: {
      apiVersion: 'platform.kratix.io/v1alpha1',
      kind: 'ResourceBinding',
      metadata: { name: expect.stringMatching(/^one-thing-\w{5}$/), namespace: 'default', labels: { 'kratix.io/promise-name': 'thing', 'kratix.io/resource-name': 'one' } },
      spec: { version: 'v1', promiseRef: { name: 'thing' }, resourceRef: { name: 'one', namespace: 'default' } },
    },
  });
});

it.each<[VersionWish, VersionTarget, string]>([
  [{ do: 'pin', version: 'v3' }, aTarget('v2', aBinding('latest')), 'version: Promise "thing" has no version "v3"; it has: latest, v1, v2'],
  [{ do: 'pin', version: 'v2' }, aTarget('v2', aBinding('v2')), 'Thing "default/one" is pinned at version v2, and runs with it already'],
  [{ do: 'upgrade' }, aTarget('v2', aBinding('latest')), 'follows the newest version, which is v2, and runs with it already'],
  [{ do: 'upgrade' }, { ...aTarget('not-set', aBinding('latest')), revisions: [] }, 'bears no label kratix.io/promise-version; set it on the Promise'],
  [{ do: 'upgrade' }, aTarget('v1', aBinding('v1'), aBinding('v2')), 'has several ResourceBindings'],
])('refuses %j where there is nothing to do, and says why', (wish, target, words) => {
  expect(() => planVersion(wish, target)).toThrow(words);
});
