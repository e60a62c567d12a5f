import type { ServerResponse } from 'node:http';
import { mergePatch, jsonPatch } from '../patch/json';
import { strategicMerge } from '../patch/strategic';
import { fromStored, jsonOf } from '../registry/convert';
import type { DeleteOptions } from '../registry/deletion';
import { badRequest, fieldError, invalid, noSuchPath, notFound, unsupportedMediaType } from '../registry/errors';
import { checkPut } from '../registry/preconditions';
import { typeOf, type Registry, type Target, type WriteOptions, type Written } from '../registry/registry';
import type { Write } from '../registry/write';
import type { Webhooks } from '../admission/webhooks';
import { isObject, type Json } from '../schema/types';
import { renderTable } from '../table/table';
import { StatusError } from '../api';
import { listJson, listPage, type Collection } from './list';
import { negotiate } from './negotiate';
import { object, type Reply } from './reply';
import { flag, mediaType, parseBody, parseJson, parseObject, parseYaml, type Call, type ResourcePath } from './request';
import { partial } from './watch';
import type { Watches } from './watches';

/** What a path means, once its kind is known. */
export interface Place extends Collection {
  name?: string;
  subresource?: string;
}

/** The verbs that every kind has. */
export class ResourceHandlers {
  readonly #registry: Registry;
  readonly #watches: Watches;
  readonly #webhooks: Webhooks;

  constructor(registry: Registry, watches: Watches, webhooks: Webhooks) {
    this.#registry = registry;
    this.#watches = watches;
    this.#webhooks = webhooks;
  }

  /** Finds the kind of a path; throws when nothing is served there. */
  place(path: ResourcePath): Place {
    const found = this.#registry.catalog.find(path.group, path.version, path.plural);
    if (!found || (path.namespace !== undefined && !found.resource.namespaced)) throw noSuchPath();
    return {
      ...found,
      ...(path.namespace === undefined ? {} : { namespace: path.namespace }),
      ...(path.name === undefined ? {} : { name: path.name }),
      ...(path.subresource === undefined ? {} : { subresource: path.subresource }),
    };
  }

  handle(call: Call, place: Place): Reply | Promise<Reply> {
    const { name, version } = place;
    if (version.deprecationWarning) call.warnings.push(version.deprecationWarning);
    if (name === undefined) return this.#onCollection(call, place);
    if (place.resource.namespaced && place.namespace === undefined) throw noSuchPath();
    const target: Target = { ...place, name, user: call.user };
    switch (call.method) {
      case 'GET':
        return flag(call.query, 'watch') ? this.#watchOne(call, place, name) : this.#get(call, target);
      case 'PUT':
        return this.#put(call, target);
      case 'PATCH':
        return this.#patch(call, target);
      case 'DELETE':
        return this.#delete(call, target);
      default:
        throw methodNotAllowed();
    }
  }

