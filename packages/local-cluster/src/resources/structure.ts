import { fieldError, type FieldError } from '../registry/errors';
import { isObject, type Schema } from '../schema/types';
import type { CustomResourceDefinition } from './definition';
import { checkDefault, checkPattern } from './values';
import { schemasOf } from './versions';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
/** What logical parts (allOf and its like) may not say, because the structure outside says it. */
const STRUCTURAL_ONLY = ['type', 'additionalProperties', 'default', 'title', 'description', 'nullable', 'x-kubernetes-preserve-unknown-fields'] as const;

/** The rules that make a schema structural: every field has one type, and is described outside of logical parts. */
export function checkStructure({ spec }: CustomResourceDefinition): FieldError[] {
  return schemasOf(spec.versions).flatMap(({ part, path }) => {
    if (!isObject(part)) return [];
    const root: Schema = part;
    if (root.type === 'object') return [...checkMetadata(root, path), ...checkNode(root, path)];
    return [root.type ? fieldError.invalid(`${path}.type`, root.type, 'must be object at the root') : fieldError.required(`${path}.type`, 'must not be empty at the root')];
  });
}

/** Of the metadata, which every object has, a schema may restrict the name alone. */
function checkMetadata({ properties }: Schema, path: string): FieldError[] {
  const more = Object.keys(properties?.metadata?.properties ?? {}).some(name => name !== 'name' && name !== 'generateName');
  return more ? [fieldError.forbidden(`${path}.properties[metadata]`, 'must not specify anything other than name and generateName, but metadata is implicitly specified')] : [];
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
  return [...errors, ...checkLists(schema, path), ...checkMarks(schema, path), ...checkPattern(schema, path), ...checkDefault(schema, path)];
}

function checkMarks(schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if ('$ref' in schema) errors.push(fieldError.forbidden(`${path}.$ref`, '$ref is not supported'));
  if (schema.uniqueItems) errors.push(fieldError.forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  const keeps = schema['x-kubernetes-preserve-unknown-fields'];
  if (keeps === false) errors.push(fieldError.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  if (schema['x-kubernetes-embedded-resource'] && !keeps && Object.keys(schema.properties ?? {}).length === 0) {
    errors.push(fieldError.required(`${path}.properties`, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'));
  }
  return errors;
}

function checkType(schema: Schema, path: string): FieldError[] {
  if (!schema.type) {
    const free = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'] || '$ref' in schema;
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
  if (!['atomic', 'set', 'map'].includes(listType)) return [fieldError.unsupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map'])];
  if (listType === 'set' && schema.items?.type === 'object' && schema.items['x-kubernetes-map-type'] !== 'atomic') {
    return [fieldError.invalid(`${path}.items.x-kubernetes-map-type`, schema.items['x-kubernetes-map-type'], 'must be atomic as item of a list with x-kubernetes-list-type=set')];
  }
  if (listType !== 'map') return [];
  if (!keys?.length) return [fieldError.required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')];
  return keys.flatMap(key => {
    const child = schema.items?.properties?.[key];
    if (!child) return [fieldError.invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties')];
    if (child.nullable) return [fieldError.forbidden(`${path}.items.properties[${key}].nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable')];
    const always = schema.items?.required?.includes(key) || child.default !== undefined;
    return always ? [] : [fieldError.required(`${path}.items.properties[${key}].default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property')];
  });
}
