import { apiVersionOf, coreTypes, keyOf, parseApiVersion, pathOf, refOf, resourceName, typeOf } from './gvk';

const widget = typeOf('example.org/v1', 'Widget', 'widgets');

it.each([
  ['a namespaced collection', pathOf(widget, { namespace: 'a' }), '/apis/example.org/v1/namespaces/a/widgets'],
  ['a collection over all namespaces', pathOf(widget), '/apis/example.org/v1/widgets'],
  ['an object', pathOf(widget, { namespace: 'a', name: 'b' }), '/apis/example.org/v1/namespaces/a/widgets/b'],
  ['a subresource', pathOf(coreTypes.Pod, { namespace: 'a', name: 'b' }, 'log'), '/api/v1/namespaces/a/pods/b/log'],
  ['a namespace', pathOf(coreTypes.Namespace, { name: 'a' }), '/api/v1/namespaces/a'],
  [
    'a name with a colon',
    pathOf(coreTypes.ClusterRole, { name: 'a:b' }),
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/a%3Ab',
  ],
])('builds the path of %s', (_what, path, expected) => {
  expect(path).toBe(expected);
});

it('refuses a namespaced object without its namespace', () => {
  expect(() => pathOf(widget, { name: 'b' })).toThrow(
    'Widget "b": metadata.namespace is missing; Widget is namespaced',
  );
});

it('turns references to keys and back', () => {
  for (const ref of [{ name: 'a' }, { namespace: 'n', name: 'a' }]) expect(refOf(keyOf(ref))).toEqual(ref);
  expect(keyOf({ apiVersion: 'v1', kind: 'X', metadata: { name: 'a', namespace: 'n' } })).toBe('n/a');
});

it('splits and joins apiVersion', () => {
  expect(parseApiVersion('v1')).toEqual({ group: '', version: 'v1' });
  expect(parseApiVersion('batch/v1')).toEqual({ group: 'batch', version: 'v1' });
  expect(apiVersionOf(coreTypes.Job)).toBe('batch/v1');
  expect(apiVersionOf(coreTypes.Pod)).toBe('v1');
  expect(resourceName(widget)).toBe('widgets.example.org');
});
