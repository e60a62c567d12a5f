import { kinds } from '../api';
import type { EngineConfig } from '../config';
import { createEngine, type Engine } from '../engine';
import { apiVersionOf, connect, coreTypes } from '../kube';
import type { DynamicObject, KubeClient, ObjectMeta, ResourceType } from '../kube/types';
import type { EnginePlugin } from '../plugin';
import { eventually } from './eventually';
import { FakeApiServer } from './fake-api-server';
import { FaultProxy } from './fault-proxy';
import { aLogger } from './silent-logger';

/** A whole engine on an API server in memory: for tests of controllers that need no pods. */
export class EngineOnFake {
  private constructor(readonly server: FakeApiServer, readonly proxy: FaultProxy, private readonly client: KubeClient, readonly engine: Engine) {}

  static async start(config: Partial<EngineConfig> & { cacheDir: string }, { server: known, plugins }: { server?: FakeApiServer; plugins?: EnginePlugin[] } = {}): Promise<EngineOnFake> {
    const server = known ?? (await FakeApiServer.start(...kinds.map(({ type }) => type), ...Object.values(coreTypes)));
    const proxy = await FaultProxy.start({ server: server.server });
    const client = await connect({ text: proxy.kubeconfig });
    const engine = createEngine({ kube: client, config: { helperImage: 'helper', allowLocalStores: true, ...config }, plugins, log: aLogger() });
    await engine.start();
    return new EngineOnFake(server, proxy, client, engine);
  }

  /** Creates or replaces an object. */
  put(type: ResourceType, object: { metadata: ObjectMeta; [field: string]: unknown }): void {
    this.server.put(type, { apiVersion: apiVersionOf(type), kind: type.kind, ...object });
  }

  /** Waits until an object is so; `what` says how. */
  until(type: ResourceType, key: string, what: string, isSo: (object: DynamicObject) => boolean, timeoutMs = 10_000): Promise<DynamicObject> {
    const found = () => this.server.stored(type).get(key);
    return eventually(`${type.kind} ${key}: ${what}`, () => {
      const object = found();
      return object && isSo(object) ? object : undefined;
    }, timeoutMs).catch(error => {
      throw new Error(`${error.message}; it is ${JSON.stringify(found()?.status)}`);
    });
  }

  /** Notes of the events about an object, as `Reason: note`. */
  eventsOf(name: string): string[] {
    const events = [...this.server.stored(coreTypes.Event).values()];
    return events.filter(({ regarding }) => (regarding as { name: string }).name === name).map(({ reason, note }) => `${reason}: ${note}`);
  }

  /** Ends the engine; the API server with its objects stays when `keepsServer`. */
  async stop({ keepsServer = false } = {}): Promise<void> {
    await this.engine.stop();
    await this.client.close();
    await this.proxy.stop();
    if (!keepsServer) await this.server.stop();
  }
}
