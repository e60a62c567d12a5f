import { Destination, Work, WorkflowRun, WorkPlacement } from '@kratix-ts/core/api';
import { connect, type DynamicObject, type KubeClient, type ResourceType } from '@kratix-ts/core/kube';
import { installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { encodeContent } from '@kratix-ts/core/wire';

const WRITERS = 24;
const NAMESPACES = 20;
const kratix = { apiVersion: Work.apiVersion };

/** A cluster as an engine leaves it that has served many requests: each with a run, a Work, a placement and conditions. */
export class Load {
  private constructor(readonly client: KubeClient, readonly offer: TestOffer) {}

  static async on(kubeconfig: string): Promise<Load> {
    const client = await connect({ file: kubeconfig });
    return new Load(client, await installOffer(client));
  }

  name = (index: number) => `request-${index}`;
  namespace = (index: number) => `team-${index % NAMESPACES}`;

  async fill(count: number): Promise<void> {
    for (let index = 0; index < NAMESPACES; index += 1) {
      await this.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace(index) } });
    }
    const spec = { path: 'eu-1', stateStoreRef: { kind: 'GitStateStore', name: 'git' } };
    await this.client.create<DynamicObject>(Destination.type, { ...kratix, kind: 'Destination', metadata: { name: 'eu-1' }, spec });
    let next = 0;
    await Promise.all(Array.from({ length: WRITERS }, async () => {
      while (next < count) await this.request(next++);
    }));
  }

  /** Changes a request as an engine would that has begun to work on it. */
  async touch(index: number, message: string): Promise<void> {
    const ref = { namespace: this.namespace(index), name: this.name(index) };
    await this.client.patch(this.offer.type, ref, { status: { message } }, { kind: 'merge', subresource: 'status' });
  }

  /** Changes what a request's entity is made of. */
  async annotate(index: number, system: string): Promise<void> {
    const ref = { namespace: this.namespace(index), name: this.name(index) };
    const value = system.replace(/ /g, '-');
    await this.client.patch(this.offer.type, ref, { metadata: { annotations: { 'kratix-ts.dev/system': value } } }, { kind: 'merge' });
  }

  close = () => this.client.close();

  private async request(index: number): Promise<void> {
    const { promise, type } = this.offer;
    const metadata = { name: this.name(index), namespace: this.namespace(index) };
    const annotations = { 'kratix-ts.dev/requested-by': `user:default/user-${index % 50}` };
    const made = await this.client.create(type, this.offer.request(metadata.name, { metadata: { ...metadata, annotations } }));
    const isFailed = index % 50 === 0;
    const at = new Date().toISOString();
    const condition = (kind: string, status: string, reason: string) => ({ type: kind, status, reason, message: reason, lastTransitionTime: at });
    const conditions = isFailed
      ? [condition('ConfigureWorkflowCompleted', 'False', 'ConfigureWorkflowFailed'), condition('Reconciled', 'False', 'ConfigureWorkflowFailed')]
      : [condition('ConfigureWorkflowCompleted', 'True', 'PipelinesExecutedSuccessfully'), condition('Reconciled', 'True', 'Reconciled')];
    await this.client.patch(type, metadata, { status: { conditions, observedGeneration: 1, promiseVersion: 'v1' } }, { kind: 'merge', subresource: 'status' });
    const labels = { 'kratix.io/promise-name': promise, 'kratix.io/resource-name': metadata.name, 'kratix.io/pipeline-name': 'prepare' };
    const workloads = [{ filepath: 'file.yaml', content: encodeContent(`text: ${'x'.repeat(1_000)}\n`) }];
    const work = { name: `work-${index}`, namespace: metadata.namespace };
    await this.create(Work.type, 'Work', { ...work, labels }, { promiseName: promise, resourceName: metadata.name, workloadGroups: [{ id: 'a', directory: '.', workloads }] });
    await this.create(WorkPlacement.type, 'WorkPlacement', { name: `${work.name}.eu-1`, namespace: metadata.namespace, labels: { 'kratix.io/work': work.name, 'kratix.io/pipeline-name': 'prepare' } }, { targetDestinationName: 'eu-1', id: 'a', workloads });
    const target = { apiVersion: this.offer.apiVersion, kind: type.kind, plural: type.plural, ...metadata, uid: made.metadata.uid, generation: 1 };
    const containers = [{ name: 'act', startedAt: at, finishedAt: at, exitCode: isFailed ? 1 : 0 }];
    const phase = isFailed ? 'Failed' : 'Succeeded';
    await this.client.create<DynamicObject>(WorkflowRun.type, {
      apiVersion: WorkflowRun.apiVersion,
      kind: 'WorkflowRun',
      metadata: { name: `run-${index}`, namespace: metadata.namespace },
      spec: { target, promiseName: promise, type: 'resource', action: 'configure', trigger: 'created', hash: 'h', sequence: 1 },
      status: { phase, startedAt: at, finishedAt: at, pipelines: [{ name: 'prepare', phase, attempt: 1, containers }] },
    });
  }

  private create(type: ResourceType, kind: string, metadata: DynamicObject['metadata'], spec: Record<string, unknown>): Promise<unknown> {
    return this.client.create<DynamicObject>(type, { ...kratix, kind, metadata, spec });
  }
}

const namespaces: ResourceType = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
