import type { HealthRecordObject } from '../api';

type State = NonNullable<HealthRecordObject['data']>['state'];

/** Source: B-HR-2. */
const WORST_FIRST: State[] = ['unhealthy', 'degraded', 'unknown', 'healthy', 'ready'];

const keyOf = ({ metadata }: HealthRecordObject) => `${metadata.namespace}/${metadata.name}`;

/** How a request fares, by everybody who looked; stands in its `status.healthStatus`. */
export interface HealthStatus {
  /** The worst that any record says. */
  state: State;
  healthRecords: { state: State; lastRun?: number; source: { name: string; namespace: string }; details?: Record<string, unknown> }[];
}

/** What a request's health records add up to; undefined when there are none. The order is that of their names. */
export function healthStatus(records: HealthRecordObject[]): HealthStatus | undefined {
  const present = records.filter(({ metadata }) => !metadata.deletionTimestamp).sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  if (present.length === 0) return undefined;
  const states = present.map(({ data }) => data?.state ?? 'unknown');
  return {
    state: WORST_FIRST.find(state => states.includes(state)) ?? 'unknown',
    healthRecords: present.map(({ metadata, data }, index) => ({
      state: states[index],
      ...(data?.lastRun !== undefined && { lastRun: data.lastRun }),
      source: { name: metadata.name, namespace: metadata.namespace ?? '' },
      ...(data?.details && { details: data.details }),
    })),
  };
}

/** Whether a state is worth a warning. Source: B-HR-3. */
export function isWell(state: State): boolean {
  return state === 'healthy' || state === 'ready';
}
