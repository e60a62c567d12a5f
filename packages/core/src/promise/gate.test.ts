import type { Condition } from '../api';
import { aPromise } from '../testing';
import { admittedStatus, isAvailable, waitingStatus } from './gate';

const now = new Date('2026-01-01T00:00:00Z');
const unavailable = aPromise({ status: { status: 'Unavailable', conditions: [{ type: 'Available', status: 'False', reason: 'PromiseUnavailable', message: 'Cannot fulfil resource requests: redis is missing', lastTransitionTime: 'x' }] } });
const told = (status: Record<string, unknown>) => (status.conditions as Condition[]).map(each => `${each.type}=${each.status}/${each.reason}/${each.message}`);

describe('the availability gate', () => {
  it('B-RR-7: a request waits for its Promise, and says for what', () => {
    const status = waitingStatus({}, unavailable, now);
    expect(isAvailable(unavailable)).toBe(false);
    expect(status.message).toBe('Pending');
    expect(told(status)).toEqual([
      'PromiseAvailable=False/PromiseRequirementsNotInstalled/Promise Requirements are not installed: Promise "shop" is not available: Cannot fulfil resource requests: redis is missing',
    ]);
    expect(waitingStatus(status, unavailable, new Date(now.getTime() + 5_000))).toEqual(status);
  });
  it('B-RR-7: and goes on when it is available', () => {
    expect(told(admittedStatus(waitingStatus({}, unavailable, now), now))).toEqual(['PromiseAvailable=True/PromiseAvailable/Promise Requirements are met']);
  });
  it('one that never waited says nothing of it', () => expect(admittedStatus({ message: 'x' }, now)).toEqual({ message: 'x' }));
});
