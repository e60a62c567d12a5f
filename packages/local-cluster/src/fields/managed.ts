import { StatusError } from '../api';
import { equal } from '../patch/json';
import { isObject, type Json, type Schema } from '../schema/types';
import { emptySet, intersect, isEmpty, pathsOf, readFields, sameSet, subtract, union, writeFields, type FieldSet } from './set';
import { compare, fieldsOf, mergeTyped, removeOwned } from './typed';

/** Who writes, and how the writing is recorded. */
export interface Writer {
  manager: string;
  apiVersion: string;
  subresource?: string;
  schema: Schema;
  /** The main resource does not own `status`. */
  hasStatus: boolean;
  now: Date;
}

interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  time?: string;
  set: FieldSet;
}

/** Fields that the server sets, and so nobody owns. */
const SERVER_FIELDS = readFields({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:deletionTimestamp': {},
    'f:deletionGracePeriodSeconds': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:generation': {},
    'f:resourceVersion': {},
  },
});

function readManagers(object: Json | undefined): Manager[] {
  const metadata = object?.metadata;
  const entries = isObject(metadata) && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return entries.filter(isObject).flatMap(entry =>
    typeof entry.manager === 'string' && (entry.operation === 'Apply' || entry.operation === 'Update')
      ? [
          {
            manager: entry.manager,
            operation: entry.operation,
            apiVersion: String(entry.apiVersion),
            ...(typeof entry.subresource === 'string' && entry.subresource ? { subresource: entry.subresource } : {}),
            ...(typeof entry.time === 'string' ? { time: entry.time } : {}),
            set: readFields(entry.fieldsV1),
          } satisfies Manager,
        ]
      : [],
  );
}

const identity = ({ apiVersion, subresource = '' }: Manager) => `${apiVersion} ${subresource}`;