  #onCollection(call: Call, place: Place): Reply | Promise<Reply> {
    switch (call.method) {
      case 'GET':
        if (flag(call.query, 'watch')) return this.#watch(call, place);
        return this.#list(call, place);
      case 'POST':
        return this.#create(call, place);
      case 'DELETE':
        return this.#deleteAll(call, place);
      default:
        throw methodNotAllowed();
    }
  }

  #get(call: Call, target: Target): Reply {
    const entry = this.#registry.entry(target);
    if (!entry) throw notFound(typeOf(target.resource), target.name);
    const { form } = negotiate(call.headers.accept);
    if (form === 'object') return { status: 200, json: jsonOf(entry, target.resource, target.version.name) };
    return this.#shaped(call, fromStored(entry.object, target.resource, target.version.name), target);
  }

  #list(call: Call, place: Place): Reply {
    const page = listPage(this.#registry.store, place, call.query);
    const { form, version } = negotiate(call.headers.accept);
    if (form === 'object') return { status: 200, json: listJson(page, place) };
    const metadata = {
      resourceVersion: String(page.revision),
      ...(page.continue ? { continue: page.continue } : {}),
      ...(page.remaining ? { remainingItemCount: page.remaining } : {}),
    };
    const objects = page.entries.map(entry => fromStored(entry.object, place.resource, place.version.name));
    if (form === 'Table') return object(renderTable(objects, place, { includeObject: included(call), version, withHeader: true, metadata }));
    const items = objects.map(item => partial(item, version));
    return object({ kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata, items });
  }

  #watch(call: Call, place: Place): Reply {
    const negotiated = negotiate(call.headers.accept);
    return { stream: (response: ServerResponse) => this.#watches.serve(call, place, negotiated, response) };
  }

  #watchOne(call: Call, place: Place, name: string): Reply {
    const given = call.query.get('fieldSelector');
    call.query.set('fieldSelector', `${given ? `${given},` : ''}metadata.name=${name}`);
    return this.#watch(call, place);
  }

  #write<T>(call: Call, begin: () => Write<T>): Promise<T> {
    return this.#webhooks.carryOut(begin, call.warnings);
  }

  async #create(call: Call, place: Place): Promise<Reply> {
    const { resource, namespace } = place;
    if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
    const { object: body, duplicates } = parseObject(call);
    const metadata = isObject(body.metadata) ? body.metadata : {};
    const target: Target = { ...place, name: String(metadata.name ?? ''), user: call.user };
    const options = writeOptions(call, duplicates);
    return this.#written(call, await this.#write(call, () => this.#registry.create(target, body, options)), target, 201);
  }

  async #put(call: Call, target: Target): Promise<Reply> {
    const { object: body, duplicates } = parseObject(call);
    const options = writeOptions(call, duplicates);
    if (target.resource.allowsCreateOnUpdate && !target.subresource && !this.#registry.entry(target)) {
      call.permitCreate();
      return this.#written(call, await this.#write(call, () => this.#registry.create(target, body, options)), target, 201);
    }
    if (!this.#registry.entry(target)) throw notFound(typeOf(target.resource), target.name);
    checkPut(target, body);
    return this.#written(call, await this.#write(call, () => this.#registry.update(target, () => parseObject(call).object, options)), target, 200);
  }

  async #patch(call: Call, target: Target): Promise<Reply> {
    const type = mediaType(call);
    const { resource, version } = target;
    if (type === 'application/apply-patch+yaml' || type === 'application/apply-patch+cbor') return this.#apply(call, target);
    if (call.query.has('force')) {
      throw invalid('PatchOptions', 'meta.k8s.io', '', [fieldError.forbidden('force', 'may not be specified for non-apply patch')]);
    }
    const accepted = ['application/json-patch+json', 'application/merge-patch+json', ...(resource.isCustom ? [] : ['application/strategic-merge-patch+json']), 'application/apply-patch+yaml'];
    if (!accepted.includes(type)) throw unsupportedMediaType(accepted);
    const { value, duplicates } = parseJson(call.body);
    const change = (current: Json): unknown => {
      if (type === 'application/json-patch+json') return jsonPatch(current, value);
      if (!isObject(value)) throw badRequest('error decoding patch: a merge patch is an object');
      // What is made shares parts with the patch, and is changed while it is read.
      const patch = structuredClone(value);
      return type === 'application/merge-patch+json' ? mergePatch(current, patch) : strategicMerge(current, patch, version.schema);
    };
    const options = writeOptions(call, duplicates);
    return this.#written(call, await this.#write(call, () => this.#registry.update(target, current => change(current) as Json, options)), target, 200);
  }

  async #apply(call: Call, target: Target): Promise<Reply> {
    if (!call.query.get('fieldManager')) {
      throw invalid('PatchOptions', 'meta.k8s.io', '', [fieldError.required('fieldManager', 'is required for apply patch')]);
    }
    const config = parseYaml(call.body);
    if (!isObject(config)) throw badRequest('error decoding YAML: the configuration to apply is no object');
    const metadata = isObject(config.metadata) ? config.metadata : {};
    if (metadata.name !== undefined && metadata.name !== target.name) {
      throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`);
    }
    if (metadata.namespace !== undefined && metadata.namespace !== target.namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    const options = writeOptions(call, []);
    if (!this.#registry.entry(target)) call.permitCreate();
    const written = await this.#write(call, () => this.#registry.apply(target, structuredClone(config), options, flag(call.query, 'force')));
    return this.#written(call, written, target, written.created ? 201 : 200);
  }

  async #delete(call: Call, target: Target): Promise<Reply> {
    const options = deleteOptions(call);
    const { object: last, removed } = await this.#write(call, () => this.#registry.delete(target, options));
    if (!removed || target.resource.kind === 'Pod') return object(last);
    const { name, uid } = last.metadata as { name: string; uid: string };
    const { group, plural } = target.resource;
    return object({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name, ...(group ? { group } : {}), kind: plural, uid } });
  }

  async #deleteAll(call: Call, place: Place): Promise<Reply> {
    const options = deleteOptions(call);
    const page = listPage(this.#registry.store, place, call.query);
    const items: Json[] = [];
    for (const { object: item } of page.entries) {
      const { name, namespace } = item.metadata;
      const target: Target = { resource: place.resource, version: place.version, name, user: call.user, ...(namespace ? { namespace } : {}) };
      // What went meanwhile needs no deletion.
      if (this.#registry.entry(target)) items.push((await this.#write(call, () => this.#registry.delete(target, options))).object);
    }
    const apiVersion = place.resource.group ? `${place.resource.group}/${place.version.name}` : place.version.name;
    return object({ kind: place.resource.listKind, apiVersion, metadata: { resourceVersion: String(page.revision) }, items });
  }

  #written(call: Call, { object: result, created, entry }: Written, target: Target, status: number): Reply {
    const code = status === 201 || created ? 201 : 200;
    const { form } = negotiate(call.headers.accept);
    if (form !== 'object') return this.#shaped(call, result, target, code);
    return entry ? { status: code, json: jsonOf(entry, target.resource, target.version.name) } : object(result, code);
  }

  #shaped(call: Call, shown: Json, target: Target, status = 200): Reply {
    const { form, version } = negotiate(call.headers.accept);
    if (form === 'Table') return object(renderTable([shown], target, { includeObject: included(call), version, withHeader: true }), status);
    return object(form === 'PartialObjectMetadata' ? partial(shown, version) : shown, status);
  }
}

function included(call: Call): string {
  return call.query.get('includeObject') ?? 'Metadata';
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

function isDryRun(values: unknown): boolean {
  const all: unknown[] = [values ?? []].flat();
  const wrong = all.find(value => value !== 'All' && value !== '');
  if (wrong !== undefined) throw badRequest(`invalid dryRun ${JSON.stringify(wrong)}: the only supported value is All`);
  return all.includes('All');
}

export function writeOptions(call: Call, duplicates: string[]): WriteOptions {
  const validation = call.query.get('fieldValidation') || 'Warn';
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    throw badRequest(`invalid fieldValidation ${JSON.stringify(validation)}: it is Strict, Warn or Ignore`);
  }
  const agent = (call.headers['user-agent'] ?? 'unknown').split('/')[0] || 'unknown';
  return {
    dryRun: isDryRun(call.query.getAll('dryRun')),
    fieldManager: (call.query.get('fieldManager') || agent).slice(0, 128),
    fieldValidation: validation,
    warnings: call.warnings,
    duplicates,
  };
}

export function deleteOptions(call: Call): DeleteOptions {
  const body = call.body.length > 0 ? parseBody(call).value : {};
  const given = isObject(body) ? body : {};
  const seconds = given.gracePeriodSeconds ?? (call.query.has('gracePeriodSeconds') ? Number(call.query.get('gracePeriodSeconds')) : undefined);
  if (seconds !== undefined && (!Number.isInteger(seconds) || Number(seconds) < 0)) throw badRequest('gracePeriodSeconds must be a whole number, and not negative');
  const policy = given.propagationPolicy ?? call.query.get('propagationPolicy') ?? undefined;
  const orphan = given.orphanDependents ?? (call.query.has('orphanDependents') ? flag(call.query, 'orphanDependents') : undefined);
  return {
    dryRun: isDryRun(given.dryRun) || isDryRun(call.query.getAll('dryRun')),
    warnings: call.warnings,
    ...(policy === undefined ? {} : { propagationPolicy: String(policy) }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan === true }),
    ...(seconds === undefined ? {} : { gracePeriodSeconds: Number(seconds) }),
    ...(isObject(given.preconditions) ? { preconditions: given.preconditions } : {}),
  };
}
