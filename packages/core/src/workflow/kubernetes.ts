import type { KubeObject } from '../kube/types';

/** The parts of Jobs and pods that the engine reads. */
export interface JobObject extends KubeObject {
  spec?: Record<string, unknown>;
  status?: { active?: number; succeeded?: number; failed?: number; startTime?: string; completionTime?: string; conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[] };
}

export interface ContainerStatus {
  name: string;
  restartCount?: number;
  state?: {
    waiting?: { reason?: string; message?: string };
    running?: { startedAt?: string };
    terminated?: { exitCode: number; reason?: string; message?: string; startedAt?: string; finishedAt?: string; signal?: number };
  };
  lastState?: ContainerStatus['state'];
}

export interface PodObject extends KubeObject {
  status?: {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    reason?: string;
    message?: string;
    startTime?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

/**
 * A Job or a pod without what the engine does not read: most of the spec, and the input that a pod carries as an
 * annotation. Both make up nine tenths of the object.
 */
export function withoutSpec<T extends KubeObject>(object: T): T {
  const { annotations: _annotations, ...metadata } = object.metadata;
  const { suspend } = (object as JobObject).spec ?? {};
  return { ...object, metadata, spec: { ...(suspend !== undefined && { suspend }) } };
}
