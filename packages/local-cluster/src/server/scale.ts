import { jsonPatch, mergePatch } from '../patch/json';
import { badRequest, fieldError, invalid, notFound, unsupportedMediaType } from '../registry/errors';
import type { Webhooks } from '../admission/webhooks';
import { typeOf, type Registry, type Target } from '../registry/registry';
import type { ScalePaths } from '../resources/resource';
import { isObject, type Json } from '../schema/types';
import type { StoredObject } from '../store/store';
import { findAll } from '../table/jsonpath';
import { object, type Reply } from './reply';
import { mediaType, parseJson, parseObject, type Call } from './request';
import { methodNotAllowed, writeOptions } from './resources';

/** The scale subresource of a custom resource: reads and writes the number that its definition points at. */
export async function scale(call: Call, target: Target, { registry, webhooks }: { registry: Registry; webhooks: Webhooks }): Promise<Reply> {
  const paths = target.version.scale;
  const entry = registry.entry(target);
  if (!entry || !paths) throw notFound(typeOf(target.resource), target.name);
  if (call.method === 'GET') return object(scaleOf(entry.object, paths));
  const change = readChange(call);
  const options = writeOptions(call, []);
  const write = () => registry.update(target, current => scaled(current, paths, change, target), options);
  const { object: written } = await webhooks.carryOut(write, call.warnings);
  return object(scaleOf(written as StoredObject, paths));
}

function scaleOf(from: StoredObject, { specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths): Json {
  const first = (path: string | undefined) => (path ? findAll(from, path)[0] : undefined);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = from.metadata;
  const selector = first(labelSelectorPath);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(first(specReplicasPath) ?? 0) },
    status: { replicas: Number(first(statusReplicasPath) ?? 0), ...(selector ? { selector: String(selector) } : {}) },
  };
}

/** What a call makes of the Scale that it sees. */
function readChange(call: Call): (scale: Json) => unknown {
  if (call.method === 'PUT') {
    const { object: body } = parseObject(call);
    return () => body;
  }
  if (call.method !== 'PATCH') throw methodNotAllowed();
  const { value } = parseJson(call.body);
  switch (mediaType(call)) {
    case 'application/json-patch+json':
      return current => jsonPatch(current, value);
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json':
      return current => mergePatch(current, value);
    default:
      throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json']);
  }
}

function scaled(current: Json, paths: ScalePaths, change: (scale: Json) => unknown, { resource, name }: Target): Json {
  const next = change(scaleOf(current as StoredObject, paths));
  const { spec, metadata } = isObject(next) ? next : {};
  const replicas = (isObject(spec) ? spec.replicas : undefined) ?? 0;
  if (!Number.isInteger(replicas)) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: spec.replicas: ${JSON.stringify(replicas)} is no whole number`);
  if (Number(replicas) < 0) throw invalid(resource.kind, resource.group, name, [fieldError.invalid(paths.specReplicasPath, replicas, 'should be a non-negative integer')]);
  const { uid, resourceVersion } = isObject(metadata) ? metadata : {};
  const kept = { ...(current.metadata as Json), ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  return withValue({ ...current, metadata: kept }, paths.specReplicasPath.slice(1).split('.'), replicas);
}

/** A copy with a value at a path. */
function withValue(into: Json, [field, ...rest]: string[], value: unknown): Json {
  if (rest.length === 0) return { ...into, [field]: value };
  const inner = into[field];
  return { ...into, [field]: withValue(isObject(inner) ? inner : {}, rest, value) };
}
