import { conditionOf, type ContainerStatusSource, type PodSource } from './stateObjects';
import type { ContainerState, Step } from './types';

const HELPER = 'pipeline-adapter';
/** What every container says while it waits for its turn; no reason to worry. */
const ORDINARY = ['PodInitializing', 'ContainerCreating', 'Completed'];

/** A reason, unless it is what every container says. */
export function notable(reason: string | undefined): string | undefined {
  return reason && !ORDINARY.includes(reason) ? reason : undefined;
}

/** The kubelet reports the beginning of time for what never began. */
function time(value: string | undefined): string | undefined {
  return value && !value.startsWith('1970-') ? value : undefined;
}

function stateOf(status: ContainerStatusSource | undefined): Omit<ContainerState, 'name' | 'helper'> {
  const { waiting, running, terminated } = status?.state ?? {};
  if (terminated) {
    return {
      phase: terminated.exitCode === 0 ? 'Succeeded' : 'Failed',
      reason: notable(terminated.reason),
      message: terminated.message,
      exitCode: terminated.exitCode,
      startedAt: time(terminated.startedAt),
      finishedAt: time(terminated.finishedAt),
    };
  }
  if (running) return { phase: 'Running', startedAt: time(running.startedAt) };
  const before = status?.lastState?.terminated;
  return {
    phase: 'Waiting',
    reason: notable(waiting?.reason),
    message: before?.message ?? waiting?.message,
    exitCode: before?.exitCode,
  };
}

/** A pod's containers in the order in which they run. */
export function containersOf(pod: PodSource): ContainerState[] {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const byName = new Map(statuses.map(status => [status.name, status]));
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ name, command }) => ({
    name,
    helper: name === HELPER || Boolean(command?.[0]?.endsWith('/pipeline-adapter')),
    ...stateOf(byName.get(name)),
  }));
}

/** Whether a container of this name is the engine's own. */
export function isHelper(name: string): boolean {
  return name === HELPER;
}

/** What the pod itself says about why its containers do not run. */
export function podMessage(pod: PodSource): string | undefined {
  const scheduled = conditionOf(pod.status?.conditions, 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.message;
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Pending' ? pod.status.message : undefined;
}

/** Where a step's log is. */
export function podRef(pod: PodSource | undefined): Step['pod'] {
  return pod?.metadata.namespace ? { namespace: pod.metadata.namespace, name: pod.metadata.name } : undefined;
}
