import { randomUUID } from 'node:crypto';
import http, { IncomingMessage, Server, ServerResponse } from 'node:http';
import { apiVersionOf, keyOf } from '../kube/gvk';
import { isHeld } from '../kube/held';
import { labelMatcher } from '../kube/selector';
import type { DynamicObject, ResourceType } from '../kube/types';
import { apply, mergePatched } from './fake-patches';
import { bodyOf, kubeconfigFor, listen, shut } from './http';

interface Change {
  version: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  plural: string;
  object: DynamicObject;
}

interface Watch {
  plural: string;
  namespace?: string;
  labels: (labels?: Record<string, string>) => boolean;
  answer: ServerResponse;
}

interface Target {
  type: ResourceType;
  namespace?: string;
  name?: string;
  subresource?: string;
}

class Refusal extends Error {
  constructor(readonly code: number, readonly reason: string, message: string) {
    super(message);
  }
}

const PATH =
  /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/[^/]))?(?:\/([^/]+))?(?:\/([^/]+))?(?:\/([^/]+))?$/;

/**
 * A small API server in memory for tests of clients: any kind, the calls that this project makes, versions, finalizers,
 * watches with history. It validates nothing, and runs nothing.
 */
export class FakeApiServer {
  /** Objects by plural, then key. Change them by calls only. */
  private objects = new Map<string, Map<string, DynamicObject>>();
  private history: Change[] = [];
  private watches = new Set<Watch>();
  private version = 1;
  private oldest = 0;

  private constructor(private types: ResourceType[], private listener: Server, readonly server: string) {}

  static async start(...types: ResourceType[]): Promise<FakeApiServer> {
    const server = http.createServer();
    const fake = new FakeApiServer(types, server, await listen(server));
    fake.serve();
    return fake;
  }

  get kubeconfig(): string {
    return kubeconfigFor(this.server);
  }

  /** All objects of a kind, by key. */
  stored(type: ResourceType): Map<string, DynamicObject> {
    const known = this.objects.get(type.plural) ?? new Map<string, DynamicObject>();
    this.objects.set(type.plural, known);
    return known;
  }

  /** Creates or replaces an object as another client would. */
  put(type: ResourceType, object: DynamicObject): DynamicObject {
    const known = this.stored(type).get(keyOf(object));
    return known
      ? this.update({ type }, known, object)
      : this.create({ type, namespace: object.metadata.namespace }, object);
  }

  /** Deletes an object as another client would; with finalizers it is only marked. */
  remove(type: ResourceType, key: string) {
    const known = this.stored(type).get(key);
    if (known) this.delete({ type }, known);
  }

  /** Forgets history, so that a watch from an earlier version is refused with 410. */
  compact() {
    this.oldest = this.version;
    this.history = [];
  }

  /** Serves a kind no more (and drops its objects), or one more. */
  setServed(type: ResourceType, isServed: boolean) {
    this.types = this.types.filter(other => other.plural !== type.plural);
    if (isServed) this.types.push(type);
    else this.objects.delete(type.plural);
  }

  /** Goes away for a moment and comes back on the same port; with `reset`, its versions begin anew. */
  async restart(options: { reset?: boolean } = {}): Promise<void> {
    const port = Number(new URL(this.server).port);
    this.watches.clear();
    await shut(this.listener);
    if (options.reset) {
      this.version = 1;
      for (const all of this.objects.values())
        for (const object of all.values()) object.metadata.resourceVersion = this.next();
    }
    this.compact();
    this.listener = http.createServer();
    this.serve();
    await listen(this.listener, port);
  }

  async stop(): Promise<void> {
    await shut(this.listener);
  }

  private next(): string {
    this.version += 1;
    return String(this.version);
  }

