import { aPromise } from '../testing';
import { controllerRights } from './controller-rights';
import { metadataChange, readPromise } from './read-promise';

const api = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'carts.shop.io' },
  spec: { group: 'shop.io', names: { kind: 'Cart', plural: 'carts' }, versions: [{ name: 'v1', storage: true }] },
};
const pipeline = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Pipeline', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const short = (list: readonly string[] = []) => list.map(each => each.replace('kratix.io/', ''));

const now = new Date('2026-01-02T03:04:05.678Z');

describe('metadataChange', () => {
  it('B-PR-34: the label that asks for its requests becomes a time', () => {
    const change = metadataChange(readPromise(aPromise({ metadata: { labels: { 'kratix.io/reconcile-resources': 'true' } } })), now);
    expect(change).toMatchObject({ labels: { 'kratix.io/reconcile-resources': null }, annotations: { 'kratix-ts.dev/reconcile-requests-since': '2026-01-02T03:04:05Z' } });
    expect(metadataChange(readPromise(aPromise()), now).labels).toBeUndefined();
  });
  it('B-PR-5: every Promise', () => {
    expect(short(metadataChange(readPromise(aPromise()), now).addFinalizers)).toEqual(['dependencies-cleanup', 'workflows-cleanup', 'revision-cleanup']);
  });
  it('B-PR-5: with an API and a delete pipeline', () => {
    const { addFinalizers, removeFinalizers } = metadataChange(readPromise(aPromise({ spec: { api, workflows: { promise: { delete: [pipeline] } } } })), now);
    expect(short(addFinalizers)).toEqual([
      'resource-request-cleanup', 'dynamic-controller-dependant-resources-cleanup', 'api-crd-cleanup', 'dependencies-cleanup', 'workflows-cleanup', 'delete-workflows', 'revision-cleanup',
    ]);
    expect(removeFinalizers).toEqual([]);
  });
  it('B-PR-5: the one of a delete pipeline goes with it', () => {
    expect(short(metadataChange(readPromise(aPromise()), now).removeFinalizers)).toEqual(['delete-workflows']);
  });
});

describe('controllerRights', () => {
  it('B-PR-18: the engine may look after the requests of this API', () => {
    const { api: read } = readPromise(aPromise({ spec: { api } }));
    if (!read) throw new Error('no API was read');
    const [role, binding] = controllerRights('shop', read).map(({ object }) => object);
    expect(role).toMatchObject({
      kind: 'ClusterRole',
      metadata: { name: 'shop-promise-controller', labels: { 'kratix.io/promise-name': 'shop' } },
      rules: [
        { apiGroups: ['shop.io'], resources: ['carts'], verbs: ['*'] },
        { apiGroups: ['shop.io'], resources: ['carts/finalizers'], verbs: ['update'] },
        { apiGroups: ['shop.io'], resources: ['carts/status'], verbs: ['get', 'update', 'patch'] },
      ],
    });
    expect(binding).toMatchObject({
      kind: 'ClusterRoleBinding',
      metadata: { name: 'shop-promise-controller' },
      roleRef: { kind: 'ClusterRole', name: 'shop-promise-controller' },
      subjects: [{ kind: 'ServiceAccount', name: 'kratix-platform-controller-manager', namespace: 'kratix-platform-system' }],
    });
  });
});
