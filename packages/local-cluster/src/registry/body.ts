import { StatusError } from '../api';
import { apiVersionOf, type Resource, type ResourceVersion } from '../resources/resource';
import { applyDefaults, dropNulls, hasDefaults, prune } from '../schema/structural';
import { isObject, type Json } from '../schema/types';
import { validate } from '../schema/validate';
import type { StoredObject } from '../store/store';
import { badRequest, fieldError, invalid } from './errors';
import type { Strategy } from './strategy';

export interface BodyOptions {
  fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  warnings: string[];
  /** Fields that the text of the body names twice. */
  duplicates?: string[];
}

/** Refuses an object of another kind or version than the path says. */
export function checkIdentity(object: Json, resource: Resource, version: ResourceVersion): void {
  const expected = apiVersionOf(resource.group, version.name);
  if (!object.kind) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing in '${JSON.stringify(object).slice(0, 200)}'`,
    );
  }
  if (object.apiVersion !== expected) {
    throw badRequest(`the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`);
  }
  if (object.kind !== resource.kind) {
    const name = isObject(object.metadata) ? String(object.metadata.name ?? '') : '';
    throw invalid(String(object.kind), resource.group, name, [fieldError.invalid('kind', object.kind, `must be ${resource.kind}`)]);
  }
}

/** Brings a body into the form in which it is judged: unknown fields out, nulls out, defaults in. Changes it in place. */
export function normalise(object: Json, resource: Resource, version: ResourceVersion, strategy: Strategy | undefined, options: BodyOptions): void {
  readBody(object, resource, version, options);
  if (hasDefaults(version.schema)) applyDefaults(object, version.schema);
  strategy?.applyDefaults?.(object as StoredObject);
}

/** Takes out unknown fields and nulls, in place, and fills in nothing: a configuration to apply is taken as written. */
export function readBody(object: Json, resource: Resource, version: ResourceVersion, options: BodyOptions): void {
  const unknown = prune(object, version.schema).map(path => `unknown field ${JSON.stringify(path)}`);
  const doubts = [...(options.duplicates ?? []).map(path => `duplicate field ${JSON.stringify(path)}`), ...unknown.sort()];
  if (doubts.length > 0 && options.fieldValidation === 'Strict') {
    throw badRequest(`${resource.kind} in version ${JSON.stringify(version.name)} cannot be handled as a ${resource.kind}: strict decoding error: ${doubts.join(', ')}`);
  }
  if (options.fieldValidation === 'Warn') options.warnings.push(...doubts);
  dropNulls(object, version.schema);
  if (!isObject(object.metadata)) object.metadata = {};
  tidyMetadata(object.metadata as Json);
  checkReadable(object, resource, version);
}

/** Empty parts of the metadata are the same as none. */
function tidyMetadata(metadata: Json): void {
  for (const field of Object.keys(metadata)) {
    const value = metadata[field];
    const isVoid = value === '' || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
    if (isVoid) delete metadata[field];
  }
}

/** A built-in object with a value of the wrong type cannot even be read; so it is with everybody's metadata. */
function checkReadable(object: Json, resource: Resource, version: ResourceVersion): void {
  const schema = resource.isCustom ? version.schema.properties?.metadata : version.schema;
  if (!schema) return;
  const target = resource.isCustom ? object.metadata : object;
  const wrong = validate(target, schema, resource.isCustom ? 'metadata' : '').find(error => error.reason === 'FieldValueTypeInvalid');
  if (wrong) {
    throw new StatusError(400, 'BadRequest', `${resource.kind} in version ${JSON.stringify(version.name)} cannot be handled as a ${resource.kind}: ${wrong.field}: ${wrong.message}`);
  }
}
