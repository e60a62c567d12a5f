import type { PromiseRevisionObject } from '../api';
import { aPromise, aRevision } from '../testing';
import { legacyRevision, planLatest, revisionName, wantedRevision } from './revisions';
import { latestRevision } from './versions';

const INTERVAL = 'kratix.io/reconciliation-interval';
const LATEST = 'kratix.io/latest-revision';

describe('wantedRevision', () => {
  it('B-PR-8: is named after Promise and version, bears the labels, and belongs to the Promise', () => {
    const promise = aPromise({ metadata: { name: 'redis', labels: { 'kratix.io/promise-version': 'v0.1.0' } }, spec: { requiredPromises: [{ name: 'x' }] } });
    expect(wantedRevision(promise, undefined)).toEqual({
      apiVersion: 'platform.kratix.io/v1alpha1',
      kind: 'PromiseRevision',
      metadata: {
        name: 'redis-77ba1',
        labels: { 'kratix.io/promise-name': 'redis', [LATEST]: 'true' },
        finalizers: ['kratix.io/resource-request-cleanup'],
        ownerReferences: [{ apiVersion: promise.apiVersion, kind: 'Promise', name: 'redis', uid: 'shop-uid', controller: true, blockOwnerDeletion: true }],
      },
      spec: { promiseRef: { name: 'redis' }, promiseSpec: promise.spec, version: 'v0.1.0' },
    });
  });
  it('B-PR-7: without a label the version is not-set', () => {
    expect(wantedRevision(aPromise(), undefined)).toMatchObject({ metadata: { name: revisionName('shop', 'not-set') }, spec: { version: 'not-set' } });
    expect(wantedRevision(aPromise({ metadata: { labels: { 'kratix.io/promise-version': '' } } }), undefined).spec.version).toBe('not-set');
  });
  it('B-PR-8: a changed spec replaces the one of the same version, and what others wrote stays', () => {
    const existing = aRevision('not-set', { metadata: { labels: { team: 'a' }, annotations: { note: 'b' } }, spec: { promiseSpec: { dependencies: [{}] } } });
    const wanted = wantedRevision(aPromise({ spec: { requiredPromises: [] } }), existing);
    expect(wanted.spec.promiseSpec).toEqual({ requiredPromises: [] });
    expect(wanted.metadata).toMatchObject({ labels: { team: 'a', [LATEST]: 'true' }, annotations: { note: 'b' } });
  });
  it.each<[string, string | undefined, string | undefined, string | undefined, string | undefined]>([
    ['B-PR-9: the interval is copied', '5m', undefined, undefined, '5m'],
    ['B-PR-9: and taken away again', undefined, '5m', undefined, undefined],
    ['B-PR-9: not one that is too short', '59s', '5m', undefined, '5m'],
    ['B-PR-9: nor one that is none', 'abc', undefined, undefined, undefined],
    ['B-PR-9: a release’s Promise leaves it alone', '7m', '5m', 'from-afar', '5m'],
  ])('%s', (_rule, said, before, release, expected) => {
    const promise = aPromise({ metadata: { ...(said && { annotations: { [INTERVAL]: said } }), ...(release && { labels: { 'kratix.io/promise-release-name': release } }) } });
    const existing = aRevision('not-set', { metadata: before ? { annotations: { [INTERVAL]: before } } : {} });
    expect(wantedRevision(promise, existing).metadata.annotations?.[INTERVAL]).toBe(expected);
  });
  it('B-PR-7: knows the revision by its former name', () => {
    const promise = aPromise({ metadata: { labels: { 'kratix.io/promise-version': 'v1' } } });
    expect(legacyRevision(promise, [aRevision('v1'), aRevision('v2')])?.metadata.name).toBe('shop-v1');
    expect(legacyRevision(promise, [aRevision('v2')])).toBeUndefined();
  });
});

describe('planLatest', () => {
  const old = aRevision('v1', { isLatest: true });
  const fresh = aRevision('v2', { isLatest: true, status: {} });
  const plain = aRevision('v3');
  const said = aRevision('v4', { status: { latest: true } });
  const plan = (revision: PromiseRevisionObject, all: PromiseRevisionObject[]) => {
    const { unlabelled, isLatest } = planLatest(revision, all);
    return `${isLatest ? 'latest' : 'not'}, unlabels [${unlabelled.map(each => each.spec.version)}]`;
  };
  it.each<[string, PromiseRevisionObject, PromiseRevisionObject[], string]>([
    ['B-REV-2: whoever was labelled last takes the others’ labels away', fresh, [old, fresh, plain], 'latest, unlabels [v1]'],
    ['B-REV-2: the former latest waits for that', old, [old, fresh], 'latest, unlabels []'],
    ['B-REV-2: without the label it is the latest no more', said, [said, old], 'not, unlabels []'],
    ['B-REV-2: a settled one changes nothing', old, [old, plain], 'latest, unlabels []'],
    ['B-REV-2: nor does one that was never labelled', plain, [old, plain], 'not, unlabels []'],
    ['B-REV-2: an older version may be the latest', aRevision('v0', { isLatest: true, status: {} }), [old, aRevision('v0', { isLatest: true, status: {} })], 'latest, unlabels [v1]'],
  ])('%s', (_rule, revision, all, expected) => expect(plan(revision, all)).toBe(expected));

  it('B-REV-2: at every moment of a change one revision alone is followed', () => {
    expect(latestRevision([old, fresh])?.spec.version).toBe('v2');
    expect(latestRevision([plain, said])?.spec.version).toBe('v4');
    expect(latestRevision([plain])).toBeUndefined();
  });
});
