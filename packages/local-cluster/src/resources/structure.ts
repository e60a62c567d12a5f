import { fieldError, type FieldError } from '../registry/errors';
import { isObject, type Schema } from '../schema/types';
import type { CustomResourceDefinition } from './definition';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
/** What logical parts (allOf and its like) may not say, because the structure outside says it. */
const STRUCTURAL_ONLY = ['type', 'additionalProperties', 'default', 'title', 'description', 'nullable', 'x-kubernetes-preserve-unknown-fields'] as const;

/** The rules that make a schema structural: every field has one type, and is described outside of logical parts. */
export function checkStructure({ spec }: CustomResourceDefinition): FieldError[] {
  return spec.versions.flatMap((version, index) => {
    const path = `spec.versions[${index}].schema.openAPIV3Schema`;
    const schema = version.schema?.openAPIV3Schema;
    if (!isObject(schema)) return [];
    const root: Schema = schema;
    const errors = root.type === 'object' ? [] : [wrongRoot(root, path)];
    return [...errors, ...checkNode(root, path)];
  });
}

function wrongRoot(root: Schema, path: string): FieldError {
  return root.type
    ? fieldError.invalid(`${path}.type`, root.type, 'must be object at the root')
    : fieldError.required(`${path}.type`, 'must not be empty at the root');
}

function checkNode(schema: Schema, path: string): FieldError[] {
  const errors = checkType(schema, path);
  const { properties, items, additionalProperties } = schema;
  if (properties && additionalProperties) errors.push(fieldError.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  for (const [name, child] of Object.entries(properties ?? {})) errors.push(...checkNode(child, `${path}.properties[${name}]`));
  if (Array.isArray(items)) errors.push(fieldError.forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  else if (items) errors.push(...checkNode(items, `${path}.items`));
  if (typeof additionalProperties === 'object') errors.push(...checkNode(additionalProperties, `${path}.additionalProperties`));
  for (const [field, parts] of [['allOf', schema.allOf], ['anyOf', schema.anyOf], ['oneOf', schema.oneOf]] as const) {
    (parts ?? []).forEach((logical, index) => errors.push(...checkLogical(logical, `${path}.${field}[${index}]`, schema)));
  }
  if (schema.not) errors.push(...checkLogical(schema.not, `${path}.not`, schema));
  return [...errors, ...checkLists(schema, path)];
}

function checkType(schema: Schema, path: string): FieldError[] {
  if (!schema.type) {
    const free = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
    return free ? [] : [fieldError.required(`${path}.type`, 'must not be empty for specified object fields')];
  }
  if (!TYPES.includes(schema.type)) return [fieldError.unsupported(`${path}.type`, schema.type, TYPES)];
  if (schema.type === 'array' && !schema.items) return [fieldError.required(`${path}.items`, 'must be specified')];
  return [];
}

function checkLogical(schema: Schema, path: string, outside: Schema): FieldError[] {
  const intOrString = outside['x-kubernetes-int-or-string'] === true;
  return STRUCTURAL_ONLY.filter(field => schema[field] !== undefined && !(field === 'type' && intOrString)).map(field =>
    fieldError.forbidden(`${path}.${field}`, 'must be empty to be structural'),
  );
}

function checkLists(schema: Schema, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (listType === undefined) return keys ? [fieldError.forbidden(`${path}.x-kubernetes-list-map-keys`, 'only allowed with x-kubernetes-list-type map')] : [];
  if (!['atomic', 'set', 'map'].includes(listType)) return [fieldError.unsupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set'])];
  if (listType !== 'map') return [];
  if (!keys?.length) return [fieldError.required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')];
  return keys.flatMap(key => {
    const child = schema.items?.properties?.[key];
    if (!child) return [fieldError.invalid(`${path}.x-kubernetes-list-map-keys`, key, 'entries must all be names of item properties')];
    const always = schema.items?.required?.includes(key) || child.default !== undefined;
    return always ? [] : [fieldError.required(`${path}.items.properties[${key}].default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property')];
  });
}
