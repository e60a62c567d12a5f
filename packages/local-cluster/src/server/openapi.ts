import { createHash } from 'node:crypto';
import { tableSchema, typeTable, type FieldType } from '../builtin/notation';
import { noSuchPath } from '../registry/errors';
import type { Catalog } from '../resources/catalog';
import { versionOf, type Resource, type ResourceVersion } from '../resources/resource';
import type { Json, Schema } from '../schema/types';
import { OPENAPI_V2_TYPE, openApiV2, readsOpenApiV2 } from './openapi-v2';
import type { Reply } from './reply';

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map(name => ({ name, in: 'query', schema: { type: 'string' } }));

/** OpenAPI v3 documents, one per group and version, written when first asked for and again when kinds change. */
export class OpenApi {
  readonly #catalog: Catalog;
  readonly #documents = new Map<string, { json: string; hash: string }>();
  #generation = -1;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  serve(path: string, accept: string | undefined): Reply {
    if (path === '/openapi/v2' && readsOpenApiV2(accept)) return { status: 200, json: openApiV2(), contentType: OPENAPI_V2_TYPE };
    if (this.#generation !== this.#catalog.generation) {
      this.#documents.clear();
      this.#generation = this.#catalog.generation;
    }
    if (path === '/openapi/v3') return { status: 200, object: { paths: this.#index() } };
    const match = /^\/openapi\/v3\/(api|apis\/([^/]+))\/([^/]+)$/.exec(path);
    const document = match && this.#document(match[2] ?? '', match[3]);
    if (!document) throw noSuchPath();
    return { status: 200, json: document.json };
  }

  #index(): Json {
    const paths: Json = {};
    for (const { name, versions } of this.#catalog.groups()) {
      for (const version of versions) {
        const key = name ? `apis/${name}/${version}` : `api/${version}`;
        paths[key] = { serverRelativeURL: `/openapi/v3/${key}?hash=${this.#document(name, version)?.hash}` };
      }
    }
    return paths;
  }

  #document(group: string, version: string): { json: string; hash: string } | undefined {
    const key = `${group}/${version}`;
    let document = this.#documents.get(key);
    if (document) return document;
    const served = this.#catalog.all().flatMap(resource => {
      const found = resource.group === group ? versionOf(resource, version) : undefined;
      return found ? [{ resource, version: found }] : [];
    });
    if (served.length === 0) return undefined;
    const json = JSON.stringify(openApiDocument(served, group, version));
    document = { json, hash: createHash('sha256').update(json).digest('hex').toUpperCase() };
    this.#documents.set(key, document);
    return document;
  }
}

function openApiDocument(served: { resource: Resource; version: ResourceVersion }[], group: string, version: string): Json {
  const paths: Json = {};
  const schemas: Record<string, Schema> = {};
  const base = group ? `/apis/${group}/${version}` : `/api/${version}`;
  for (const { resource, version: shown } of served) {
    const gvk = { group, version, kind: resource.kind };
    const name = modelName(resource, version);
    Object.assign(paths, pathsOf(resource, base, gvk, name));
    schemas[name] = { ...modelOf(resource, shown, schemas), 'x-kubernetes-group-version-kind': [gvk] } as Schema;
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.34.0' },
    paths,
    components: { schemas },
  };
}

function modelName({ group, kind, table, isCustom }: Resource, version: string): string {
  return isCustom || !table ? `${group.split('.').reverse().join('.')}.${version}.${kind}` : tableName(table);
}

const refer = (name: string): Schema => ({ allOf: [{ $ref: `#/components/schemas/${name}` } as Schema] });

/** Tables get names as Kubernetes gives them: `io.k8s.api.core.v1.PodSpec`. */
function tableName(table: string): string {
  const [group, kind] = table.split('.');
  if (group === 'meta') return `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
  if (group === 'apiextensions') return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${kind}`;
  return `io.k8s.api.${group === 'admission' ? 'admissionregistration' : group}.${group === 'autoscaling' ? 'v2' : 'v1'}.${kind}`;
}

const IDENTITY: Record<string, Schema> = {
  apiVersion: { type: 'string', description: 'The group and version of this kind.' },
  kind: { type: 'string', description: 'The kind of this object.' },
};

function modelOf({ isCustom, table }: Resource, { schema }: ResourceVersion, schemas: Record<string, Schema>): Schema {
  addTable('meta.ObjectMeta', schemas);
  if (isCustom || !table) {
    const metadata = { ...refer(tableName('meta.ObjectMeta')), description: 'Standard metadata of an object.' };
    return { ...schema, properties: { ...schema.properties, ...IDENTITY, metadata } };
  }
  const own = tableSchema(table, name => referTo(name, schemas));
  return { ...own, properties: { ...IDENTITY, ...own.properties } };
}

function referTo(table: string, schemas: Record<string, Schema>): Schema {
  addTable(table, schemas);
  return refer(tableName(table));
}

function addTable(table: string, schemas: Record<string, Schema>): void {
  const name = tableName(table);
  if (schemas[name]) return;
  schemas[name] = { type: 'object' };
  for (const { type } of typeTable(table).fields) addTypes(type, schemas);
  schemas[name] = tableSchema(table, other => referTo(other, schemas));
}

function addTypes(type: FieldType, schemas: Record<string, Schema>): void {
  if (type.form === 'ref') addTable(type.name, schemas);
  else if (type.form !== 'scalar') addTypes(type.of, schemas);
}

function pathsOf(resource: Resource, base: string, gvk: Json, model: string): Json {
  const collection = `${base}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${model}` } } };
  const responses = { '200': { description: 'OK', content } };
  const operation = (action: string, verb: string, extra: Json = {}) => ({
    operationId: `${verb}${resource.group}${String(gvk.version)}${resource.kind}`,
    responses,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    ...extra,
  });
  const writes = { parameters: WRITE_PARAMETERS, requestBody: { content } };
  const patches = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json', ...(resource.isCustom ? [] : ['application/strategic-merge-patch+json'])];
  const patchBody = { content: Object.fromEntries(patches.map(type => [type, { schema: { type: 'object' } }])) };
  if (resource.verbs.length === 1) return { [collection]: { post: operation('post', 'create', writes) } };
  return {
    [collection]: { get: operation('list', 'list'), post: operation('post', 'create', writes), delete: operation('deletecollection', 'deletecollection') },
    [`${collection}/{name}`]: {
      get: operation('get', 'read'),
      put: operation('put', 'replace', writes),
      patch: operation('patch', 'patch', { parameters: WRITE_PARAMETERS, requestBody: patchBody }),
      delete: operation('delete', 'delete'),
    },
  };
}
