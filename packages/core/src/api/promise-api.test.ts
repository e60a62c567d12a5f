import type { KubeObject } from '../kube/types';
import type { PromiseObject } from './promise';
import { claimProblem, isEstablished, promiseApi, servedBy } from './promise-api';

const aCrd = (name: string, owner?: string, conditions?: object[]): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
  metadata: { name, ...(owner && { labels: { 'kratix.io/promise-name': owner } }) },
  ...(conditions && { status: { conditions } }),
});
const aPromise = (name: string, plural?: string): PromiseObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name },
  spec: plural ? { api: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.shop.io` }, spec: { group: 'shop.io', names: { kind: 'Cart', plural }, versions: [{ name: 'v1', storage: true }] } } } : {},
});
const problem = (promise: PromiseObject, crds: KubeObject[]) => claimProblem(promise, promiseApi(promise).api, crds);

describe('claimProblem', () => {
  it.each<[string, PromiseObject, KubeObject[], string | undefined]>([
    ['a new definition is free', aPromise('a', 'carts'), [], undefined],
    ['one’s own stays one’s own', aPromise('a', 'carts'), [aCrd('carts.shop.io', 'a')], undefined],
    ['one definition belongs to one Promise', aPromise('b', 'carts'), [aCrd('carts.shop.io', 'a')], 'is the API of Promise "a"'],
    ['what others made is not taken over', aPromise('a', 'carts'), [aCrd('carts.shop.io')], 'kratix.io/promise-name=a'],
    ['B-WH-4: names are immutable', aPromise('a', 'wagons'), [aCrd('carts.shop.io', 'a')], 'field is immutable'],
    ['B-WH-4: the API cannot be taken away', aPromise('a'), [aCrd('carts.shop.io', 'a')], 'cannot remove API'],
    ['names that the server refuses are said', aPromise('a', 'carts'), [aCrd('carts.shop.io', 'a', [{ type: 'NamesAccepted', status: 'False', message: '"Cart" is already in use' }])], '"Cart" is already in use'],
  ])('%s', (_rule, promise, crds, expected) => {
    expect(problem(promise, crds) ?? 'free').toMatch(expected ?? 'free');
  });
});

describe('servedBy and isEstablished', () => {
  it('the stored version counts', () => {
    const crd = { ...aCrd('carts.shop.io'), spec: { group: 'shop.io', names: { kind: 'Cart', plural: 'carts' }, versions: [{ name: 'v1' }, { name: 'v2', storage: true }] } };
    expect(servedBy(crd)).toEqual({ group: 'shop.io', version: 'v2', kind: 'Cart', plural: 'carts', namespaced: true });
  });
  it('what is not established has no requests', () => {
    expect(isEstablished(undefined)).toBe(false);
    expect(isEstablished(aCrd('x', 'a', [{ type: 'Established', status: 'True' }]))).toBe(true);
  });
});
