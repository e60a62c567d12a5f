import { StatusError, type LocalApi, type LocalDeleteOptions, type LocalEvent, type LocalRef, type PodLogHandler, type TokenRequest, type TypeRef } from '../api';
import type { Tokens } from '../auth/tokens';
import { LOCAL } from '../auth/user';
import { fromStored } from '../registry/convert';
import { keyOf, type Registry, type Target } from '../registry/registry';
import { complete } from '../registry/write';
import { apiVersionOf, type Resource } from '../resources/resource';
import type { Json } from '../schema/types';
import type { Change } from '../store/store';

const MANAGER = 'local-cluster';

export interface LocalOptions {
  registry: Registry;
  tokens: Tokens;
  ca: string;
  log: (message: string) => void;
}

/** The store as parts of this process see it; writes go through the rules of those that come over HTTP, but for webhooks. */
export class Local implements LocalApi {
  readonly ca: string;
  address = { host: '127.0.0.1', port: 0 };
  podLogs: PodLogHandler | undefined;
  readonly #registry: Registry;
  readonly #tokens: Tokens;
  readonly #log: (message: string) => void;

  constructor({ registry, tokens, ca, log }: LocalOptions) {
    this.#registry = registry;
    this.#tokens = tokens;
    this.#log = log;
    this.ca = ca;
  }

  get<T>(type: TypeRef, { namespace, name }: LocalRef): T | undefined {
    const resource = this.#resource(type);
    const entry = this.#registry.store.get(resource.storage, keyOf(resource, namespace, name));
    return entry && (fromStored(entry.object, resource, resource.storedVersion) as T);
  }

  list<T>(type: TypeRef, namespace?: string): T[] {
    const resource = this.#resource(type);
    return this.#registry.store
      .list(resource.storage)
      .filter(({ object }) => namespace === undefined || object.metadata.namespace === namespace)
      .map(({ object }) => fromStored(object, resource, resource.storedVersion) as T);
  }

  create<T>(type: TypeRef, object: object): T {
    const resource = this.#resource(type);
    const body = structuredClone(object) as Json;
    body.apiVersion ??= apiVersionOf(resource.group, resource.storedVersion);
    body.kind ??= resource.kind;
    const { name, namespace } = (body.metadata ?? {}) as { name?: string; namespace?: string };
    const target = this.#target(resource, { name: name ?? '', ...(namespace ? { namespace } : {}) });
    return complete(this.#registry.create(target, body, this.#options(), true)).object as T;
  }

  update<T>(type: TypeRef, ref: LocalRef, change: (draft: T) => void, subresource?: 'status'): T | undefined {
    const resource = this.#resource(type);
    const target = { ...this.#target(resource, ref), ...(subresource ? { subresource } : {}) };
    if (!this.#registry.entry(target)) return undefined;
    const edit = (draft: Json) => {
      change(draft as T);
      return draft;
    };
    return complete(this.#registry.update(target, edit, this.#options())).object as T;
  }

  delete(type: TypeRef, ref: LocalRef, options: LocalDeleteOptions = {}): void {
    const target = this.#target(this.#resource(type), ref);
    if (!this.#registry.entry(target)) return;
    complete(this.#registry.delete(target, { dryRun: false, warnings: [], ...options }));
  }

  watch<T>(type: TypeRef, handler: (event: LocalEvent<T>) => void): () => void {
    const resource = this.#resource(type);
    const call = (eventType: LocalEvent<T>['type'], object: Json) => {
      try {
        handler({ type: eventType, object: fromStored(object, resource, resource.storedVersion) as T });
      } catch (error) {
        this.#log(`Handling a change of ${resource.plural} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    };
    const start = this.#registry.store.revision;
    const existing = [...this.#registry.store.list(resource.storage)];
    let stopped = false;
    const late: Change[] = [];
    let ready = false;
    const unsubscribe = this.#registry.store.subscribe(resource.storage, change => {
      if (change.revision <= start) return;
      if (ready) call(change.type, change.entry.object);
      else late.push(change);
    });
    queueMicrotask(() => {
      for (const { object } of existing) if (!stopped) call('ADDED', object);
      for (const change of late) if (!stopped) call(change.type, change.entry.object);
      ready = true;
    });
    return () => {
      stopped = true;
      unsubscribe();
    };
  }

  registerPodLogs(handler: PodLogHandler): void {
    this.podLogs = handler;
  }

  issueToken(request: TokenRequest): string {
    return this.#tokens.issue(request).token;
  }

  #resource({ group, plural }: TypeRef): Resource {
    const resource = this.#registry.catalog.get(group, plural);
    if (!resource) throw new StatusError(404, 'NotFound', `the server serves no ${plural}${group ? `.${group}` : ''}`);
    return resource;
  }

  #target(resource: Resource, { namespace, name }: LocalRef): Target {
    const version = resource.versions.find(known => known.name === resource.storedVersion) ?? resource.versions[0];
    return { resource, version, name, user: LOCAL, ...(namespace ? { namespace } : {}) };
  }

  #options() {
    return { dryRun: false, fieldManager: MANAGER, fieldValidation: 'Ignore' as const, warnings: [] };
  }
}
