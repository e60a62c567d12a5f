import type { PromiseObject } from '../api';
import { promiseStatus } from './promise-status';

const now = new Date('2026-11-22T12:00:00Z');
const aPromise = (status?: object): PromiseObject => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'shop', generation: 2 }, spec: {}, ...(status && { status: status as PromiseObject['status'] }) });
const statusOf = (promise: PromiseObject, problems: string[] = [], isServed = true) => promiseStatus({ promise, problems, isServed, works: [], pipelines: 0, now });

describe('promiseStatus', () => {
  it('B-PR-40: an API that is served makes the Promise Available', () => {
    expect(statusOf(aPromise())).toMatchObject({ status: 'Available', lastAvailableTime: '2026-11-22T12:00:00Z', kratix: { status: 'Available' } });
  });
  it('Q-22: a Promise without pipelines is Reconciled', () => {
    expect(statusOf(aPromise()).conditions).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'Reconciled', status: 'True' })]));
  });
  it('what is wrong stands where kubectl shows it, and goes when it is mended', () => {
    const wrong = statusOf(aPromise(), ['spec.api: no CRD']);
    expect(wrong).toMatchObject({ status: 'Unavailable', message: 'spec.api: no CRD' });
    expect(wrong.conditions).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'Available', status: 'False', message: 'Cannot fulfil resource requests: spec.api: no CRD' })]));
    const mended = statusOf(aPromise(wrong));
    expect(mended).toMatchObject({ status: 'Available' });
    expect(mended).not.toHaveProperty('message');
  });
  it('an API that is not served yet is said', () => {
    expect(JSON.stringify(statusOf(aPromise(), [], false).conditions)).toContain('its API is not served yet');
  });
  it('is the same when written twice', () => {
    const once = statusOf(aPromise(), ['x']);
    expect(statusOf(aPromise(once), ['x'])).toEqual(once);
  });
});
