import type { PromiseReleaseObject } from '../api';
import { aPromise } from '../testing';
import { installedPromise, isInstalled, releasedPromise, releasedVersion, ReleaseError, releaseStatus } from './release';

const now = new Date('2026-01-01T00:00:00Z');
const aRelease = (version?: string): PromiseReleaseObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'PromiseRelease', metadata: { name: 'from-afar', uid: 'r' }, spec: { sourceRef: { type: 'http', url: 'https://example.org' }, ...(version && { version }) },
});
const text = (kind = 'Promise') => `apiVersion: platform.kratix.io/v1alpha1\nkind: ${kind}\nmetadata:\n  name: shop\n  labels:\n    kratix.io/promise-version: v1\nspec: {}\n`;
const labelled = (version: string | undefined, metadata = {}) => aPromise({ metadata: { labels: version ? { 'kratix.io/promise-version': version } : {}, ...metadata } });
const said = (run: () => unknown) => {
  try {
    return JSON.stringify(run());
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    return `${error.reason}: ${error.message}`;
  }
};

describe('releasedPromise', () => {
  it.each<[string, string, string]>([
    ['B-REL-2: one Promise', text(), '"kind":"Promise"'],
    ['B-REL-2: also as JSON', JSON.stringify(releasedPromise(text())), '"name":"shop"'],
    ['B-REL-2: several documents', `${text()}---\n${text()}`, 'FailedToFetchPromise: expected single document yaml, but found multiple documents'],
    ['B-REL-2: another kind', text('ConfigMap'), 'FailedToFetchPromise: expected single Promise object but found object of kind: ConfigMap'],
    ['B-REL-2: nothing', '', 'FailedToFetchPromise: expected single Promise object but found object of kind: '],
    ['B-REL-2: no YAML', '<html>: [', 'FailedToFetchPromise: what was fetched: '],
    ['B-REL-2: what is no Promise', `${text()}  destinationSelectors: x\n`.replace('spec: {}', 'spec:'), 'what was fetched is no Promise: spec.destinationSelectors'],
  ])('%s', (_rule, body, expected) => expect(said(() => releasedPromise(body))).toContain(expected));
});

describe('releasedVersion', () => {
  it.each<[string, string | undefined, string | undefined, string]>([
    ['B-REL-3: the version is noted where none is said', undefined, 'v1', '{"version":"v1","isNoted":false}'],
    ['B-REL-3: the same version is installed', 'v1', 'v1', '{"version":"v1","isNoted":true}'],
    ['B-REL-3: a Promise without a label is refused', 'v1', undefined, 'VersionLabelNotFound: the Promise has no label kratix.io/promise-version; its author must set it'],
    ['B-REL-3: another version is refused', 'v2', 'v1', 'VersionNotMatching: Version labels do not match, found: v1, expected: v2; set spec.version to v1, or spec.sourceRef.url to where v2 is'],
  ])('%s', (_rule, wanted, found, expected) => expect(said(() => releasedVersion(aRelease(wanted), labelled(found)))).toBe(expected));
});

describe('installedPromise', () => {
  const owner = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'PromiseRelease', name: 'from-afar', uid: 'r', controller: true, blockOwnerDeletion: true };
  it('B-REL-4: a new one bears the label and belongs to the release', () => {
    expect(installedPromise(aRelease('v1'), labelled('v1', { uid: undefined, generation: undefined }), undefined).metadata).toEqual({
      name: 'shop', labels: { 'kratix.io/promise-version': 'v1', 'kratix.io/promise-release-name': 'from-afar' }, ownerReferences: [owner],
    });
  });
  it('B-REL-4: in one that is there the spec is replaced, and metadata merged', () => {
    const existing = aPromise({ metadata: { labels: { team: 'a', 'kratix.io/promise-version': 'v0' }, annotations: { note: 'b' } }, spec: { dependencies: [{}] }, status: { status: 'Available' } });
    const wanted = installedPromise(aRelease('v1'), { ...labelled('v1', { annotations: { more: 'c' } }), spec: { requiredPromises: [] } }, existing);
    expect(wanted).toMatchObject({ metadata: { labels: { team: 'a', 'kratix.io/promise-version': 'v1' }, annotations: { note: 'b', more: 'c' } }, status: existing.status });
    expect(wanted.spec).toEqual({ requiredPromises: [] });
  });
  it('B-REL-4: one of another release is left alone', () => {
    const existing = aPromise({ metadata: { ownerReferences: [{ ...owner, name: 'other', uid: 'o' }] } });
    expect(said(() => installedPromise(aRelease(), labelled('v1'), existing))).toContain('Promise "shop" belongs to PromiseRelease "other"');
  });
});

describe('isInstalled', () => {
  it.each([
    ['B-REL-1: the version that it asks for', 'v1', [labelled('v1')], true],
    ['B-REL-1: another one', 'v2', [labelled('v1')], false],
    ['B-REL-1: none', 'v1', [], false],
    ['B-REL-1: none is asked for yet', undefined, [labelled('v1')], false],
  ])('%s', (_rule, version, promises, expected) => expect(isInstalled(aRelease(version), promises)).toBe(expected));
});

describe('releaseStatus', () => {
  it('B-REL-4: installed', () => {
    expect(releaseStatus(undefined, undefined, now)).toEqual({
      status: 'Installed', conditions: [{ type: 'Installed', status: 'True', reason: 'InstalledSuccessfully', message: 'Installed successfully', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    });
  });
  it.each([
    ['FailedToFetchPromise', 'Failed to fetch Promise from URL'],
    ['VersionLabelNotFound', 'Version label not found on Promise'],
    ['FailedToCreateOrUpdatePromise', 'Failed to create or update Promise'],
  ] as const)('B-REL-3: %s', (reason, message) => {
    expect(releaseStatus(undefined, new ReleaseError(reason, 'the cause'), now)).toMatchObject({ status: 'Error installing', conditions: [{ status: 'False', reason, message }] });
  });
});
