import { labels } from '../wire/names';
import { specHash } from '../wire/go-json';
import { dataDir, recordedMoments, recordedObjects } from '../testing/recorded';
import type { PromiseObject, PromiseSpec } from './promise';
import { promiseHash, requestHash } from './spec-hash';

const bare = { workflows: { config: {}, promise: {}, resource: {} } };
const pipeline = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Pipeline', metadata: { name: 'one' }, spec: { containers: [{ name: 'a', image: 'b', args: [] }] } };

describe('hashes of specs', () => {
  it.each<[string, PromiseSpec | undefined, unknown]>([
    ['nothing at all', undefined, bare],
    ['an empty spec', {}, bare],
    ['workflows without parts', { workflows: {} }, bare],
    ['empty lists', { dependencies: [], destinationSelectors: [], requiredPromises: [], workflows: { promise: { configure: [], delete: [] } } }, bare],
    ['empty texts', { workflows: { config: { pipelineNamespace: '', reconciliationInterval: '' } } }, bare],
    ['a selector without labels', { destinationSelectors: [{ matchLabels: {} }] }, { destinationSelectors: [{}], ...bare }],
    ['a required Promise of any version', { requiredPromises: [{ name: 'a', version: '' }] }, { requiredPromises: [{ name: 'a' }], ...bare }],
    ['an interval', { workflows: { config: { reconciliationInterval: '90m' } } }, { workflows: { ...bare.workflows, config: { reconciliationInterval: '1h30m0s' } } }],
    ['keys of one engine alone', { ours: true, workflows: { ours: 1 } } as PromiseSpec, bare],
    ['what stands in a pipeline, as it is', { workflows: { resource: { configure: [pipeline] } } }, { workflows: { ...bare.workflows, resource: { configure: [pipeline] } } }],
  ])('B-RR-11: %s', (_title, spec, typed) => expect(promiseHash(spec)).toBe(specHash(typed)));

  it('B-RR-10: either spec and a dry run change the hash, and nothing else', () => {
    const [promise, other] = [{ dependencies: [{ a: 1 }] }, { dependencies: [{ a: 2 }] }];
    const hashes = [requestHash(promise, { b: 1 }), requestHash(other, { b: 1 }), requestHash(promise, { b: 2 }), requestHash(promise, { b: 1 }, { dryRun: true })];
    expect(new Set(hashes).size).toBe(4);
    expect(requestHash({ dependencies: [{ a: 1 }] }, { b: 1 })).toBe(hashes[0]);
  });
});

const described = dataDir ? describe : describe.skip;
described('hashes of recorded objects', () => {
  it.each(recordedMoments)('B-RR-10, B-RR-11, B-GEN-13, B-WF-20: the newest Job at the moment "%s" carries the hash that is computed', moment => {
    const objects = recordedObjects(moment);
    const promise = objects.find(({ kind }) => kind === 'Promise') as PromiseObject;
    const request = objects.find(({ kind }) => kind === 'Recorded');
    const jobs = objects.filter(({ kind }) => kind === 'Job');
    const newest = jobs.sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))[0];
    expect(newest.metadata.labels?.[labels.hash]).toBe(requestHash(promise.spec, request?.spec));
    // as it was written, before an engine had put every key there
    const written = JSON.parse(promise.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '');
    expect(promiseHash(written.spec)).toBe(promiseHash(promise.spec));
  });
});
