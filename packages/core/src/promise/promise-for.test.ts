import type { PromiseRevisionObject, ResourceBindingObject } from '../api';
import { aBinding, anObject, aPromise, aRevision } from '../testing';
import { promiseFor, promiseForDeletion } from './promise-for';

const promise = aPromise({ metadata: { labels: { 'kratix.io/promise-version': 'v3' } } });
const v1 = aRevision('v1');
const v2 = aRevision('v2', { isLatest: true });
const both = [v1, v2];
const request = (status?: Record<string, unknown>) => anObject('cart', status && { status });

describe('promiseFor', () => {
  it.each<[string, Record<string, unknown> | undefined, ResourceBindingObject[], PromiseRevisionObject[], string]>([
    ['B-RR-4, B-RB-4: a floating binding runs with the latest revision', undefined, [aBinding('latest')], both, 'v2 by latest'],
    ['B-RR-4, B-RB-4: a pinned binding runs with exactly its version', undefined, [aBinding('v1')], both, 'v1 by v1'],
    ['B-RR-4: the binding counts more than the status', { promiseVersion: 'v1' }, [aBinding('latest')], both, 'v2 by latest'],
    ['B-RR-4: without a binding, the version that was applied', { promiseVersion: 'v1' }, [], both, 'v1 by v1'],
    ['B-RR-4: without anything, the latest', undefined, [], both, 'v2 by latest'],
    ['B-RR-4: more than one binding is refused', undefined, [aBinding('v1', { metadata: { name: 'a' } }), aBinding('v2', { metadata: { name: 'b' } })], both, 'multiple ResourceBindings for this request of Promise shop: "a", "b"; delete all but one'],
    ['B-RR-4: a version that is not there', undefined, [aBinding('v9')], both, 'cannot find a PromiseRevision for Promise shop with version v9: there are v1, v2; set spec.version of the ResourceBinding to one of them, or to latest'],
    ['B-RR-4: no revision is the latest', undefined, [aBinding('latest')], [v1], 'cannot find any PromiseRevision for Promise shop with status.latest set to true: there are v1; label one of them kratix.io/latest-revision=true'],
    ['B-RR-4: two revisions of one version', undefined, [aBinding('v1')], [v1, aRevision('v1', { metadata: { name: 'other' } })], 'multiple PromiseRevisions for Promise shop with version v1'],
    ['B-RR-4: before the first revision the request waits', undefined, [], [], 'waits'],
  ])('%s', (_rule, status, bindings, revisions, expected) => {
    const found = promiseFor({ request: request(status), promise, revisions, bindings });
    expect(typeof found === 'object' ? `${found.version} by ${found.bindingVersion}` : found ?? 'waits').toBe(expected);
  });

  it('B-RR-1: puts the spec of the revision in the place of the Promise’s own', () => {
    const found = promiseFor({ request: request(), promise, revisions: both, bindings: [aBinding('v1')] });
    expect(found).toMatchObject({ promise: { metadata: promise.metadata, spec: v1.spec.promiseSpec } });
  });
});

describe('promiseForDeletion', () => {
  it.each<[string, Record<string, unknown> | undefined, ResourceBindingObject[], PromiseRevisionObject[], string]>([
    ['B-RR-5: the version that was applied', { promiseVersion: 'v1' }, [aBinding('v2')], both, 'v1'],
    ['B-RR-5: else what the binding applied', undefined, [aBinding('v2', { status: { lastAppliedVersion: 'v1' } })], both, 'v1'],
    ['B-RR-5: else the latest', undefined, [aBinding('v1')], both, 'v2'],
    ['B-RR-5: latest is no version', { promiseVersion: 'latest' }, [], both, 'v2'],
    ['B-RR-5: a version that is gone holds nothing up', { promiseVersion: 'v0' }, [], both, 'v2'],
    ['B-RR-5: nor does a Promise without revisions', { promiseVersion: 'v1' }, [], [], 'v3'],
  ])('%s', (_rule, status, bindings, revisions, expected) => {
    expect(promiseForDeletion({ request: request(status), promise, revisions, bindings }).version).toBe(expected);
  });
});
