import type { DynamicObject } from '@kratix-ts/core/kube';
import { type Inventory, inventoryAfter, planSync } from './plan';

const object = (name: string, kind = 'ConfigMap', apiVersion = 'v1'): DynamicObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'n' },
});
const inventory = (files: Record<string, string[]>): Inventory => new Map(Object.entries(files));
const holds = (...objects: DynamicObject[]) => ({ objects });
const files = (map: Inventory) => Object.fromEntries(map);

describe('planSync', () => {
  it('applies the objects of a new file and remembers them before it begins', () => {
    const plan = planSync(inventory({}), new Map([['a.yaml', holds(object('a'))]]), []);
    expect(plan.apply.map(({ id }) => id)).toEqual(['v1|ConfigMap|n|a']);
    expect(plan.prune).toEqual([]);
    expect(files(plan.before)).toEqual({ 'a.yaml': ['v1|ConfigMap|n|a'] });
  });

  it('deletes what a file no longer holds', () => {
    const before = inventory({ 'a.yaml': ['v1|ConfigMap|n|a', 'v1|ConfigMap|n|b'] });
    const plan = planSync(before, new Map([['a.yaml', holds(object('a'))]]), []);
    expect(plan.prune).toEqual([{ id: 'v1|ConfigMap|n|b', paths: ['a.yaml'] }]);
    expect(files(plan.after)).toEqual({ 'a.yaml': ['v1|ConfigMap|n|a'] });
  });

  it('deletes what a removed file held, unless another file holds it too', () => {
    const before = inventory({ 'dev.yaml': ['v1|ConfigMap|n|a', 'v1|ConfigMap|n|b'], 'prod.yaml': ['v1|ConfigMap|n|a'] });
    const plan = planSync(before, new Map(), ['dev.yaml']);
    expect(plan.prune.map(({ id }) => id)).toEqual(['v1|ConfigMap|n|b']);
    expect(files(plan.after)).toEqual({ 'prod.yaml': ['v1|ConfigMap|n|a'] });
  });

  it('deletes nothing when an object moves to another file, version or spelling', () => {
    const before = inventory({ 'a.yaml': ['x/v1|Thing|n|a'] });
    const plan = planSync(before, new Map([['b.yaml', holds(object('a', 'Thing', 'x/v2'))]]), ['a.yaml']);
    expect(plan.prune).toEqual([]);
  });

  it('keeps the objects of a file that cannot be read', () => {
    const before = inventory({ 'a.yaml': ['v1|ConfigMap|n|a'] });
    const plan = planSync(before, new Map([['a.yaml', { problem: 'not YAML' }]]), []);
    expect(plan).toMatchObject({ apply: [], prune: [] });
    expect(files(plan.after)).toEqual(files(before));
  });

  it('never deletes the namespaces of Kubernetes', () => {
    const plan = planSync(inventory({ 'a.yaml': ['v1|Namespace||kube-system', 'v1|Namespace||mine'] }), new Map(), ['a.yaml']);
    expect(plan.prune.map(({ id }) => id)).toEqual(['v1|Namespace||mine']);
  });

  it('deletes namespaces last', () => {
    const plan = planSync(inventory({ 'a.yaml': ['v1|Namespace||m', 'v1|ConfigMap|m|a'] }), new Map(), ['a.yaml']);
    expect(plan.prune.map(({ id }) => id)).toEqual(['v1|ConfigMap|m|a', 'v1|Namespace||m']);
  });

  it('remembers an object whose deletion failed', () => {
    const plan = planSync(inventory({ 'a.yaml': ['v1|ConfigMap|n|a'] }), new Map(), ['a.yaml']);
    expect(files(inventoryAfter(plan, new Set(['v1|ConfigMap|n|a'])))).toEqual({ 'a.yaml': ['v1|ConfigMap|n|a'] });
    expect(files(inventoryAfter(plan, new Set()))).toEqual({});
  });
});
