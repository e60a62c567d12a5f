import { isObject, type Json } from '../schema/types';
import type { StoredObject } from '../store/store';
import { orNone, sinceText } from './text';

const part = (object: Json, field: string): Json => (isObject(object[field]) ? (object[field] as Json) : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The cells of a pod's row, in the order of its columns. */
export const podCells: ((pod: StoredObject) => unknown)[] = [
  pod => `${states(pod, 'containerStatuses').filter(({ ready }) => ready === true).length}/${list(part(pod, 'spec').containers).length}`,
  podStatus,
  pod => restarts(pod),
  ({ metadata }) => sinceText(metadata.creationTimestamp),
  pod => orNone(part(pod, 'status').podIP as string | undefined),
  pod => orNone(part(pod, 'spec').nodeName as string | undefined),
  () => '<none>',
  () => '<none>',
];

function states(pod: StoredObject, field: string): Json[] {
  return list(part(pod, 'status')[field]);
}

function restarts(pod: StoredObject): string {
  const all = [...states(pod, 'containerStatuses'), ...states(pod, 'initContainerStatuses')];
  const count = all.reduce((sum, { restartCount }) => sum + (typeof restartCount === 'number' ? restartCount : 0), 0);
  const ends = all.map(state => part(part(state, 'lastState'), 'terminated').finishedAt).filter(time => typeof time === 'string').sort();
  return count > 0 && ends.length > 0 ? `${count} (${sinceText(ends[ends.length - 1])} ago)` : String(count);
}

/** One word for the state of a pod: the first thing that is remarkable about its containers, or else its phase. */
function podStatus(pod: StoredObject): string {
  const { phase = 'Pending', reason } = part(pod, 'status');
  const init = initStatus(pod);
  if (pod.metadata.deletionTimestamp) return 'Terminating';
  if (init) return init;
  const own = states(pod, 'containerStatuses').map(remark).filter(Boolean);
  return own.length > 0 ? own[own.length - 1] : String(reason ?? phase);
}

function remark(status: Json): string {
  const state = part(status, 'state');
  if (isObject(state.waiting)) return String(state.waiting.reason ?? '');
  return isObject(state.terminated) ? ended(state.terminated) : '';
}

function ended({ reason, signal, exitCode }: Json): string {
  if (reason) return String(reason);
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function initStatus(pod: StoredObject): string | undefined {
  const total = list(part(pod, 'spec').initContainers).length;
  for (const [index, status] of states(pod, 'initContainerStatuses').entries()) {
    const { terminated, waiting } = part(status, 'state');
    if (isObject(terminated) && terminated.exitCode === 0) continue;
    if (isObject(terminated)) return `Init:${ended(terminated)}`;
    if (isObject(waiting) && waiting.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${total}`;
  }
  return undefined;
}
