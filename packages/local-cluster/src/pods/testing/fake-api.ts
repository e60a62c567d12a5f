import { randomUUID } from 'node:crypto';
import { StatusError, type LocalApi, type LocalDeleteOptions, type LocalEvent, type LocalRef, type PodLogHandler, type TypeRef } from '../../api';

interface Stored {
  metadata: { name: string; namespace?: string; uid: string; resourceVersion: string; generation: number; creationTimestamp: string; deletionTimestamp?: string; deletionGracePeriodSeconds?: number };
  spec?: { nodeName?: string; terminationGracePeriodSeconds?: number };
  status?: unknown;
}

type Handler = (event: LocalEvent<Stored>) => void;

/** The store's promises to the pod runner, kept in memory: for tests of pods without a server. */
export class FakeApi implements LocalApi {
  readonly address = { host: '127.0.0.1', port: 6443 };
  readonly ca = 'CERTIFICATE';
  podLogs?: PodLogHandler;
  writes: string[] = [];
  private version = 0;
  private readonly objects = new Map<string, Map<string, Stored>>();
  private readonly handlers = new Map<string, Set<Handler>>();

  get<T>(type: TypeRef, ref: LocalRef): T | undefined {
    return this.kind(type).get(this.key(ref)) as T | undefined;
  }

  list<T>(type: TypeRef, namespace?: string): T[] {
    return [...this.kind(type).values()].filter(o => !namespace || o.metadata.namespace === namespace) as T[];
  }

  create<T>(type: TypeRef, object: object): T {
    const stored = structuredClone(object) as Stored;
    if (this.kind(type).has(this.key(stored.metadata))) {
      throw new StatusError(409, 'AlreadyExists', `${type.plural} "${stored.metadata.name}" already exists`);
    }
    stored.metadata = { ...stored.metadata, uid: randomUUID(), generation: 1, creationTimestamp: new Date().toISOString(), resourceVersion: this.next() };
    this.put(type, stored, 'ADDED');
    return stored as T;
  }

  update<T>(type: TypeRef, ref: LocalRef, change: (draft: T) => void, subresource?: 'status'): T | undefined {
    const before = this.kind(type).get(this.key(ref));
    if (!before) {
      return undefined;
    }
    const draft = structuredClone(before);
    change(draft as T);
    const after = subresource ? { ...structuredClone(before), status: draft.status } : { ...draft, status: before.status };
    if (JSON.stringify(after) === JSON.stringify(before)) {
      return before as T;
    }
    after.metadata.resourceVersion = this.next();
    this.put(type, after, 'MODIFIED');
    return after as T;
  }

  delete(type: TypeRef, ref: LocalRef, options: LocalDeleteOptions = {}): void {
    const stored = this.kind(type).get(this.key(ref));
    if (!stored || (options.preconditions?.uid && options.preconditions.uid !== stored.metadata.uid)) {
      return;
    }
    const grace = options.gracePeriodSeconds ?? stored.spec?.terminationGracePeriodSeconds ?? 30;
    if (type.plural === 'pods' && grace > 0 && stored.spec?.nodeName) {
      const metadata = { ...stored.metadata, deletionTimestamp: new Date().toISOString(), deletionGracePeriodSeconds: grace, resourceVersion: this.next() };
      this.put(type, { ...stored, metadata }, 'MODIFIED');
      return;
    }
    this.kind(type).delete(this.key(ref));
    this.emit(type, { type: 'DELETED', object: stored });
  }

  watch<T>(type: TypeRef, handler: (event: LocalEvent<T>) => void): () => void {
    const own: Handler = event => handler({ type: event.type, object: event.object as T });
    const handlers = this.handlers.get(type.plural) ?? new Set();
    this.handlers.set(type.plural, handlers);
    handlers.add(own);
    [...this.kind(type).values()].forEach(object => queueMicrotask(() => handlers.has(own) && own({ type: 'ADDED', object })));
    return () => handlers.delete(own);
  }

  registerPodLogs(handler: PodLogHandler): void {
    this.podLogs = handler;
  }

  issueToken(): string {
    return 'a.token.here';
  }

  private kind(type: TypeRef): Map<string, Stored> {
    const objects = this.objects.get(type.plural) ?? new Map<string, Stored>();
    this.objects.set(type.plural, objects);
    return objects;
  }

  private key({ namespace, name }: LocalRef): string {
    return `${namespace ?? ''}/${name}`;
  }

  private next(): string {
    this.version += 1;
    return String(this.version);
  }

  private put(type: TypeRef, object: Stored, event: 'ADDED' | 'MODIFIED'): void {
    this.writes.push(`${event} ${type.plural} ${object.metadata.name}`);
    this.kind(type).set(this.key(object.metadata), object);
    this.emit(type, { type: event, object });
  }

  private emit(type: TypeRef, event: LocalEvent<Stored>): void {
    this.handlers.get(type.plural)?.forEach(handler => queueMicrotask(() => handler(event)));
  }
}
