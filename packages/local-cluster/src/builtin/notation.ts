import type { Schema } from '../schema/types';
import { allTables } from './tables';

/*
 * The built-in kinds are written down as tables, from which come schemas (validation, server-side apply, strategic
 * merge), OpenAPI and the protobuf reader. A type begins at the start of a line, its fields follow indented:
 *
 *   name[!][#number][:type][=default]
 *
 * `!` is required, `#` the field's number in protobuf (`2.5`: field 5 of the message in field 2). Types are
 *   s string · i int32 · l int64 · n number · b boolean · B bytes · t time · T time with microseconds · q quantity ·
 *   x int or string · o anything · Name or group.Name another table · [T] list · {T} map with string keys
 * and after them
 *   ^ replaced as a whole by server-side apply · <a,b> list keyed by fields a and b · <*> set ·
 *   ~key merged by key in a strategic merge patch (without key: merged as a set) · $ only the listed keys are retained
 */

export type FieldType =
  | { form: 'scalar'; code: string }
  | { form: 'ref'; name: string; atomic: boolean; retainKeys: boolean }
  | { form: 'map'; of: FieldType; atomic: boolean }
  | { form: 'list'; of: FieldType; keys?: string[]; set: boolean; merge?: string; retainKeys: boolean };

export interface Field {
  name: string;
  required: boolean;
  /** One number, or two where the wire form nests what JSON has flat. */
  numbers?: number[];
  type: FieldType;
  default?: unknown;
}

export interface TypeTable {
  /** For example `core.PodSpec`. */
  name: string;
  fields: Field[];
}

let tables: Map<string, string> | undefined;
const parsed = new Map<string, TypeTable>();
const schemas = new Map<string, Schema>();

/** The table of a type such as `core.Pod`. */
export function typeTable(name: string): TypeTable {
  const known = parsed.get(name);
  if (known) return known;
  tables ??= splitTables();
  const text = tables.get(name);
  if (text === undefined) throw new Error(`No table describes the built-in type ${name}`);
  const group = name.slice(0, name.indexOf('.'));
  const table = { name, fields: text.split(/\s+/).filter(word => word && word !== '-').map(word => parseField(word, group)) };
  parsed.set(name, table);
  return table;
}

function splitTables(): Map<string, string> {
  const all = new Map<string, string>();
  for (const [group, text] of allTables()) {
    let current = '';
    for (const line of text.split('\n')) {
      if (line.startsWith(' ')) all.set(current, `${all.get(current) ?? ''} ${line}`);
      else if (line) all.set((current = `${group}.${line}`), '');
    }
  }
  return all;
}

function parseField(word: string, group: string): Field {
  const match = /^([^!#:]+)(!)?(?:#([\d.]+))?:([^=]+)(?:=(.*))?$/.exec(word);
  if (!match) throw new Error(`The field ${word} of a built-in type of ${group} cannot be read`);
  const [, name, required, number, type, fallback] = match;
  return {
    name,
    required: required === '!',
    ...(number ? { numbers: number.split('.').map(Number) } : {}),
    type: parseType(type, group),
    ...(fallback ? { default: JSON.parse(fallback) } : {}),
  };
}

function parseType(text: string, group: string): FieldType {
  if (text.startsWith('[') || text.startsWith('{')) {
    const end = text.lastIndexOf(text.startsWith('[') ? ']' : '}');
    const of = parseType(text.slice(1, end), group);
    const flags = text.slice(end + 1);
    if (text.startsWith('{')) return { form: 'map', of, atomic: flags.includes('^') };
    const keys = /<([^>]+)>/.exec(flags)?.[1];
    const merge = /~(\w*)/.exec(flags)?.[1];
    return {
      form: 'list',
      of,
      set: keys === '*',
      retainKeys: flags.includes('$'),
      ...(keys && keys !== '*' ? { keys: keys.split(',') } : {}),
      ...(merge !== undefined ? { merge } : {}),
    };
  }
  if (text.length === 1) return { form: 'scalar', code: text };
  const name = text.replace(/[\^$]/g, '');
  return {
    form: 'ref',
    name: name.includes('.') ? name : `${group}.${name}`,
    atomic: text.includes('^'),
    retainKeys: text.includes('$'),
  };
}

const SCALARS: Record<string, Schema> = {
  s: { type: 'string' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  n: { type: 'number', format: 'double' },
  b: { type: 'boolean' },
  B: { type: 'string', format: 'byte' },
  t: { type: 'string', format: 'date-time' },
  T: { type: 'string', format: 'date-time' },
  q: { 'x-kubernetes-int-or-string': true, format: 'quantity' },
  x: { 'x-kubernetes-int-or-string': true },
  o: { 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-map-type': 'atomic' },
};

function listType({ keys, set }: { keys?: string[]; set: boolean }): string {
  if (keys) return 'map';
  return set ? 'set' : 'atomic';
}

/** The schema of one field's type; `refer` decides whether other tables are inlined or referred to. */
export function fieldSchema(type: FieldType, refer: (name: string) => Schema): Schema {
  switch (type.form) {
    case 'scalar':
      return SCALARS[type.code];
    case 'ref':
      return {
        ...refer(type.name),
        ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
        ...(type.retainKeys ? { 'x-kubernetes-patch-strategy': 'retainKeys' } : {}),
      };
    case 'map':
      return {
        type: 'object',
        additionalProperties: fieldSchema(type.of, refer),
        ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      };
    default:
      return {
        type: 'array',
        items: fieldSchema(type.of, refer),
        'x-kubernetes-list-type': listType(type),
        ...(type.keys ? { 'x-kubernetes-list-map-keys': type.keys } : {}),
        ...(type.merge !== undefined ? { 'x-kubernetes-patch-strategy': type.retainKeys ? 'merge,retainKeys' : 'merge' } : {}),
        ...(type.merge ? { 'x-kubernetes-patch-merge-key': type.merge } : {}),
      };
  }
}

/** The schema of a built-in type, with everything that it refers to inside. */
export function builtinSchema(name: string): Schema {
  const known = schemas.get(name);
  if (known) return known;
  const schema = tableSchema(name, builtinSchema);
  schemas.set(name, schema);
  return schema;
}

/** The schema of one table alone. */
export function tableSchema(name: string, refer: (name: string) => Schema): Schema {
  const { fields } = typeTable(name);
  const required = fields.filter(field => field.required).map(field => field.name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(field => {
        const schema = fieldSchema(field.type, refer);
        return [field.name, field.default === undefined ? schema : { ...schema, default: field.default }];
      }),
    ),
    ...(required.length ? { required } : {}),
  };
}