  private serve() {
    this.listener.on('request', (request, answer) => {
      this.handle(request, answer).catch(error => {
        const { code, reason, message } =
          error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error));
        send(answer, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
      });
    });
  }

  private async handle(request: IncomingMessage, answer: ServerResponse) {
    const url = new URL(request.url ?? '/', this.server);
    const body = await bodyOf(request);
    const [, group = '', version, namespace, plural, name, subresource] = PATH.exec(url.pathname) ?? [];
    if (!plural) return this.discover(answer, group, version);
    const type = this.types.find(each => each.group === group && each.version === version && each.plural === plural);
    if (!type) throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
    const target = { type, namespace, name, subresource };
    if (request.method === 'GET' && !name) {
      if (url.searchParams.get('watch')) return this.watch(target, url.searchParams, answer);
      return this.list(target, url.searchParams, answer);
    }
    const parsed = body.length ? JSON.parse(body.toString()) : undefined;
    return this.object(target, request, url.searchParams, parsed, answer);
  }

  private discover(answer: ServerResponse, group: string, version: string) {
    const resources = this.types.filter(type => type.group === group && type.version === version);
    if (!resources.length) throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
    send(answer, 200, {
      kind: 'APIResourceList',
      resources: resources.map(({ plural, kind, namespaced }) => ({ name: plural, kind, namespaced })),
    });
  }

  private list({ type, namespace }: Target, query: URLSearchParams, answer: ServerResponse) {
    const labels = labelMatcher(query.get('labelSelector') ?? '');
    const all = [...this.stored(type).values()].filter(
      object => (!namespace || object.metadata.namespace === namespace) && labels(object.metadata.labels),
    );
    const from = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? 0) || all.length || 1;
    const rest = from + limit < all.length ? { continue: String(from + limit) } : {};
    send(answer, 200, {
      kind: `${type.kind}List`,
      metadata: { resourceVersion: String(this.version), ...rest },
      items: all.slice(from, from + limit).map(({ apiVersion: _version, kind: _kind, ...item }) => item),
    });
  }

  private watch({ type, namespace }: Target, query: URLSearchParams, answer: ServerResponse) {
    const since = Number(query.get('resourceVersion') ?? 0);
    const watch = { plural: type.plural, namespace, labels: labelMatcher(query.get('labelSelector') ?? ''), answer };
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.flushHeaders();
    if (since < this.oldest || since > this.version) {
      answer.end(
        `${JSON.stringify({
          type: 'ERROR',
          object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' },
        })}\n`,
      );
      return;
    }
    this.watches.add(watch);
    answer.on('close', () => this.watches.delete(watch));
    for (const change of this.history) if (change.version > since) tell(watch, change);
  }

  /** Sends a bookmark with the newest version to all watches. */
  bookmark() {
    for (const { answer } of this.watches) {
      const object = { metadata: { resourceVersion: String(this.version) } };
      answer.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    }
  }

  private object(
    target: Target,
    request: IncomingMessage,
    query: URLSearchParams,
    body: DynamicObject,
    answer: ServerResponse,
  ) {
    const { type, namespace, name, subresource } = target;
    if (request.method === 'POST') return send(answer, 201, this.create(target, body));
    const known = this.stored(type).get(keyOf({ namespace, name: name ?? '' }));
    const isApply = request.headers['content-type']?.includes('apply-patch');
    if (!known) {
      if (!isApply) throw new Refusal(404, 'NotFound', `${type.plural} "${name}" not found`);
      return send(answer, 201, this.create(target, apply(undefined, body, query.get('fieldManager') ?? '')));
    }
    const wanted = body?.metadata?.resourceVersion;
    if (wanted && wanted !== known.metadata.resourceVersion) {
      throw new Refusal(
        409,
        'Conflict',
        `Operation cannot be fulfilled on ${type.plural} "${name}": the object has been modified`,
      );
    }
    switch (request.method) {
      case 'GET':
        return send(answer, 200, known);
      case 'DELETE':
        return send(answer, 200, this.delete(target, known) ?? { kind: 'Status', status: 'Success' });
      case 'PUT':
        return send(answer, 200, this.update(target, known, body));
      default: {
        const patched = isApply ? apply(known, body, query.get('fieldManager') ?? '') : mergePatched(known, body);
        const desired = subresource === 'status' ? { ...known, status: patched.status } : patched;
        return send(answer, 200, this.update(target, known, desired));
      }
    }
  }

  private create({ type, namespace }: Target, raw: DynamicObject): DynamicObject {
    const now = new Date().toISOString();
    const metadata = {
      ...raw.metadata,
      ...(namespace ? { namespace } : {}),
      uid: randomUUID(),
      creationTimestamp: now,
      generation: 1,
    };
    const object: DynamicObject = { ...raw, apiVersion: apiVersionOf(type), kind: type.kind, metadata };
    if (this.stored(type).has(keyOf(object))) {
      throw new Refusal(409, 'AlreadyExists', `${type.plural} "${metadata.name}" already exists`);
    }
    return this.store('ADDED', type, object);
  }

  private update({ type }: Target, known: DynamicObject, desired: DynamicObject): DynamicObject {
    const { uid, creationTimestamp, deletionTimestamp, generation = 1, resourceVersion } = known.metadata;
    const isNews = JSON.stringify(desired.spec) !== JSON.stringify(known.spec);
    const metadata = {
      ...desired.metadata,
      uid,
      creationTimestamp,
      deletionTimestamp,
      resourceVersion,
      generation: generation + Number(isNews),
    };
    const object = { ...desired, metadata };
    if (JSON.stringify(object) === JSON.stringify(known)) return known;
    return this.store(deletionTimestamp && !isHeld(object) ? 'DELETED' : 'MODIFIED', type, object);
  }

  private delete({ type }: Target, known: DynamicObject): DynamicObject | undefined {
    const metadata = {
      ...known.metadata,
      deletionTimestamp: known.metadata.deletionTimestamp ?? new Date().toISOString(),
    };
    const marked = { ...known, metadata };
    if (!isHeld(marked)) {
      this.store('DELETED', type, marked);
      return undefined;
    }
    return this.store('MODIFIED', type, marked);
  }

  private store(change: Change['type'], type: ResourceType, raw: DynamicObject): DynamicObject {
    const object: DynamicObject = JSON.parse(JSON.stringify(raw));
    object.metadata.resourceVersion = this.next();
    if (change === 'DELETED') this.stored(type).delete(keyOf(object));
    else this.stored(type).set(keyOf(object), object);
    const entry = { version: this.version, type: change, plural: type.plural, object };
    this.history.push(entry);
    for (const watch of this.watches) tell(watch, entry);
    return object;
  }
}

function tell(watch: Watch, { plural, type, object }: Change) {
  if (plural !== watch.plural || (watch.namespace && object.metadata.namespace !== watch.namespace)) return;
  // A real server sends DELETED when an object leaves the selector; so does this one, also to who never saw it.
  const isInside = watch.labels(object.metadata.labels);
  watch.answer.write(`${JSON.stringify({ type: isInside ? type : 'DELETED', object })}\n`);
}

function send(answer: ServerResponse, code: number, body: unknown) {
  answer.writeHead(code, { 'content-type': 'application/json' });
  answer.end(JSON.stringify(body));
}
