import { resourceName } from './gvk';
import { DEFAULT_TIMES, Reflector, ReflectorTimes } from './reflector';
import { ObjectStore } from './store';
import type { Informer, InformerEvent, InformerOptions, Key, KubeClient, KubeObject, ResourceType } from './types';

/** The part of a logger that the cache uses. */
export interface CacheLog {
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

export interface CacheOptions {
  log?: CacheLog;
  /** Freezes every object, so that changing shared data throws at its cause. Default: under NODE_ENV=test. */
  freeze?: boolean;
  times?: Partial<ReflectorTimes>;
  /** A list or watch began; for counters. */
  onAttempt?: (what: 'list' | 'watch', type: ResourceType) => void;
}

type Handler<T extends KubeObject> = (event: InformerEvent<T>) => void;
type ConnectionHandler = (error: Error | undefined) => void;

/** One reflector and its store, with everybody who listens. */
export class SharedInformer<T extends KubeObject> {
  readonly store: ObjectStore<T>;
  readonly handlers = new Set<Handler<T>>();
  readonly connectionHandlers = new Set<ConnectionHandler>();
  users = 0;
  hasSynced = false;
  private broken: Error | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly abort = new AbortController();
  private readonly loop: Promise<void>;

  constructor(
    client: KubeClient,
    readonly type: ResourceType,
    selector: InformerOptions,
    private readonly options: CacheOptions,
  ) {
    const freeze = options.freeze ?? process.env.NODE_ENV === 'test';
    this.store = new ObjectStore<T>({ ...selector, freeze }, event => {
      for (const handler of this.handlers) this.call(() => handler(event));
    });
    const { namespace, labelSelector, fieldSelector } = selector;
    const reflector = new Reflector<T>(
      client,
      type,
      { namespace, labelSelector, fieldSelector },
      this.store,
      {
        onSynced: () => this.synced(),
        onConnection: error => this.connection(error),
        onAttempt: what => options.onAttempt?.(what, type),
      },
      { ...DEFAULT_TIMES, ...options.times },
    );
    this.loop = reflector.run(this.abort.signal);
  }

  async stop() {
    this.abort.abort();
    this.handlers.clear();
    this.connectionHandlers.clear();
    await this.loop;
  }

  get connectionError() {
    return this.broken;
  }

  /** Handlers are other people's code: what they throw is logged, and the copy goes on. */
  call(callback: () => void) {
    try {
      callback();
    } catch (error) {
      this.options.log?.error({ err: error, resource: resourceName(this.type) }, 'a handler of an informer failed');
    }
  }

  whenSynced(signal?: AbortSignal): Promise<void> {
    if (this.hasSynced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.waiting.delete(done);
        const cause = this.broken ?? signal?.reason;
        reject(
          new Error(
            `the first list of ${resourceName(this.type)} did not arrive${
              cause instanceof Error ? `: ${cause.message}` : ''
            }`,
            { cause },
          ),
        );
      };
      function done() {
        signal?.removeEventListener('abort', abort);
        resolve();
      }
      this.waiting.add(done);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  private synced() {
    this.hasSynced = true;
    for (const done of this.waiting) done();
    this.waiting.clear();
  }

  private connection(error: Error | undefined) {
    this.broken = error;
    if (error) {
      this.options.log?.warn(
        { resource: resourceName(this.type), reason: error.message },
        'the watch broke; it is tried again',
      );
    }
    for (const handler of this.connectionHandlers) this.call(() => handler(error));
  }
}

/** One user's view of a shared informer; what the user added goes with its release. */
export class InformerShare<T extends KubeObject> implements Informer<T> {
  private readonly mine = new Set<() => void>();
  private isReleased = false;

  constructor(private readonly shared: SharedInformer<T>, private readonly giveBack: () => void) {}

  get type() {
    return this.shared.type;
  }

  get hasSynced() {
    return this.shared.hasSynced;
  }

  get(key: Key) {
    return this.shared.store.get(key);
  }

  list() {
    return this.shared.store.list();
  }

  addIndex(name: string, values: (object: T) => string[]) {
    this.shared.store.addIndex(name, values);
  }

  byIndex(name: string, value: string) {
    return this.shared.store.byIndex(name, value);
  }

  onChange(handler: (event: InformerEvent<T>) => void) {
    // Wrapped, so that one function can be added twice and removed once.
    const own: Handler<T> = event => handler(event);
    const known = this.list();
    this.shared.handlers.add(own);
    for (const object of known) this.shared.call(() => handler({ type: 'added', object, initial: true }));
    return this.keep(() => this.shared.handlers.delete(own));
  }

  onConnection(handler: (error: Error | undefined) => void) {
    const own: ConnectionHandler = error => handler(error);
    this.shared.connectionHandlers.add(own);
    if (this.shared.connectionError) this.shared.call(() => handler(this.shared.connectionError));
    return this.keep(() => this.shared.connectionHandlers.delete(own));
  }

  whenSynced(signal?: AbortSignal) {
    return this.shared.whenSynced(signal);
  }

  observe(object: T) {
    this.shared.store.put(object, true);
  }

  observeDeleted(key: Key, uid?: string) {
    this.shared.store.bury(key, uid);
  }

  release() {
    if (this.isReleased) return;
    this.isReleased = true;
    for (const stop of [...this.mine]) stop();
    this.giveBack();
  }

  /** What is unsubscribed is forgotten: a handler may hold a whole controller. */
  private keep(stop: () => void) {
    const once = () => {
      this.mine.delete(once);
      stop();
    };
    this.mine.add(once);
    return once;
  }
}
