import type { EngineContext } from '../controllers/context';
import type { StoreRef } from '../controllers/stores';
import { coreTypes, type Informer } from '../kube';
import type { KubeObject } from '../kube/types';
import { SYSTEM_NAMESPACE } from '../wire/names';
import { Pace } from './pace';
import { pushedBranch } from './pushed-branch';
import { PushEventReceiver, type Verdict } from './receiver';

interface SecretObject extends KubeObject {
  data?: Record<string, string>;
}

/** Looks at a store at once when its server says that somebody pushed, instead of at its next interval. */
export class PushEvents {
  private readonly secret: Informer<SecretObject>;
  private readonly receiver: PushEventReceiver;
  private readonly pace: Pace;
  /** Where it listens, once it does. */
  port = 0;

  constructor(private readonly engine: EngineContext, { address, secret }: { address: string; secret: string }) {
    const log = engine.log.child({ runnable: 'push-events' });
    this.secret = engine.cache.informer<SecretObject>(coreTypes.Secret, { namespace: SYSTEM_NAMESPACE, fieldSelector: `metadata.name=${secret}` });
    this.pace = new Pace(key => this.look(key), () => engine.config.minimumFetchInterval);
    this.receiver = new PushEventReceiver({ address, log, secrets: () => this.secrets(), take: (path, body) => this.take(path, body) });
  }

  /** Settles when it listens. */
  async start(): Promise<void> {
    this.port = await this.receiver.start();
    this.engine.log.info({ endpoint: 'push-events', port: this.port }, 'serving');
  }

  async stop(): Promise<void> {
    this.pace.end();
    await this.receiver.stop();
    this.secret.release();
  }

  /** Every key of the Secret holds one, so that a new one can be told to the git hosts one after the other. */
  private secrets(): string[] {
    const values = this.secret.list().flatMap(({ data }) => Object.values(data ?? {}));
    return values.map(value => Buffer.from(value, 'base64').toString().trim()).filter(value => value !== '');
  }

  private take(path: string, body: string): Verdict {
    const ref = refOf(path);
    const spec = ref && this.engine.storeObject(ref)?.spec;
    if (!ref || !spec) return 'no such store';
    // another replica has it open
    if (!this.engine.stores.of(ref)) return 'not here';
    const branch = pushedBranch(body);
    if (branch !== undefined && branch !== (spec.branch ?? 'main')) return 'passed by';
    this.pace.ask(`${ref.kind}/${ref.name}`);
    return 'taken';
  }

  private look(key: string): void {
    const ref = refOf(`/${key}`);
    const store = ref && this.engine.stores.of(ref);
    // a store that cannot be used any more says so itself, and is looked at when it can
    store?.refetch().catch(error => this.engine.log.info({ store: key, err: error }, 'a store could not be looked at after a push event'));
  }
}

/** What git hosts tell an engine; undefined where its configuration asks for none. */
export function enginePushEvents(engine: EngineContext): PushEvents | undefined {
  const { pushEvents } = engine.config;
  return pushEvents && new PushEvents(engine, pushEvents);
}

/** The store that a path such as `/GitStateStore/fleet` names. */
function refOf(path: string): StoreRef | undefined {
  const [, kind, name] = /^\/([A-Za-z]+)\/([a-z0-9.-]+)\/?$/u.exec(path) ?? [];
  return kind && name ? { kind, name } : undefined;
}
