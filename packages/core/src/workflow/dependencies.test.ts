import { aPromise } from '../testing';
import { decodeContent } from '../wire/encoding';
import { dependenciesWork } from './dependencies';
import { pipelineNamespace } from './target';

const dependencies = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'b' } }];

describe('dependenciesWork', () => {
  it('B-PR-20: holds all of them in one file, for where the Promise belongs', () => {
    const work = dependenciesWork(aPromise({ spec: { dependencies, destinationSelectors: [{ matchLabels: { place: 'near' } }, { matchLabels: { place: 'far', size: 'large' } }] } }), undefined);
    expect(work).toMatchObject({
      metadata: { namespace: 'kratix-platform-system', labels: { 'kratix.io/promise-name': 'shop', 'kratix.io/work-type': 'static-dependency' } },
      spec: {
        promiseName: 'shop',
        workloadGroups: [{ directory: '.', id: '5058f1af8388633f609cadb75a75dc9d', destinationSelectors: [{ matchLabels: { place: 'near', size: 'large' }, source: 'promise' }], workloads: [{ filepath: 'static/shop-dependencies.yaml' }] }],
      },
    });
    const text = decodeContent(work?.spec?.workloadGroups?.[0].workloads?.[0].content ?? '').toString();
    expect(text.split('---\n')).toHaveLength(2);
    expect(work?.spec).not.toHaveProperty('resourceName');
    expect(work?.spec).not.toHaveProperty('lastExecutionTimestamp');
  });
  it('B-PR-21, Q-1: is the same as long as they are, and keeps the name that it has', () => {
    const promise = aPromise({ spec: { dependencies } });
    expect(dependenciesWork(promise, undefined)).toEqual(dependenciesWork(promise, undefined));
    expect(dependenciesWork(promise, 'shop-static-deps-a1b2c')?.metadata.name).toBe('shop-static-deps-a1b2c');
    expect(dependenciesWork(promise, undefined)?.metadata.annotations).toBeUndefined();
  });
  it('B-PR-22: without any there is none', () => expect(dependenciesWork(aPromise({ spec: { dependencies: [] } }), 'x')).toBeUndefined());
});

it.each([
  ['kratix-platform-system', undefined],
  ['elsewhere', 'elsewhere'],
])('B-PR-30, B-WF-2: a Promise’s pipelines run in %s', (expected, configured) => {
  const promise = aPromise({ spec: { workflows: { config: { ...(configured && { pipelineNamespace: configured }) } } } });
  expect(pipelineNamespace({ type: 'promise', object: { ...promise }, promise, resource: { group: '', version: '', kind: '', plural: '', namespaced: false } })).toBe(expected);
});