function compareText(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const order = (entry: Manager) => (entry.operation === 'Apply' ? 0 : 1);

function writeManagers(managers: Manager[]): Json[] {
  return managers
    .filter(({ set }) => !isEmpty(set))
    .sort((a, b) => order(a) - order(b) || compareText(a.time, b.time) || compareText(a.manager, b.manager) || compareText(identity(a), identity(b)))
    .map(({ manager, operation, apiVersion, subresource, time, set }) => ({
      apiVersion,
      fieldsType: 'FieldsV1',
      fieldsV1: writeFields(set),
      manager,
      operation,
      ...(subresource ? { subresource } : {}),
      ...(time ? { time } : {}),
    }));
}

/** The part of a set that a writer of this subresource can own. */
function ownable(set: FieldSet, { subresource, hasStatus }: Writer): FieldSet {
  const own = subtract(set, SERVER_FIELDS);
  const metadata = own.children.get('f:metadata');
  metadata?.children.delete('f:managedFields');
  if (metadata && isEmpty(metadata)) own.children.delete('f:metadata');
  if (subresource === 'status') {
    for (const key of [...own.children.keys()]) if (key !== 'f:status') own.children.delete(key);
  } else if (hasStatus) own.children.delete('f:status');
  return own;
}

const stamp = (now: Date) => `${now.toISOString().slice(0, 19)}Z`;

function withoutManagers(object: Json): Json {
  const metadata: Json = isObject(object.metadata) ? { ...object.metadata } : {};
  delete metadata.managedFields;
  return { ...object, metadata };
}

function withManagers(object: Json, managers: Json[]): Json {
  const { metadata } = withoutManagers(object);
  return { ...object, metadata: { ...(metadata as Json), ...(managers.length ? { managedFields: managers } : {}) } };
}

/** Records who owns what after a create, replace or patch. */
export function recordUpdate(before: Json | undefined, after: Json, writer: Writer): Json {
  const given = readManagers(after);
  const clears = isObject(after.metadata) && Array.isArray(after.metadata.managedFields) && given.length === 0 && after.metadata.managedFields.length > 0;
  const known = given.length > 0 ? given : readManagers(before);
  const managers = clears ? [] : known;
  const { changed, removed } = compare(before ? withoutManagers(before) : {}, withoutManagers(after), writer.schema);
  const isMine = (entry: Manager) =>
    entry.operation === 'Update' &&
    entry.manager === writer.manager &&
    entry.apiVersion === writer.apiVersion &&
    entry.subresource === writer.subresource;
  const mine = managers.find(isMine);
  const others = managers
    .filter(entry => entry !== mine)
    .map(entry => ({ ...entry, set: subtract(subtract(entry.set, changed), removed) }));
  const set = subtract(union(mine?.set ?? emptySet(), ownable(changed, writer)), removed);
  const own: Manager = {
    manager: writer.manager,
    operation: 'Update',
    apiVersion: writer.apiVersion,
    ...(writer.subresource ? { subresource: writer.subresource } : {}),
    time: mine?.time && sameSet(mine.set, set) ? mine.time : stamp(writer.now),
    set,
  };
  return withManagers(after, writeManagers([...others, own]));
}

/** Server-side apply: merges, hands over ownership, and removes what this manager applied earlier and now leaves out. */
export function applyConfiguration(live: Json | undefined, config: Json, writer: Writer, force: boolean): Json {
  const managers = readManagers(live);
  const mine = managers.find(
    entry => entry.operation === 'Apply' && entry.manager === writer.manager && entry.subresource === writer.subresource,
  );
  const set = ownable(fieldsOf(withoutManagers(config), writer.schema), writer);
  const base = live ? withoutManagers(live) : {};
  const merged = mergeTyped(base, withoutManagers(config), writer.schema) as Json;
  const { changed } = compare(base, merged, writer.schema);
  const conflicts = managers
    .filter(entry => entry !== mine)
    .map(entry => ({ entry, set: intersect(intersect(entry.set, changed), set) }))
    .filter(conflict => !isEmpty(conflict.set));
  if (conflicts.length > 0 && !force) throw applyConflict(conflicts);
  const others = managers
    .filter(entry => entry !== mine)
    .map(entry => ({ ...entry, set: subtract(entry.set, conflicts.find(conflict => conflict.entry === entry)?.set ?? emptySet()) }));
  const kept = [...others.map(entry => entry.set), set].reduce(union, emptySet());
  const left = mine ? (removeOwned(merged, writer.schema, mine.set, kept) as Json) : merged;
  const unchanged = mine?.time && sameSet(mine.set, set) && equal(left, base);
  const own: Manager = {
    manager: writer.manager,
    operation: 'Apply',
    apiVersion: writer.apiVersion,
    ...(writer.subresource ? { subresource: writer.subresource } : {}),
    time: unchanged ? mine.time : stamp(writer.now),
    set,
  };
  return withManagers(left, writeManagers([...others, own]));
}

function applyConflict(conflicts: { entry: Manager; set: FieldSet }[]): StatusError {
  const each = conflicts.map(({ entry, set }) => ({ who: describe(entry), fields: pathsOf(set) }));
  const count = each.reduce((sum, { fields }) => sum + fields.length, 0);
  const plural = (n: number) => (n === 1 ? 'conflict' : 'conflicts');
  const lines = each.map(({ who, fields }) =>
    count === 1 ? `${plural(1)} with ${who}: ${fields[0]}` : `${plural(2)} with ${who}:\n${fields.map(field => `- ${field}`).join('\n')}`,
  );
  return new StatusError(409, 'Conflict', `Apply failed with ${count} ${plural(count)}: ${lines.join('\n')}`, {
    causes: each.flatMap(({ who, fields }) =>
      fields.map(field => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field })),
    ),
  });
}

function describe({ manager, operation, apiVersion, subresource }: Manager): string {
  const where = subresource ? ` with subresource ${JSON.stringify(subresource)}` : '';
  if (operation === 'Apply') return JSON.stringify(manager) + where;
  return `${JSON.stringify(manager)}${where} using ${apiVersion}`;
}
