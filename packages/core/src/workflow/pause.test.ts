import type { Condition, PromiseObject } from '../api';
import type { DynamicObject } from '../kube/types';
import { labels } from '../wire/names';
import { isMarkedPaused, pausedStatus, pauseOf, unpausedStatus } from './pause';

const NOW = new Date('2026-11-22T12:00:00Z');
const marked = { labels: { [labels.paused]: 'true' } };
const aRequest = (metadata: object = {}, status?: Record<string, unknown>): DynamicObject => ({ apiVersion: 'x/v1', kind: 'Cart', metadata: { name: 'cart', ...metadata }, ...(status && { status }) });
const aPromise = (metadata: object = {}): PromiseObject => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'shop', ...metadata } });
const reconciled = (status: Record<string, unknown>) => (status.conditions as Condition[]).find(({ type }) => type === 'Reconciled');

describe('pausing a request', () => {
  it.each([
    ['nothing', aRequest(), aPromise(), undefined],
    ['its own label', aRequest(marked), aPromise(), "'kratix.io/paused' label set to 'true' for this resource request; pausing reconciliation"],
    ["its Promise's label", aRequest(), aPromise(marked), "'kratix.io/paused' label set to 'true' for promise; pausing reconciliation for this resource request"],
    ['another value', aRequest({ labels: { [labels.paused]: 'false' } }), aPromise(), undefined],
  ])('B-RR-2: %s', (_title, request, promise, expected) => expect(pauseOf(request, promise)).toBe(expected));

  it('B-RR-2: shows in its condition, and what it had stays', () => {
    const request = aRequest({}, { stage: 'prepared', conditions: [{ type: 'Other', status: 'True' }] });
    const status = pausedStatus(request, NOW);
    expect(status).toMatchObject({ stage: 'prepared' });
    expect(reconciled(status)).toMatchObject({ status: 'Unknown', reason: 'PausedReconciliation', message: 'Paused' });
    expect((status.conditions as Condition[]).length).toBe(2);
    expect(isMarkedPaused({ ...request, status })).toBe(true);
  });

  it('B-RR-2: a deletion waits, and says so', () => {
    const status = pausedStatus(aRequest({ deletionTimestamp: '2026-11-22T11:00:00Z' }), NOW);
    expect(reconciled(status)?.message).toBe('Paused: its deletion goes on once label kratix.io/paused is taken away');
  });

  it('B-RR-3: going on is said once', () => {
    const paused = aRequest({}, pausedStatus(aRequest(), NOW));
    const status = unpausedStatus(paused, NOW);
    expect(reconciled(status)).toMatchObject({ status: 'Unknown', reason: 'Unpaused', message: 'Pending' });
    expect(isMarkedPaused({ ...paused, status })).toBe(false);
  });
});
