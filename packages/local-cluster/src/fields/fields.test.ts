import { isObject, type Json, type Schema } from '../schema/types';
import { applyConfiguration, recordUpdate, type Writer } from './managed';
import { intersect, pathsOf, readFields, sameSet, subtract, union, writeFields } from './set';
import { compare, fieldsOf, mergeTyped } from './typed';

const schema: Schema = {
  type: 'object',
  properties: {
    metadata: { type: 'object', properties: { labels: { type: 'object', additionalProperties: { type: 'string' } } } },
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer' },
        color: { type: 'string' },
        atomic: { type: 'object', 'x-kubernetes-map-type': 'atomic', 'x-kubernetes-preserve-unknown-fields': true },
        list: { type: 'array', items: { type: 'string' } },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        parts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' }, note: { type: 'string' }, port: { type: 'integer' } } },
        },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

const writer = (manager: string, more: Partial<Writer> = {}): Writer => ({
  manager,
  apiVersion: 'example.com/v1',
  schema,
  hasStatus: true,
  now: new Date('2026-01-01T00:00:00Z'),
  ...more,
});
const config = (spec: object, metadata: object = {}): Json => ({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a', ...metadata }, spec });
const apply = (live: Json | undefined, manager: string, spec: object, force = false) => applyConfiguration(live, config(spec), writer(manager), force);
const ownersOf = (object: Json) =>
  (isObject(object.metadata) ? (object.metadata.managedFields as Json[]) : []).map(({ manager, operation, subresource, fieldsV1 }) => [
    `${manager} ${operation}${subresource ? ` ${subresource}` : ''}`,
    pathsOf(readFields(fieldsV1)).join(' '),
  ]);

describe('sets of fields', () => {
  const a = { 'f:spec': { '.': {}, 'f:size': {}, 'f:parts': { 'k:{"name":"x"}': { '.': {}, 'f:note': {} } } } };
  const b = { 'f:spec': { 'f:size': {}, 'f:tags': { 'v:"t"': {} } } };

  it('read and write the form of managedFields', () => {
    expect(writeFields(readFields(a))).toEqual(a);
    expect(pathsOf(readFields(a))).toEqual(['.spec', '.spec.size', '.spec.parts[name="x"]', '.spec.parts[name="x"].note']);
  });

  it('unite, subtract and intersect', () => {
    expect(pathsOf(subtract(readFields(a), readFields(b)))).toEqual(['.spec', '.spec.parts[name="x"]', '.spec.parts[name="x"].note']);
    expect(pathsOf(intersect(readFields(a), readFields(b)))).toEqual(['.spec.size']);
    expect(sameSet(union(readFields(a), readFields(b)), union(readFields(b), readFields(a)))).toBe(true);
  });
});

describe('typed values', () => {
  it.each<[string, object, string[]]>([
    ['scalars and plain lists are one field each', { size: 1, list: ['a', 'b'] }, ['.spec.size', '.spec.list']],
    ['entries of keyed lists are apart', { parts: [{ name: 'x', note: 'n' }] }, ['.spec.parts[name="x"]', '.spec.parts[name="x"].name', '.spec.parts[name="x"].note']],
    ['values of sets are apart', { tags: ['t'] }, ['.spec.tags[="t"]']],
    ['an atomic object is one field', { atomic: { a: { b: 1 } } }, ['.spec.atomic']],
    ['an empty object is a field', { parts: [] }, ['.spec.parts']],
  ])('%s', (_title, spec, expected) => expect(pathsOf(fieldsOf({ spec }, schema))).toEqual(expected));

  it('finds what was added, changed and removed', () => {
    const before = { spec: { size: 1, color: 'red', parts: [{ name: 'x', note: 'n' }] } };
    const after = { spec: { size: 2, parts: [{ name: 'x' }, { name: 'y' }] } };
    const { changed, removed } = compare(before, after, schema);
    expect(pathsOf(changed)).toEqual(['.spec.size', '.spec.parts[name="y"]', '.spec.parts[name="y"].name']);
    expect(pathsOf(removed)).toEqual(['.spec.parts[name="x"].note', '.spec.color']);
  });

  it('merges keyed lists entry by entry and keeps the live order', () => {
    const live = { spec: { parts: [{ name: 'x', note: 'old' }, { name: 'y' }], tags: ['a'] } };
    const merged = mergeTyped(live, { spec: { parts: [{ name: 'z' }, { name: 'x', port: 1 }], tags: ['b', 'a'] } }, schema);
    expect(merged).toEqual({ spec: { parts: [{ name: 'x', note: 'old', port: 1 }, { name: 'y' }, { name: 'z' }], tags: ['a', 'b'] } });
  });
});

describe('server-side apply', () => {
  it('owns what it names', () => {
    const made = apply(undefined, 'one', { size: 1, parts: [{ name: 'x', note: 'n' }] });
    expect(ownersOf(made)).toEqual([['one Apply', '.spec.parts[name="x"] .spec.parts[name="x"].name .spec.parts[name="x"].note .spec.size']]);
  });

  it('removes what its manager stops applying, and nothing else', () => {
    const first = apply(undefined, 'one', { size: 1, color: 'red', parts: [{ name: 'x', note: 'n' }, { name: 'y' }] });
    const defaulted = { ...first, spec: { ...(first.spec as Json), list: ['default'] } };
    expect(apply(defaulted, 'one', { size: 1, parts: [{ name: 'y' }] }).spec).toEqual({ size: 1, list: ['default'], parts: [{ name: 'y' }] });
    expect(apply(first, 'one', {}).spec).toEqual({});
  });

  it('leaves what another manager owns too', () => {
    const first = apply(undefined, 'one', { size: 1, color: 'red' });
    const second = apply(first, 'two', { size: 1 });
    const third = apply(second, 'one', { color: 'red' });
    expect(third.spec).toEqual({ size: 1, color: 'red' });
    expect(ownersOf(third)).toEqual([['one Apply', '.spec.color'], ['two Apply', '.spec.size']]);
  });

  it('reports conflicts with field and manager, and takes over when forced', () => {
    const first = apply(undefined, 'one', { size: 1 });
    expect(() => apply(first, 'two', { size: 2 })).toThrow(
      expect.objectContaining({
        code: 409,
        message: 'Apply failed with 1 conflict: conflict with "one": .spec.size',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.size' }] },
      }),
    );
    const forced = apply(first, 'two', { size: 2 }, true);
    expect(forced.spec).toEqual({ size: 2 });
    expect(ownersOf(forced)).toEqual([['two Apply', '.spec.size']]);
  });

  it('conflicts with an updater, and not where the value is the same', () => {
    const live = recordUpdate(undefined, config({ size: 1 }), writer('editor'));
    expect(() => apply(live, 'one', { size: 2 })).toThrow('conflict with "editor" using example.com/v1: .spec.size');
    expect(ownersOf(apply(live, 'one', { size: 1 }))).toEqual([['one Apply', '.spec.size'], ['editor Update', '.spec .spec.size']]);
  });

  it('changes nothing when applied again', () => {
    const first = apply(undefined, 'one', { size: 1, parts: [{ name: 'x' }] });
    expect(applyConfiguration(first, config({ size: 1, parts: [{ name: 'x' }] }), writer('one', { now: new Date('2027-01-01T00:00:00Z') }), false)).toEqual(first);
  });

  it('owns only the status through the status subresource', () => {
    const first = apply(undefined, 'one', { size: 1 });
    const status: Json = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, status: { ready: true } };
    const both = applyConfiguration(first, status, writer('one', { subresource: 'status' }), false);
    expect(ownersOf(both)).toEqual([['one Apply', '.spec.size'], ['one Apply status', '.status.ready']]);
  });
});

describe('updates', () => {
  it('take over what they change and lose what they remove', () => {
    const first = apply(undefined, 'one', { size: 1, color: 'red' });
    const changed = recordUpdate(first, { ...first, spec: { size: 5, tags: ['t'] } }, writer('editor'));
    expect(ownersOf(changed)).toEqual([['editor Update', '.spec.size .spec.tags .spec.tags[="t"]']]);
  });

  it('keep a time as long as nothing changes hands', () => {
    const first = recordUpdate(undefined, config({ size: 1 }), writer('editor'));
    const again = recordUpdate(first, { ...first }, writer('editor', { now: new Date('2027-01-01T00:00:00Z') }));
    expect(again).toEqual(first);
  });

  it('let a client rewrite the record', () => {
    const first = recordUpdate(undefined, config({ size: 1 }), writer('editor'));
    const entry = ((first.metadata as Json).managedFields as Json[])[0];
    const moved = { ...first, metadata: { ...(first.metadata as Json), managedFields: [{ ...entry, manager: 'other', operation: 'Apply' }] } };
    expect(ownersOf(recordUpdate(first, moved, writer('editor')))).toEqual([['other Apply', '.spec .spec.size']]);
  });
});
