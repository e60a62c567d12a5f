import type { BucketStateStoreObject, DestinationObject, PromiseReleaseObject, PromiseRevisionObject } from '../api';
import { bucketStoreVerdict, destinationPatch, destinationVerdict, releaseVerdict, revisionDeletionVerdict, revisionVerdict } from './object-rules';
import type { StoredObjects } from './verdict';

type Json = Record<string, unknown>;
const object = <T>(kind: string, spec: Json, metadata: Json = {}) => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind, metadata: { name: 'one', ...metadata }, spec }) as T;
const destination = (spec: Json, metadata: Json = {}) => object<DestinationObject>('Destination', spec, metadata);
const ref = { kind: 'GitStateStore', name: 'fleet' };

const stored = (destinations: DestinationObject[] = [], hasStore = true): StoredObjects => ({
  promises: () => [], promise: () => undefined, revisions: () => [], definitions: () => [], destinations: () => destinations, hasStore: () => hasStore,
});
const verdict = (spec: Json, known = stored(), overlap: () => string | undefined = () => undefined) => destinationVerdict({ object: destination(spec) }, known, overlap);

describe('a Destination', () => {
  it.each([
    [{ mode: 'aggregatedYAML' }, [{ op: 'add', path: '/spec/filepath/filename', value: 'aggregated.yaml' }]],
    [{ mode: 'aggregatedYAML', filename: '' }, [{ op: 'add', path: '/spec/filepath/filename', value: 'aggregated.yaml' }]],
    [{ mode: 'aggregatedYAML', filename: 'all.yaml' }, []],
    [{ mode: 'none' }, []],
    [undefined, []],
  ])('B-WH-10: filepath %j is completed', (filepath, patch) => expect(destinationPatch(destination({ path: 'a', ...(filepath && { filepath }) }))).toEqual(patch));

  it('B-WH-11: needs a path and a store', () => {
    expect(verdict({ path: '', stateStoreRef: ref }).problems).toEqual(['path field is required']);
    expect(verdict({ path: 'a' }).problems).toEqual(['stateStoreRef field is required']);
  });

  it('B-WH-11: a store that is not there is a warning', () => {
    expect(verdict({ path: 'a', stateStoreRef: ref }, stored([], false))).toEqual({ problems: [], warnings: ['Warning: referenced GitStateStore "fleet" does not exist'] });
  });

  it('B-WH-11: a path in a store belongs to one Destination', () => {
    const other = destination({ path: 'a', stateStoreRef: ref }, { name: 'other' });
    expect(verdict({ path: 'a', stateStoreRef: ref }, stored([other])).problems).toEqual(["destination path 'a' already exists for state store 'fleet'"]);
    expect(verdict({ path: 'a', stateStoreRef: { ...ref, name: 'spare' } }, stored([other])).problems).toEqual([]);
    expect(verdict({ path: 'a', stateStoreRef: ref }, stored([destination({ path: 'a', stateStoreRef: ref })])).problems).toEqual([]);
  });

  it('Q-51: a place that only looks different is refused, too', () => {
    expect(verdict({ path: 'a/b', stateStoreRef: ref }, stored(), () => 'overlaps').problems).toEqual(['overlaps']);
  });

  it('can always be ended', () => expect(destinationVerdict({ object: destination({ path: '' }, { deletionTimestamp: 'now' }) }, stored(), () => undefined).problems).toEqual([]));
});

it.each([
  [{}, ['spec.secretRef must be set when using authentication method accessKey']],
  [{ authMethod: 'accessKey', secretRef: {} }, ['spec.secretRef must contain secret name', 'spec.secretRef must contain secret namespace']],
  [{ secretRef: { name: 'a' } }, ['spec.secretRef must contain secret namespace']],
  [{ secretRef: { name: 'a', namespace: 'b' } }, []],
  [{ authMethod: 'IAM' }, []],
])('B-WH-20: a BucketStateStore with %j', (spec, problems) => expect(bucketStoreVerdict({ object: object<BucketStateStoreObject>('BucketStateStore', spec) }).problems).toEqual(problems));

it.each([
  [{ sourceRef: { type: 'http' } }, ['sourceRef.url must be set']],
  [{ sourceRef: { type: 'http', url: 'https://a.example/promise.yaml' } }, []],
])('B-WH-25: a PromiseRelease with %j', (spec, problems) => expect(releaseVerdict({ object: object<PromiseReleaseObject>('PromiseRelease', spec) }).problems).toEqual(problems));

describe('a PromiseRevision', () => {
  const revision = (text: string, latest?: boolean) => ({ ...object<PromiseRevisionObject>('PromiseRevision', {}, { annotations: { 'kratix.io/reconciliation-interval': text } }), ...(latest !== undefined && { status: { latest } }) });

  it('B-WH-30: has a valid interval, unless it had the same bad one before', () => {
    expect(revisionVerdict({ object: revision('5s') }).problems).toEqual(['metadata.annotations[kratix.io/reconciliation-interval]: Invalid value: "5s": must be at least 1m0s']);
    expect(revisionVerdict({ object: revision('5s'), previous: revision('5s') }).problems).toEqual([]);
    expect(revisionVerdict({ object: revision('5m') }).problems).toEqual([]);
  });

  it.each([
    [true, 'alice', ['can not delete the latest PromiseRevision']],
    [true, 'system:serviceaccount:default:kratix-platform-system', ['can not delete the latest PromiseRevision']],
    [true, 'system:serviceaccount:kratix-platform-system:kratix-platform-controller-manager', []],
    [true, 'system:serviceaccount:kube-system:generic-garbage-collector', []],
    [true, 'engine-on-a-laptop', []],
    [false, 'alice', []],
    [undefined, 'alice', []],
  ])('B-WH-31: latest %s, deleted by %s', (latest, user, problems) => expect(revisionDeletionVerdict(revision('5m', latest), user, 'engine-on-a-laptop').problems).toEqual(problems));
});
