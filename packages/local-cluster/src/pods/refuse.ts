import type { LocalApi } from '../api';
import { timestamp } from './context';
import type { Recorder } from './events';
import { mergeConditions } from './status';
import { PODS, type Pod } from './types';

/** Says on each pod why it cannot run on this machine, and what to install. Returns how to stop. */
export function refusePods(api: LocalApi, problem: string, record: Recorder): () => void {
  return api.watch<Pod>(PODS, ({ type, object: { metadata, status } }) => {
    if (type === 'DELETED' || status?.conditions?.some(condition => condition.type === 'PodScheduled')) {
      return;
    }
    const { namespace, name } = metadata;
    api.update<Pod>(PODS, { namespace, name }, pod => {
      const refused = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message: problem };
      pod.status = { ...pod.status, phase: 'Pending', conditions: mergeConditions(pod.status?.conditions, [refused], timestamp()) };
    }, 'status');
    record({ apiVersion: 'v1', kind: 'Pod', metadata }, { type: 'Warning', reason: 'FailedScheduling', message: problem });
  });
}
