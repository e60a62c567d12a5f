import type { KubeObject } from '@kratix-ts/core/kube';

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** What the suites read from an object's status. */
export interface WithStatus extends KubeObject {
  spec?: Record<string, unknown>;
  status?: {
    conditions?: Condition[];
    message?: string;
    kratix?: { workflows?: { pipelines?: { name: string; phase: string }[] } };
    [field: string]: unknown;
  };
}

export function conditionOf(object: WithStatus | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find(condition => condition.type === type);
}

export function isTrue(object: WithStatus | undefined, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

/** Every message of the conditions that are not True, and the status' own message. */
export function complaintsOf(object: WithStatus | undefined): string {
  const messages = (object?.status?.conditions ?? [])
    .filter(condition => condition.status !== 'True')
    .map(condition => `${condition.type}=${condition.status}/${condition.reason}: ${condition.message ?? ''}`);
  return [object?.status?.message ?? '', ...messages].join('\n');
}
