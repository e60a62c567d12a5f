import type { Condition, Container, ContainerState, ContainerStatus, Pod, PodPhase, PodStatus, Terminated } from './types';

/** What the kubelet knows of one container. */
export interface ContainerRecord {
  name: string;
  spec: Container;
  image: string;
  imageID: string;
  containerID?: string;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}

export interface PodFacts {
  init: ContainerRecord[];
  main: ContainerRecord[];
  startTime: string;
  address: string;
  /** Whether the volumes are there, so that containers can be started. */
  hasVolumes: boolean;
  /** Set when the pod as a whole was ended, for example by its deadline. */
  ended?: { reason?: string; message?: string };
}

/** How a container begins: waiting for what comes before it. */
export function newRecord(container: Container, waitsForInit: boolean): ContainerRecord {
  return {
    name: container.name,
    spec: container,
    image: container.image,
    imageID: '',
    restartCount: 0,
    state: { waiting: { reason: waitsForInit ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: {},
  };
}

function isDone(record: ContainerRecord): boolean {
  return record.state.terminated?.exitCode === 0;
}

/** Whether the container will not run again under this policy. */
export function isFinal(terminated: Terminated | undefined, policy: string, isInit: boolean): boolean {
  if (!terminated || (policy === 'Always' && !isInit)) {
    return false;
  }
  return terminated.exitCode === 0 || policy === 'Never';
}

/** A pod's phase, from its containers alone. */
export function phaseOf(policy: string, init: ContainerRecord[], main: ContainerRecord[], ended: boolean): PodPhase {
  if (init.some(record => isFinal(record.state.terminated, policy, true) && !isDone(record))) {
    return 'Failed';
  }
  if (init.every(isDone) && main.every(record => isFinal(record.state.terminated, policy, false))) {
    return main.every(isDone) ? 'Succeeded' : 'Failed';
  }
  if (ended) {
    return 'Failed';
  }
  if (!init.every(isDone)) {
    return 'Pending';
  }
  const hasBegun = (record: ContainerRecord) => record.state.running || record.state.terminated || record.lastState.terminated;
  return main.every(hasBegun) ? 'Running' : 'Pending';
}

function mountStatuses({ volumeMounts = [] }: Container): Pick<ContainerStatus, 'volumeMounts'> {
  const statuses = volumeMounts.map(({ name, mountPath, readOnly }) => ({ name, mountPath, ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}) }));
  return statuses.length > 0 ? { volumeMounts: statuses } : {};
}

function containerStatus(record: ContainerRecord, isInit: boolean): ContainerStatus {
  return {
    name: record.name,
    image: record.image,
    imageID: record.imageID,
    ...(record.containerID ? { containerID: record.containerID } : {}),
    ready: isInit ? isDone(record) : Boolean(record.state.running),
    started: Boolean(record.state.running),
    restartCount: record.restartCount,
    ...(record.containerID ? { resources: record.spec.resources ?? {} } : {}),
    ...mountStatuses(record.spec),
    state: record.state,
    lastState: record.lastState,
  };
}

function names(records: ContainerRecord[]): string {
  return `[${records.map(record => record.name).join(' ')}]`;
}

function wantedConditions(phase: PodPhase, { init, main, hasVolumes }: PodFacts): Condition[] {
  const unready = main.filter(record => !record.state.running);
  const incomplete = init.filter(record => !isDone(record));
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const overReason = phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
  const ready = (): Omit<Condition, 'type'> => {
    if (isOver) {
      return { status: 'False', reason: overReason };
    }
    return unready.length > 0
      ? { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` }
      : { status: 'True' };
  };
  const initialized = (): Omit<Condition, 'type'> => {
    if (incomplete.length > 0) {
      return { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${names(incomplete)}` };
    }
    return phase === 'Succeeded' ? { status: 'True', reason: 'PodCompleted' } : { status: 'True' };
  };
  return [
    { type: 'PodReadyToStartContainers', status: hasVolumes && !isOver ? 'True' : 'False' },
    { type: 'Initialized', ...initialized() },
    { type: 'Ready', ...ready() },
    { type: 'ContainersReady', ...ready() },
    { type: 'PodScheduled', status: 'True' },
  ];
}

/** Keeps the time at which each condition last changed its status, and the place where it stands. Jobs also say when they looked, pods never do. */
export function mergeConditions(before: Condition[] = [], wanted: Condition[], now: string, lastProbeTime: string | null = null): Condition[] {
  const merged = wanted.map(condition => {
    const old = before.find(c => c.type === condition.type);
    const isSame = old?.status === condition.status;
    return { ...condition, lastProbeTime: isSame ? old.lastProbeTime ?? lastProbeTime : lastProbeTime, lastTransitionTime: isSame ? old.lastTransitionTime ?? now : now };
  });
  const kept = before.map(old => merged.find(condition => condition.type === old.type) ?? old);
  return [...kept, ...merged.filter(condition => !before.some(old => old.type === condition.type))];
}

function resourceMaps(container: Container): Record<string, string>[] {
  const { requests = {}, limits = {} } = container.resources ?? {};
  return [requests, limits];
}

/** Kubernetes' three classes, from the requests and limits of the containers. */
export function qosClass(pod: Pod): string {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  if (containers.every(c => resourceMaps(c).every(map => !map.cpu && !map.memory))) {
    return 'BestEffort';
  }
  const isGuaranteed = containers.every(c => {
    const [requests, limits] = resourceMaps(c);
    return ['cpu', 'memory'].every(name => limits[name] && (requests[name] ?? limits[name]) === limits[name]);
  });
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** The whole status of a pod as a kubelet reports it. */
export function podStatus(pod: Pod, facts: PodFacts, now: string): PodStatus {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const phase = phaseOf(policy, facts.init, facts.main, Boolean(facts.ended));
  const conditions = wantedConditions(phase, facts).map(condition => ({ ...condition, ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}) }));
  return {
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    phase,
    ...(facts.ended ?? {}),
    conditions: mergeConditions(pod.status?.conditions, conditions, now),
    hostIP: facts.address,
    hostIPs: [{ ip: facts.address }],
    podIP: facts.address,
    podIPs: [{ ip: facts.address }],
    startTime: facts.startTime,
    ...(facts.init.length > 0 ? { initContainerStatuses: facts.init.map(record => containerStatus(record, true)) } : {}),
    containerStatuses: facts.main.map(record => containerStatus(record, false)),
    qosClass: pod.status?.qosClass ?? qosClass(pod),
  };
}
