import { Work } from '../api';
import { createCache } from '../kube/cache';
import { ApiError } from '../kube/errors';
import { coreTypes } from '../kube/gvk';
import type { Cache, DynamicObject, KubeClient, KubeObject } from '../kube/types';
import { parseYaml } from '../kube/yaml';
import { digestOf, encodeContent } from '../wire/encoding';
import { groupId, ROOT_DIRECTORY } from '../wire/layout-names';
import { annotations, HELPER_CONTAINER, labels, MANAGED_BY, PIPELINE_FIELD_MANAGER } from '../wire/names';
import type { JobObject, PodObject } from '../workflow/kubernetes';

/** One pod that ran. */
export interface PodRun {
  job: string;
  /** Counts the pods of its Job, from 1. */
  attempt: number;
  /** `promise/…` or `promise/request/…`, then action and pipeline. */
  pipeline: string;
  hash: string;
  /** Name of the request, where it is one's. */
  request?: string;
  /** What the containers read as /kratix/input/object.yaml. */
  input: string;
  /** The same, parsed when it is asked for. */
  readonly object: DynamicObject;
}

/** What the containers of a pod do. */
export interface PodScript {
  /** Output, by path. */
  files?: Record<string, string>;
  /** What status.yaml holds. */
  status?: Record<string, unknown>;
  /** What workflow-control.yaml holds. */
  control?: { suspend?: boolean; retryAfter?: string; message?: string };
  /** The first container ends with this; another than 0 delivers nothing. */
  exitCode?: number;
  /** What the helper says instead of what it has done. */
  says?: unknown;
}

export interface InstantKubeletOptions {
  client: KubeClient;
  /** Decides what a pod does; it may take its time. */
  run: (pod: PodRun) => PodScript | Promise<PodScript>;
  /** How long a pod that was asked to end takes for that, in milliseconds. Default 0. */
  terminationMs?: () => number;
}

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

interface PodSpec {
  initContainers?: Container[];
  containers: Container[];
  volumes?: { name: string; configMap?: { name: string } }[];
}

const NODE = 'instant';
const DEFAULT_BACKOFF = 6;

/**
 * Stands for Job controller, kubelet and the containers of pipelines: a Job's pod is over at once, and leaves what the
 * helper would leave, a Work and a termination message. For tests that are about the engine.
 */
export class InstantKubelet {
  /** Every pod that has run, in order. */
  readonly ran: PodRun[] = [];
  private readonly cache: Cache;
  private readonly busy = new Map<string, Promise<void>>();

  private constructor(private readonly options: InstantKubeletOptions) {
    this.cache = createCache(options.client);
  }

  static async start(options: InstantKubeletOptions): Promise<InstantKubelet> {
    const kubelet = new InstantKubelet(options);
    const selector = { labelSelector: `${labels.managedBy}=${MANAGED_BY}` };
    const pods = kubelet.cache.informer<PodObject>(coreTypes.Pod, selector);
    const jobs = kubelet.cache.informer<JobObject>(coreTypes.Job, selector);
    pods.onChange(({ type, object }) => type !== 'deleted' && object.metadata.deletionTimestamp && kubelet.once(object.metadata.uid, () => kubelet.end(object)));
    jobs.onChange(({ type, object }) => type === 'added' && kubelet.once(object.metadata.uid, () => kubelet.execute(object)));
    await Promise.all([pods.whenSynced(), jobs.whenSynced()]);
    return kubelet;
  }

  async stop(): Promise<void> {
    await this.cache.stop();
    await Promise.all(this.busy.values());
  }

