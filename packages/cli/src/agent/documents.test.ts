import { applyRank, identityOf, idOf, isManifest, nameOf, objectsIn } from './documents';

describe('which files and documents count', () => {
  it.each([
    ['dev/resources/default/a/b/limits.yaml', true],
    ['a.yml', true],
    ['a.json', true],
    ['notes.txt', false],
    ['dev/.kratix/default-a.yaml', false],
    ['.github/workflow.yaml', false],
  ])('%s: %s', (path, expected) => expect(isManifest(path)).toBe(expected));

  it.each([
    ['an object', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ns}', ['v1|ConfigMap|ns|a']],
    ['several, and an empty one', '---\n---\napiVersion: v1\nkind: A\nmetadata: {name: a}\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}', ['v1|A||a', 'v1|B||b']],
    ['a list', 'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: A, metadata: {name: a}}]', ['v1|A||a']],
    ['settings that are no object', 'replicas: 3', []],
    ['an object without a name', 'apiVersion: v1\nkind: A\nmetadata: {generateName: a-}', []],
    ['text', 'just text', []],
  ])('%s', (_, text, ids) => expect(objectsIn('f.yaml', text).map(idOf)).toEqual(ids));

  it('names the file that is not YAML', () => {
    expect(() => objectsIn('dev/bad.yaml', 'a: [')).toThrow(/dev\/bad\.yaml/);
  });
});

describe('names', () => {
  it('reads back what it wrote', () => {
    expect(nameOf('apps/v1|Deployment|n|a')).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'a' });
  });

  it.each([
    ['another version', 'autoscaling/v1|X|n|a', 'autoscaling/v2|X|n|a', true],
    ['the default namespace left out', 'v1|X||a', 'v1|X|default|a', true],
    ['another group', 'a/v1|X|n|a', 'b/v1|X|n|a', false],
    ['another namespace', 'v1|X|n|a', 'v1|X|m|a', false],
  ])('%s', (_, a, b, same) => expect(identityOf(a) === identityOf(b)).toBe(same));

  it('puts namespaces before definitions before the rest', () => {
    const ids = ['apps/v1|Deployment|n|a', 'apiextensions.k8s.io/v1|CustomResourceDefinition||c', 'v1|Namespace||n'];
    expect(ids.sort((a, b) => applyRank(a) - applyRank(b)).map(id => nameOf(id).kind)).toEqual([
      'Namespace',
      'CustomResourceDefinition',
      'Deployment',
    ]);
  });
});
