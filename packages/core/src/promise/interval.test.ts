import { engineConfig } from '../config';
import { aPromise, aRevision } from '../testing';
import { dueAt, intervalOf, validInterval } from './interval';

const MINUTE = 60_000;
const byDefault = 600 * MINUTE;
const config = (reconciliationInterval: string) => ({ workflows: { config: { reconciliationInterval } } });
const annotated = (value: string) => ({ annotations: { 'kratix.io/reconciliation-interval': value } });

describe('intervalOf', () => {
  const revision = (interval: string, annotation?: string) => aRevision('v1', { spec: { promiseSpec: config(interval) }, ...(annotation && { metadata: annotated(annotation) }) });
  it.each([
    ['B-PR-28: the revision’s annotation counts first', revision('5m', '2m'), 2],
    ['B-PR-28: one that is too short does not', revision('5m', '59s'), 5],
    ['B-PR-28: then its spec', revision('5m'), 5],
    ['B-PR-28: then the engine’s own', revision('nonsense'), 600],
    ['A19: nor does "0s"', revision('5m', '0s'), 5],
    ['A19: nor what is no duration', revision('5m', 'abc'), 5],
    ['A19: a very long one does', revision('5m', '9999h'), 9999 * 60],
    ['B-PR-28: without a revision the Promise’s spec', undefined, 7],
  ])('%s', (_rule, from, minutes) => expect(intervalOf(aPromise({ spec: config('7m') }), from, byDefault)).toBe(minutes * MINUTE));
});

describe('dueAt', () => {
  it('B-PR-27, Q-54: counts from what is on record, not from when somebody looks', () => {
    expect(dueAt('2026-01-01T00:00:00Z', 60 * MINUTE)).toEqual(new Date('2026-01-01T01:00:00Z'));
  });
  it('is never for what has not ended', () => expect(dueAt(undefined, MINUTE)).toBeUndefined());
});

it('B-GEN-4: workflows and stores are looked at again every ten hours unless somebody says otherwise, and never more often than each minute', () => {
  const { reconciliationInterval, stateStoreReconciliationInterval } = engineConfig.parse({ helperImage: 'helper', cacheDir: '/tmp' });
  expect([reconciliationInterval, stateStoreReconciliationInterval]).toEqual([36_000_000, 36_000_000]);
  expect([validInterval('59s'), validInterval('1m'), validInterval('abc')]).toEqual([undefined, 60_000, undefined]);
});