  /** How often each pipeline ran, by {@link PodRun.pipeline}. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { pipeline } of this.ran) counts[pipeline] = (counts[pipeline] ?? 0) + 1;
    return counts;
  }

  private once(uid = '', act: () => Promise<void>) {
    if (!this.busy.has(uid)) this.busy.set(uid, act().catch(ignoreGone));
  }

  private async end({ metadata }: PodObject) {
    await new Promise(resolve => setTimeout(resolve, this.options.terminationMs?.() ?? 0));
    await this.options.client.delete(coreTypes.Pod, metadata, { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } });
  }

  private async execute(job: JobObject) {
    if (job.metadata.deletionTimestamp || job.status?.conditions?.some(({ status }) => status === 'True')) return;
    // the Jobs of another engine are the test's own business
    if (!(job.spec?.template as { spec: PodSpec }).spec.containers.some(({ name }) => name === HELPER_CONTAINER)) return;
    const limit = Number(job.spec?.backoffLimit ?? DEFAULT_BACKOFF);
    for (let attempt = 1; attempt <= limit + 1; attempt += 1) {
      if (await this.pod(job, attempt)) {
        await this.say(coreTypes.Job, job, { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] });
        return;
      }
    }
    const condition = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
    await this.say(coreTypes.Job, job, { failed: limit + 1, conditions: [condition] });
  }

  /** True when it ended well. */
  private async pod(job: JobObject, attempt: number): Promise<boolean> {
    const { client, run } = this.options;
    const { metadata: own, spec } = job.spec?.template as { metadata: KubeObject['metadata']; spec: PodSpec };
    const { name, namespace, uid = '' } = job.metadata;
    const pod = await client.create(coreTypes.Pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${name}-pod${attempt}-${Math.random().toString(36).slice(2, 7)}`,
        namespace,
        labels: { ...own.labels, 'batch.kubernetes.io/job-name': name },
        annotations: own.annotations,
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }],
      },
      spec: { ...spec, nodeName: NODE },
    });
    await this.say(coreTypes.Pod, pod, { phase: 'Running', initContainerStatuses: spec.initContainers?.map(each => ({ name: each.name, state: { running: {} } })) });
    const marks = own.labels ?? {};
    const target = [marks[labels.promiseName], marks[labels.resourceName]].filter(Boolean).join('/');
    const input = own.annotations?.[annotations.object] ?? (await this.largeInput(spec, namespace));
    const what: PodRun = {
      job: name,
      attempt,
      pipeline: `${target}/${marks[labels.workflowAction]}/${marks[labels.pipelineName]}`,
      hash: marks[labels.hash] ?? '',
      request: marks[labels.resourceName],
      input,
      get object() {
        return parseYaml(input) as DynamicObject;
      },
    };
    this.ran.push(what);
    const script = await run(what);
    const exitCode = script.exitCode ?? 0;
    const ended = (each: Container, code: number, message?: string) => ({ name: each.name, state: { terminated: { exitCode: code, ...(message && { message }), finishedAt: new Date().toISOString() } } });
    const message = exitCode === 0 ? JSON.stringify(script.says ?? (await this.deliver(spec, script))) : undefined;
    await this.say(coreTypes.Pod, pod, {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      initContainerStatuses: spec.initContainers?.map((each, index) => ended(each, index === 0 ? exitCode : 0)),
      ...(message && { containerStatuses: spec.containers.map(each => ended(each, 0, message)) }),
    });
    return exitCode === 0;
  }

  /** What is too large for an annotation comes in a ConfigMap. */
  private async largeInput({ volumes = [] }: PodSpec, namespace: string | undefined): Promise<string> {
    const name = volumes.find(volume => volume.name === 'kratix-input')?.configMap?.name ?? '';
    const { data } = await this.options.client.get<KubeObject & { data: Record<string, string> }>(coreTypes.ConfigMap, { name, namespace });
    return data['object.yaml'];
  }

  /** What the helper does: writes the Work, and answers with its termination message. */
  private async deliver(spec: PodSpec, { files = {}, status, control }: PodScript): Promise<object> {
    const env = Object.fromEntries((spec.containers.find(({ name }) => name === HELPER_CONTAINER)?.env ?? []).map(({ name, value = '' }) => [name, value.replace(/\$\$\(/g, '$(')]));
    const said = { v: 1, work: null, ...(status && { status }), ...(control && { control }) };
    const workloads = Object.entries(files).map(([filepath, content]) => ({ filepath, content: encodeContent(content) }));
    if (control || env.KRATIX_WORKFLOW_ACTION === 'delete' || (workloads.length === 0 && !status)) return said;
    const template = JSON.parse(env.KRATIX_WORK) as DynamicObject;
    const destinationSelectors: unknown = JSON.parse(env.KRATIX_PROMISE_SELECTORS);
    const group = { directory: ROOT_DIRECTORY, id: groupId(ROOT_DIRECTORY), workloads, destinationSelectors };
    const work = {
      ...template,
      spec: { ...template.spec, lastExecutionTimestamp: new Date().toISOString(), workloadGroups: workloads.length > 0 ? [group] : [], ...(status && { result: { status } }) },
    };
    await this.options.client.patch(Work.type, work.metadata, work, { kind: 'apply', force: true, fieldManager: PIPELINE_FIELD_MANAGER });
    return { v: 1, work: { name: work.metadata.name, digest: digestOf(work.spec) } };
  }

  private async say(type: typeof coreTypes.Pod, { metadata }: KubeObject, status: object) {
    await this.options.client.patch(type, metadata, { status }, { kind: 'merge', subresource: 'status' });
  }
}

/** What is deleted meanwhile has nothing left to do. */
function ignoreGone(error: unknown) {
  const isGone = error instanceof ApiError && (error.isNotFound || error.code === 409);
  if (!isGone && !(error instanceof Error && error.name === 'AbortError')) throw error;
}
