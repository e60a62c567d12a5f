import type { HealthRecordObject } from '../api';
import { healthStatus, isWell } from './health';

type Data = NonNullable<HealthRecordObject['data']>;

function aRecord(name: string, state: Data['state'], more: Partial<Data> = {}): HealthRecordObject {
  return { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'HealthRecord', metadata: { name, namespace: 'checks' }, data: { promiseRef: { name: 'redis' }, state, ...more } };
}

describe('healthStatus', () => {
  it.each<[Data['state'][], Data['state']]>([
    [['ready'], 'ready'],
    [['ready', 'healthy'], 'healthy'],
    [['healthy', 'unknown', 'ready'], 'unknown'],
    [['unknown', 'degraded'], 'degraded'],
    [['degraded', 'unhealthy', 'ready'], 'unhealthy'],
  ])('B-HR-2: of %j the state is %s', (states, expected) => {
    expect(healthStatus(states.map((state, index) => aRecord(`r${index}`, state)))?.state).toBe(expected);
  });

  it('B-HR-2: lists each record with what it says, in the order of their names', () => {
    const records = [aRecord('b', 'ready'), aRecord('a', 'degraded', { lastRun: 1_700_000_000, details: { lag: 3 } })];
    expect(healthStatus(records)).toEqual({
      state: 'degraded',
      healthRecords: [
        { state: 'degraded', lastRun: 1_700_000_000, source: { name: 'a', namespace: 'checks' }, details: { lag: 3 } },
        { state: 'ready', source: { name: 'b', namespace: 'checks' } },
      ],
    });
    expect(healthStatus([...records].reverse())).toEqual(healthStatus(records));
  });

  it('B-HR-4: a record that is being deleted counts no more, and without any there is no health', () => {
    const leaving = aRecord('a', 'unhealthy');
    leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(healthStatus([leaving, aRecord('b', 'ready')])?.state).toBe('ready');
    expect(healthStatus([leaving])).toBeUndefined();
  });

  it('B-HR-3: healthy and ready are well, everything else is worth a warning', () => {
    expect((['healthy', 'ready', 'unknown', 'degraded', 'unhealthy'] as const).map(isWell)).toEqual([true, true, false, false, false]);
  });
});
