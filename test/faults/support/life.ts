import type { ResourceType } from '@kratix-ts/core/kube';
import type { FaultProxy, PodRun, PodScript } from '@kratix-ts/core/testing';
import { aContainer, aPipeline, aPromise, aRequest, conditionOf, isTrue, types } from '../../cluster/support';
import { differences } from './normalised';
import { echo, World, type EngineProcess } from './world';

/** How long a life with a fault may take to come to where one without gets. Milliseconds. */
const PATIENCE = 45_000;

/** What happens in a life, one after the other. */
export type Stage = 'create' | 'update' | 'suspend' | 'resume' | 'delete';

/** How a life stands after a stage. */
export interface Outcome {
  picture: string[];
  /** How often each pipeline has run. */
  ran: Record<string, number>;
  /** Writes of all engines so far. */
  writes: number;
  /** Lines of the watches so far. */
  lines: number;
}

export const requestType: ResourceType = { group: 'lives.example.com', version: 'v1', kind: 'Life', plural: 'lives', namespaced: true };
export const request = { name: 'request', namespace: 'default' };
const pipelines = (...names: string[]) => names.map(name => aPipeline([aContainer('true', { name: 'work' })], { name }));
const promise = aPromise({
  name: 'life',
  type: requestType,
  workflows: {
    promise: { configure: pipelines('prepare'), delete: pipelines('farewell') },
    resource: { configure: pipelines('one', 'two'), delete: pipelines('bye') },
  },
  dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'static' } }],
});

/** A Promise and a request of it, from their creation to their end. */
export class Life {
  readonly engines: EngineProcess[] = [];
  private isHeld = false;
  private trouble: unknown;
  private readonly endings: (() => void)[] = [];
  private readonly successors: Promise<unknown>[] = [];

  private constructor(readonly world: World) {}

  static async begin(): Promise<Life> {
    const script = (pod: PodRun): PodScript => life.script(pod);
    const world = await World.open({ run: script });
    const life: Life = new Life(world);
    return life;
  }

  private script(pod: PodRun): PodScript {
    const isSuspending = this.isHeld && pod.pipeline.endsWith('/two') && pod.object.spec?.word === 'wait';
    return isSuspending ? { control: { suspend: true, message: 'waiting' } } : echo(pod);
  }

  /** Starts another engine, and keeps it in mind. */
  async engine(...how: Parameters<World['engine']>): Promise<EngineProcess> {
    const engine = await this.world.engine(...how);
    this.engines.push(engine);
    return engine;
  }

  /** Starts an engine that is started again when it could not start, as a container is. */
  async supervised(prepare: (proxy: FaultProxy) => void): Promise<void> {
    const first = await this.engine({}, prepare);
    first.started.catch(() => this.successors.push(this.engine()));
  }

  /** Starts an engine that will die of what `prepare` does to its proxy; the next one starts when it is dead. */
  async mortal(prepare: (proxy: FaultProxy) => void, config?: Parameters<World['engine']>[0]): Promise<void> {
    const first = await this.engine(config, prepare);
    const succeed = async () => {
      await first.kill();
      await this.engine(config);
    };
    first.proxy.death.then(() => this.successors.push(succeed()));
  }

  /** Does what a stage does, as users do, and waits until it is done. */
  async live(stage: Stage): Promise<void> {
    const { world } = this;
    switch (stage) {
      case 'create':
        await this.offer();
        await this.ask('first');
        await this.ready();
        break;
      case 'update':
        await world.merge(requestType, request, { spec: { word: 'second' } });
        await this.ready();
        break;
      case 'suspend':
        this.isHeld = true;
        await world.merge(requestType, request, { spec: { word: 'wait' } });
        await world.until('the suspension', () => conditionOf(world.get(requestType, request), 'Reconciled')?.reason === 'WorkflowSuspended', { seen: () => world.get(requestType, request) });
        break;
      case 'resume':
        this.isHeld = false;
        await world.merge(requestType, request, { metadata: { labels: { 'kratix.io/workflow-suspended': null } } });
        await this.ready();
        break;
      default:
        await world.delete(requestType, request);
        await world.untilGone(requestType, request);
        await world.delete(types.Promise, promise.object.metadata);
        await world.untilGone(types.Promise, promise.object.metadata);
    }
  }

  /** Makes the Promise. */
  async offer(): Promise<void> {
    const { world } = this;
    await world.kube.create(types.Promise, promise.object);
    const found = () => world.get(types.Promise, promise.object.metadata);
    await world.until('the Promise to be Available', () => isTrue(found(), 'Available'), { seen: () => found()?.status });
    world.notice(requestType);
  }

  /** Makes the request. */
  async ask(word: string): Promise<void> {
    await this.world.kube.create(requestType, aRequest(requestType, request.namespace, { word }, request.name));
  }

  private async ready(): Promise<void> {
    await this.world.untilReady(requestType, request);
  }

  async outcome(): Promise<Outcome> {
    const isServed = this.world.get(types.CustomResourceDefinition, { name: `${requestType.plural}.${requestType.group}` });
    return {
      picture: await this.world.picture(...(isServed ? [requestType] : [])),
      ran: this.world.kubelet.counts(),
      writes: this.engines.reduce((sum, { proxy }) => sum + proxy.writeCount, 0),
      lines: this.engines.reduce((sum, { proxy }) => sum + proxy.lineCount, 0),
    };
  }

  /** Waits until nothing has been written for a moment: what comes after the last condition is part of the outcome. */
  async settled(): Promise<Outcome> {
    for (let before = ''; ; ) {
      const outcome = await this.outcome();
      const now = JSON.stringify([outcome.picture, outcome.writes]);
      if (now === before) return outcome;
      before = now;
      await new Promise(resolve => setTimeout(resolve, 150));
    }
  }

  /** Waits until things stand as they do without any fault, and no pipeline has run more or less often. */
  async settledAs(expected: Outcome): Promise<Outcome> {
    const wrong = async () => {
      const found = await this.outcome();
      return [...differences(expected.picture, found.picture), ...differences(counted(expected.ran), counted(found.ran))];
    };
    let last: string[] = [];
    const isSame = async () => {
      last = await wrong();
      return last.length === 0;
    };
    await this.world.until('the state that there is without a fault', isSame, { timeout: PATIENCE, seen: () => last });
    return this.outcome();
  }

  /** Is waited for at the end, and fails the life when it fails. */
  alongside(what: Promise<void>): void {
    this.successors.push(what);
    what.catch(error => (this.trouble ??= error));
  }

  /** Does this before everything ends. */
  atEnd(act: () => void): void {
    this.endings.push(act);
  }

  async end(): Promise<void> {
    for (const act of this.endings) act();
    await Promise.allSettled(this.successors);
    await this.world.close();
    if (this.trouble) throw this.trouble;
  }
}

const counted = (ran: Record<string, number>) => Object.entries(ran).map(([pipeline, times]) => `${pipeline} ran ${times} times`);
