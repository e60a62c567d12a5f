import type { PodLogHandler } from '../api';
import type { Webhooks } from '../admission/webhooks';
import { StatusError } from '../api';
import type { Tokens } from '../auth/tokens';
import { badRequest, noSuchPath, notFound } from '../registry/errors';
import { keyOf, typeOf, type Registry, type Target } from '../registry/registry';
import { isObject } from '../schema/types';
import type { StoredObject } from '../store/store';
import { object, type Reply } from './reply';
import { flag, parseObject, type Call } from './request';
import { deleteOptions, methodNotAllowed, writeOptions } from './resources';
import { scale } from './scale';

export interface SubresourceContext {
  registry: Registry;
  webhooks: Webhooks;
  tokens: Tokens;
  podLogs: () => PodLogHandler | undefined;
}

/** Subresources that are not a part of the object; undefined for those that are (`status`). */
export function handleSubresource(call: Call, target: Target, context: SubresourceContext): Reply | Promise<Reply> | undefined {
  const name = `${target.resource.plural}/${target.subresource}`;
  if (target.subresource === 'status' && target.version.hasStatus) return undefined;
  if (name === 'pods/log') return podLog(call, target, context);
  if (name === 'pods/eviction') return evict(call, target, context);
  if (name === 'serviceaccounts/token') return issueToken(call, target, context);
  if (name === 'namespaces/finalize') return finalize(call, target, context);
  if (['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'].includes(name)) {
    throw new StatusError(501, 'NotImplemented', `The local cluster does not offer ${name}; read the log of the container, or run the pod on another cluster`);
  }
  if (target.subresource === 'scale' && target.version.scale) return scale(call, target, context);
  throw noSuchPath();
}

async function finalize(call: Call, target: Target, { registry, webhooks }: SubresourceContext): Promise<Reply> {
  const { object: body, duplicates } = parseObject(call);
  const { subresource: _subresource, ...namespace } = target;
  const options = writeOptions(call, duplicates);
  const written = await webhooks.carryOut(() => registry.update(namespace, current => ({ ...current, spec: body.spec }), options), call.warnings);
  return object(written.object);
}

async function evict(call: Call, target: Target, { registry, webhooks }: SubresourceContext): Promise<Reply> {
  const { object: body } = parseObject(call);
  const options = isObject(body.deleteOptions) ? { ...call, body: Buffer.from(JSON.stringify(body.deleteOptions)), headers: {} } : { ...call, body: Buffer.alloc(0) };
  const deletion = deleteOptions(options);
  await webhooks.carryOut(() => registry.delete(target, deletion), call.warnings);
  return object({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
}

function issueToken(call: Call, target: Target, { tokens }: SubresourceContext): Reply {
  const { object: body } = parseObject(call);
  const spec = isObject(body.spec) ? body.spec : {};
  const pod = isObject(spec.boundObjectRef) && spec.boundObjectRef.kind === 'Pod' ? spec.boundObjectRef : undefined;
  const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : 3600;
  if (seconds < 600) throw badRequest('spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes');
  const audiences = Array.isArray(spec.audiences) ? spec.audiences.map(String) : [];
  const { token, expires } = tokens.issue({
    namespace: target.namespace ?? '',
    serviceAccount: target.name,
    audiences,
    expirationSeconds: seconds,
    ...(pod ? { pod: { name: String(pod.name), uid: String(pod.uid) } } : {}),
  });
  const status = { token, expirationTimestamp: `${expires.toISOString().slice(0, 19)}Z` };
  return object({ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: body.metadata ?? {}, spec: { ...spec, audiences, expirationSeconds: seconds }, status }, 201);
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^\d+$/.test(value)) throw badRequest(`${name}: ${JSON.stringify(value)} is no whole number`);
  return Number(value);
}

function podLog(call: Call, target: Target, { registry, podLogs }: SubresourceContext): Reply {
  if (call.method !== 'GET') throw methodNotAllowed();
  const pod = registry.store.get('pods', keyOf(target.resource, target.namespace, target.name));
  if (!pod) throw notFound(typeOf(target.resource), target.name);
  const handler = podLogs();
  if (!handler) throw badRequest(`pod ${JSON.stringify(target.name)} has no log: this cluster runs no pods`);
  const { query } = call;
  const container = query.get('container') ?? onlyContainer(pod.object, target.name);
  const [tailLines, limitBytes, sinceSeconds] = ['tailLines', 'limitBytes', 'sinceSeconds'].map(name => numberIn(query, name));
  const sinceTime = query.get('sinceTime') ?? undefined;
  const chunks = handler(
    { namespace: target.namespace ?? '', name: target.name, uid: pod.object.metadata.uid },
    {
      container,
      follow: flag(query, 'follow'),
      previous: flag(query, 'previous'),
      timestamps: flag(query, 'timestamps'),
      ...(tailLines === undefined ? {} : { tailLines }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
      ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
      ...(sinceTime === undefined ? {} : { sinceTime }),
    },
    call.untilGone(),
  )[Symbol.asyncIterator]();
  return { stream: response => streamLog(chunks, response) };
}

async function streamLog(chunks: AsyncIterator<Buffer>, response: import('node:http').ServerResponse): Promise<void> {
  let next = await chunks.next();
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.flushHeaders();
  while (!next.done && !response.destroyed) {
    if (!response.write(next.value)) await new Promise<void>(resolve => response.once('drain', resolve).once('close', resolve));
    next = await chunks.next();
  }
  await chunks.return?.();
  response.end();
}

/** A pod with one container needs no choice. */
function onlyContainer(pod: StoredObject, name: string): string {
  const { containers = [], initContainers = [] } = (pod.spec ?? {}) as { containers?: { name: string }[]; initContainers?: { name: string }[] };
  if (containers.length === 1 && initContainers.length === 0) return containers[0].name;
  const names = (list: { name: string }[]) => list.map(container => container.name).join(' ');
  const init = initContainers.length ? ` or one of the init containers: [${names(initContainers)}]` : '';
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${init}`);
}
