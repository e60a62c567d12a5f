import type { ResourceBindingObject, RunStatus } from '../api';
import { aBinding, anObject } from '../testing';
import { requestedStatus, statusAfter, versionInFlight, wantedBinding, type BindingStrategy } from './bindings';

const now = new Date('2026-01-02T03:04:05Z');
const request = (status?: Record<string, unknown>, labels?: Record<string, string>, name = 'cart') => anObject(name, { ...(status && { status }), metadata: { labels } });
const wanted = (object = request(), existing?: ResourceBindingObject, strategy: BindingStrategy = 'floating') =>
  wantedBinding({ request: object, promise: 'shop', existing, strategy, latestVersion: 'v2' });

describe('wantedBinding', () => {
  it('B-RB-1: has a name that depends on request and Promise, and names both', () => {
    const binding = wantedBinding({ request: request(undefined, undefined, 'example'), promise: 'redis', strategy: 'floating' });
    expect(binding).toMatchObject({
      metadata: { name: 'example-redis-e7f90', namespace: 'default' },
      spec: { promiseRef: { name: 'redis' }, resourceRef: { name: 'example', namespace: 'default' } },
    });
  });
  it('B-RB-1: one that was made before keeps its name', () => {
    expect(wanted(request(), aBinding('v1', { metadata: { name: 'mine' } }))).toMatchObject({ metadata: { name: 'mine' }, spec: { version: 'v1' } });
  });
  it.each<[string, Record<string, unknown> | undefined, BindingStrategy, string]>([
    ['B-RB-2: floating begins with latest', undefined, 'floating', 'latest'],
    ['B-RB-2: pinned begins with the latest version', undefined, 'pinned', 'v2'],
    ['B-RB-2, B-RB-9: what the request had comes back', { resourceBindingVersion: 'v1' }, 'floating', 'v1'],
    ['B-RB-9: also a floating one under the pinned strategy', { resourceBindingVersion: 'latest' }, 'pinned', 'latest'],
  ])('%s', (_rule, status, strategy, version) => expect(wanted(request(status), undefined, strategy).spec.version).toBe(version));
  it('B-RB-3: bears the request’s labels but its triggers, and keeps its own trigger', () => {
    const labels = { team: 'a', 'kratix.io/manual-reconciliation': 'true', 'internal.workflows.kratix.io/run-from-start': 'true' };
    const own = { 'kratix.io/promise-name': 'shop', 'kratix.io/resource-name': 'cart' };
    expect(wanted(request(undefined, labels)).metadata.labels).toEqual({ team: 'a', ...own });
    const existing = aBinding('v1', { metadata: { labels: { gone: 'x', 'kratix.io/manual-reconciliation': 'true' } } });
    expect(wanted(request(undefined, { team: 'a' }), existing).metadata.labels).toEqual({ team: 'a', ...own, 'kratix.io/manual-reconciliation': 'true' });
  });
  it('B-RB-3: shortens a name that no label can hold', () => {
    const label = wanted(request(undefined, undefined, 'x'.repeat(70))).metadata.labels?.['kratix.io/resource-name'];
    expect(label).toMatch(/^x{56}-[0-9a-f]{5}$/);
  });
});

describe('statusAfter', () => {
  type Status = ResourceBindingObject['status'];
  const short = (status: Status) => {
    const told = status?.conditions?.[0];
    return [told ? `${told.status}/${told.reason}/${told.message}` : 'nothing', status?.lastAppliedVersion ?? '-', status?.failedVersion ?? '-'].join(' | ');
  };
  const condition = (status: 'True' | 'False' | 'Unknown', reason: string, message: string) => ({ type: 'UpgradeSucceeded', status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' });
  const failed: Status = { lastAppliedVersion: 'v1', failedVersion: 'v2', conditions: [condition('False', 'UpgradeFailed', 'A Configure Pipeline has failed: x')] };
  const under: Status = { lastAppliedVersion: 'v1', conditions: [condition('Unknown', 'UpgradeInProgress', 'Upgrade to version v2 is in progress')] };
  it.each<[string, Status, string, RunStatus['phase'], string]>([
    ['B-RB-8: a fresh install says nothing on the way', undefined, 'v1', 'Running', 'nothing | - | -'],
    ['B-RB-8: and notes its version at the end', undefined, 'v1', 'Succeeded', 'nothing | v1 | -'],
    ['B-RB-8: a repetition changes nothing', { lastAppliedVersion: 'v1' }, 'v1', 'Running', 'nothing | v1 | -'],
    ['B-RB-6, B-RB-8: another version is an upgrade', { lastAppliedVersion: 'v1' }, 'v2', 'Running', 'Unknown/UpgradeInProgress/Upgrade to version v2 is in progress | v1 | -'],
    ['B-RB-8: which ends well', under, 'v2', 'Succeeded', 'True/UpgradeComplete/Resource is at version v2 | v2 | -'],
    ['B-RB-8: or not', under, 'v2', 'Failed', 'False/UpgradeFailed/A Configure Pipeline has failed: words | v1 | v2'],
    ['B-RB-6, B-RB-8: another try after a failure says so', failed, 'v2', 'Running', 'Unknown/UpgradeInProgress/Upgrade to version v2 is in progress | v1 | -'],
    ['B-RB-6: an installation that failed and is tried again is in progress, too', { failedVersion: 'v1', conditions: failed?.conditions }, 'v1', 'Running', 'Unknown/UpgradeInProgress/Upgrade to version v1 is in progress | - | -'],
    ['B-RB-8: and clears the failure', failed, 'v1', 'Succeeded', 'True/UpgradeComplete/Resource is at version v1 | v1 | -'],
    ['B-RB-8: a version that has no name is never in progress', { lastAppliedVersion: 'v1' }, 'not-set', 'Running', 'nothing | v1 | -'],
    ['B-RB-8: a failed install names the version', undefined, 'v1', 'Failed', 'False/UpgradeFailed/A Configure Pipeline has failed: words | - | v1'],
    ['B-RB-8: a run that gave way says nothing', under, 'v2', 'Superseded', 'Unknown/UpgradeInProgress/Upgrade to version v2 is in progress | v1 | -'],
  ])('%s', (_rule, before, version, phase, expected) => {
    const after = statusAfter(before, version, { phase, message: 'words' }, now);
    expect(short(after)).toBe(expected);
    expect(statusAfter(after, version, { phase, message: 'words' }, new Date(now.getTime() + 5_000))).toEqual(after);
  });
  it('B-RB-5, B-RB-7: a run that was asked for by label is in flight for its version', () => {
    const asked = requestedStatus(failed, 'v2', now);
    expect(short(asked)).toBe('Unknown/UpgradeInProgress/Reconciliation requested for version v2 | v1 | -');
    expect(versionInFlight(asked.conditions)).toBe('v2');
    expect(versionInFlight(under.conditions)).toBe('v2');
    expect(versionInFlight(failed.conditions)).toBeUndefined();
  });
});
