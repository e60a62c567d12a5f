import { breakingChanges } from './breaking-changes';

const crd = (spec: object, version: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'carts.shop.io' },
  spec: { versions: [{ name: 'v1', served: true, schema: { openAPIV3Schema: { properties: { spec } } }, ...version }] },
});
const size = { type: 'string', enum: ['small', 'large'] };
const before = crd({ type: 'object', properties: { size, list: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer' } } } } } });
const list = (port: string) => ({ type: 'array', items: { type: 'object', properties: { port: { type: port } } } });

describe('breakingChanges', () => {
  it.each<[string, object, string[]]>([
    ['nothing changed', before, []],
    ['a field more', crd({ type: 'object', properties: { size, list: list('integer'), note: { type: 'string' } } }), []],
    ['a field is required now', crd({ type: 'object', required: ['size'], properties: { size, list: list('integer') } }), ['v1: spec.size: is required now']],
    ['another type, deep inside', crd({ type: 'object', properties: { size, list: list('string') } }), ['v1: spec.list[].port: was integer, is string']],
    ['a value less', crd({ type: 'object', properties: { size: { type: 'string', enum: ['small'] }, list: list('integer') } }), ['v1: spec.size: "large" is allowed no longer']],
    ['a field less', crd({ type: 'object', properties: { list: list('integer') } }), ['v1: spec.size: is gone']],
    ['a version less', crd({ type: 'object' }, { served: false }), ['version v1 is served no longer']],
  ])('A8: %s', (_rule, after, expected) => expect(breakingChanges(before, after as typeof before)).toEqual(expected));
  it('A8: a definition that is new breaks nothing', () => expect(breakingChanges(undefined, before)).toEqual([]));
});
