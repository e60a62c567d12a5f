import { z } from 'zod';
import type { ContainerRecord } from '../api';
import { HELPER_CONTAINER } from '../wire/names';
import type { ContainerStatus, JobObject, PodObject } from './kubernetes';

const MAX_MESSAGE = 1_024;

/** What the helper says in its termination message. */
const helperMessage = z.object({
  v: z.literal(1),
  work: z.object({ name: z.string(), digest: z.string() }).nullish(),
  status: z.record(z.string(), z.unknown()).optional(),
  control: z.object({ suspend: z.boolean().optional(), message: z.string().optional(), retryAfter: z.string().optional() }).optional(),
  error: z.string().optional(),
  retry: z.boolean().optional(),
});

export type HelperMessage = z.infer<typeof helperMessage>;

/** Every container of the pod, in the order in which they run. */
export function containerStatuses(pod: PodObject): ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** What the record of a run keeps of a pod's containers. */
export function containerRecords(pod: PodObject): ContainerRecord[] {
  return containerStatuses(pod).map(({ name, state, lastState }) => {
    const ended = state?.terminated ?? (state?.waiting ? lastState?.terminated : undefined);
    const reason = ended?.reason ?? state?.waiting?.reason;
    const message = (name === HELPER_CONTAINER ? helperError(ended?.message) : ended?.message) ?? state?.waiting?.message;
    return {
      name,
      ...((ended?.startedAt ?? state?.running?.startedAt) && { startedAt: ended?.startedAt ?? state?.running?.startedAt }),
      ...(ended?.finishedAt && { finishedAt: ended.finishedAt }),
      ...(ended && { exitCode: ended.exitCode }),
      ...(reason && { reason }),
      ...(message && { message: message.trim().slice(-MAX_MESSAGE) }),
    };
  });
}

function helperError(message: string | undefined): string | undefined {
  return message === undefined ? undefined : parseHelperMessage(message)?.error;
}

function parseHelperMessage(text: string): HelperMessage | undefined {
  try {
    return helperMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The helper's word, once its container ended well; undefined when it said nothing that can be read. */
export function helperOutcome(pod: PodObject): HelperMessage | undefined {
  const ended = containerStatuses(pod).find(each => each.name === HELPER_CONTAINER)?.state?.terminated;
  return ended?.exitCode === 0 && ended.message ? parseHelperMessage(ended.message) : undefined;
}

/** Reasons for which the kubelet keeps a container waiting until somebody mends something. */
const STUCK = new Set([
  'ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable',
  'CreateContainerConfigError', 'CreateContainerError', 'RunContainerError',
]);

/** Why the pod does not get on, with the container and the kubelet's words; undefined when it does. */
export function stuckReason(pod: PodObject): string | undefined {
  const stuck = containerStatuses(pod).find(each => STUCK.has(each.state?.waiting?.reason ?? ''));
  if (stuck) {
    const { reason, message } = stuck.state?.waiting ?? {};
    return `container "${stuck.name}" cannot start: ${reason}${message ? `: ${message}` : ''}`;
  }
  const unscheduled = pod.status?.conditions?.find(each => each.type === 'PodScheduled' && each.status === 'False');
  return unscheduled ? `the pod cannot be scheduled: ${unscheduled.message ?? unscheduled.reason}` : undefined;
}

/** Which container runs now. */
export function runningContainer(pod: PodObject): string | undefined {
  return containerStatuses(pod).find(each => each.state?.running)?.name;
}

/** Why a pod ended badly, as one sentence that names the container. */
export function failureSentence(pod: PodObject | undefined): string | undefined {
  if (!pod) return undefined;
  const failed = containerStatuses(pod).find(each => {
    const ended = each.state?.terminated ?? each.lastState?.terminated;
    return ended && ended.exitCode !== 0;
  });
  const ended = failed?.state?.terminated ?? failed?.lastState?.terminated;
  if (!failed || !ended) return pod.status?.message ?? stuckReason(pod);
  if (failed.name === HELPER_CONTAINER) {
    const error = helperError(ended.message);
    return error ?? `the files could not be handed over: ${(ended.message ?? `the helper exited with ${ended.exitCode}`).trim().slice(0, MAX_MESSAGE)}`;
  }
  const why = ended.reason && !['Error', 'Completed'].includes(ended.reason) ? ` (${ended.reason})` : '';
  const words = ended.message?.trim() ? `: ${ended.message.trim().slice(-MAX_MESSAGE)}` : '';
  return `container "${failed.name}" exited with ${ended.exitCode}${why}${words}`;
}

/** Whether the helper refused what the containers wrote: another pod would write the same once more. */
export function isRefused(pod: PodObject): boolean {
  const ended = containerStatuses(pod).find(each => each.name === HELPER_CONTAINER)?.state?.terminated;
  const said = ended && ended.exitCode !== 0 ? parseHelperMessage(ended.message ?? '') : undefined;
  return Boolean(said?.error) && !said?.retry;
}

/** The condition with which Kubernetes gave the Job up. */
export function jobFailure(job: JobObject): { reason?: string; message?: string } | undefined {
  return job.status?.conditions?.find(each => each.type === 'Failed' && each.status === 'True');
}

/** Whether the Job runs no more, or is being deleted. */
export function isOver(job: JobObject): boolean {
  return Boolean(job.metadata.deletionTimestamp) || Boolean(job.status?.conditions?.some(each => ['Complete', 'Failed'].includes(each.type) && each.status === 'True'));
}

/**
 * Whether every container of the pod has ended well. The helper runs last, so its end says so; the kubelet tells of the
 * phase Succeeded only when it has put the whole pod away, a second later.
 */
export function hasSucceeded(pod: PodObject): boolean {
  const helper = pod.status?.containerStatuses?.find(each => each.name === HELPER_CONTAINER)?.state?.terminated;
  return pod.status?.phase === 'Succeeded' || (pod.status?.phase !== 'Failed' && helper?.exitCode === 0);
}

/** Whether every container of the pod has ended. */
export function hasEnded(pod: PodObject): boolean {
  return hasSucceeded(pod) || pod.status?.phase === 'Failed';
}
