import type { PromiseObject, PromiseRevisionObject } from '../api';
import { aPromise, aRevision } from '../testing';
import { requiredBy, requirementsOf } from './requirements';

const needs = (name: string, ...required: { name: string; version?: string }[]): PromiseObject => aPromise({ metadata: { name }, spec: { requiredPromises: required } });
const available = (promise: PromiseObject): PromiseObject => ({ ...promise, status: { status: 'Available', workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0 } });
const there = (promises: PromiseObject[], revisions: PromiseRevisionObject[] = []) => ({ promise: (name: string) => promises.find(({ metadata }) => metadata.name === name), revisions: () => revisions });

describe('requirementsOf', () => {
  const redis = available(aPromise({ metadata: { name: 'redis' } }));
  it.each<[string, PromiseObject[], string | undefined, PromiseRevisionObject[], string, string]>([
    ['B-PR-11: it is there', [redis], undefined, [], 'Requirement installed', 'True/RequirementsInstalled/Requirements fulfilled'],
    ['B-PR-11: it is not there', [], undefined, [], 'Requirement not installed', 'False/RequirementsNotInstalled/Requirements not fulfilled'],
    ['B-PR-11: not in that version', [redis], 'v2', [aRevision('v1')], 'Requirement not installed at the specified version', 'False/RequirementsNotInstalled/Requirements not fulfilled'],
    ['B-PR-11: in that version', [redis], 'v1', [aRevision('v1')], 'Requirement installed', 'True/RequirementsInstalled/Requirements fulfilled'],
    ['B-PR-11: it is not available', [aPromise({ metadata: { name: 'redis' } })], undefined, [], 'Requirement not available', 'False/RequirementsNotAvailable/Requirements not fulfilled'],
  ])('%s', (_rule, installed, version, revisions, state, condition) => {
    const found = requirementsOf(needs('shop', { name: 'redis', ...(version && { version }) }), there(installed, revisions));
    expect(found.states).toEqual([{ name: 'redis', ...(version && { version }), state }]);
    expect(`${found.condition?.status}/${found.condition?.reason}/${found.condition?.message}`).toBe(condition);
    expect(found.isFulfilled).toBe(state === 'Requirement installed');
  });
  it('B-PR-10: nothing is required', () => expect(requirementsOf(aPromise(), there([]))).toEqual({ states: [], isFulfilled: true, unmet: [] }));
  it('B-PR-10: what was required once is fulfilled, and no longer listed', () => {
    const promise = aPromise({ status: { requiredPromises: [{ name: 'redis', state: 'Requirement not installed' }] } });
    expect(requirementsOf(promise, there([]))).toMatchObject({ states: [], isFulfilled: true, condition: { status: 'True' } });
  });
  it('B-PR-11: the last reason counts', () => {
    const promise = needs('shop', { name: 'absent' }, { name: 'redis' });
    expect(requirementsOf(promise, there([aPromise({ metadata: { name: 'redis' } })])).condition?.reason).toBe('RequirementsNotAvailable');
  });
  it.each([
    ['itself', [needs('a', { name: 'a' })], 'a → a'],
    ['one another', [needs('a', { name: 'b' }), needs('b', { name: 'a' })], 'a → b → a'],
    ['each other through a third', [needs('a', { name: 'x' }, { name: 'b' }), needs('b', { name: 'c' }), needs('c', { name: 'a' }), needs('x')], 'a → b → c → a'],
  ])('A17: Promises that require %s are never fulfilled, and say why', (_what, promises, way) => {
    const all = promises.map(available);
    const found = requirementsOf(all[0], there(all));
    expect(found.isFulfilled).toBe(false);
    expect(found.condition).toMatchObject({ status: 'False', reason: 'RequirementsNotAvailable', message: `Requirements not fulfilled: ${way} require each other; take one of them away` });
  });
  it('A17: a circle that a Promise merely requires is not its own', () => {
    const all = [needs('a', { name: 'b' }), needs('b', { name: 'c' }), needs('c', { name: 'b' })].map(available);
    expect(requirementsOf(all[0], there(all)).isFulfilled).toBe(true);
  });
});

describe('requiredBy', () => {
  it('B-PR-12: names who requires the Promise, at which version', () => {
    const shop = { ...needs('shop', { name: 'redis', version: 'v1' }), status: { version: 'v3', workflows: 0, workflowsSucceeded: 0, workflowsFailed: 0 } };
    expect(requiredBy(aPromise({ metadata: { name: 'redis' } }), [shop, needs('app', { name: 'redis' })])).toEqual([
      { promise: { name: 'app' } },
      { promise: { name: 'shop', version: 'v3' }, requiredVersion: 'v1' },
    ]);
  });
  it('Q-49: forgets who requires it no longer, or goes', () => {
    const leaving = { ...needs('shop', { name: 'redis' }), metadata: { name: 'shop', deletionTimestamp: 'x' } };
    expect(requiredBy(aPromise({ metadata: { name: 'redis' } }), [leaving, needs('app')])).toEqual([]);
  });
});
