import { annotationsOf, authorAnnotations, identityOf, newRequestRef, parseNewRequestRef, permissionRef, requesterOf, signalKey, signalRef } from './annotations';

const identity = {
  cluster: 'prod',
  group: 'demo.example.org',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespace: 'team-a',
  name: 'first',
};

it('finds the request of an entity again', () => {
  expect(identityOf({ metadata: { annotations: annotationsOf(identity) } })).toEqual(identity);
});

it.each([
  ['no annotations at all', undefined],
  ['a missing name', { ...annotationsOf(identity), 'kratix-ts.dev/name': '' }],
  ['an API version without a group', { ...annotationsOf(identity), 'kratix-ts.dev/api-version': 'v1' }],
  ['an API version with too many parts', { ...annotationsOf(identity), 'kratix-ts.dev/api-version': 'a/b/c' }],
])('says that an entity with %s is no request', (_, annotations) => {
  expect(identityOf({ metadata: { annotations } })).toBeUndefined();
});

it('names a changed object in a signal', () => {
  expect(signalRef(identity)).toBe('widgets.demo.example.org/team-a/first');
});

it('names a request that is to be made, and who makes it', () => {
  const ref = newRequestRef(identity, 'user:default/ana');
  expect(parseNewRequestRef(ref)).toEqual({ ref: 'prod/widgets.demo.example.org/team-a/first', requestedBy: 'user:default/ana' });
  expect(parseNewRequestRef(newRequestRef(identity, undefined))).toEqual({ ref: permissionRef(identity) });
  expect(parseNewRequestRef(permissionRef(identity))).toBeUndefined();
});

it('keeps whose request it is when somebody else changes it', () => {
  const made = { annotations: authorAnnotations('user:default/ana') };
  expect(requesterOf(made)).toBe('user:default/ana');
  const changed = { annotations: { ...made.annotations, ...authorAnnotations('user:default/ben', made) } };
  expect(changed.annotations).toEqual({ 'kratix-ts.dev/requested-by': 'user:default/ben', 'kratix-ts.dev/created-by': 'user:default/ana' });
  expect(requesterOf({ annotations: { ...changed.annotations, ...authorAnnotations('user:default/cem', changed) } })).toBe('user:default/ana');
  expect(authorAnnotations(undefined, made)).toEqual({});
});

it('item 83: names objects in signals so that nobody reads a name there', () => {
  const refs = Array.from({ length: 20_000 }, (_, index) => signalRef({ ...identity, namespace: `team-${index % 7}`, name: `request-${index}` }));
  const keys = refs.map(signalKey);
  expect(new Set(keys).size).toBe(refs.length);
  expect(keys.every(key => /^[0-9a-f]{16}$/.test(key))).toBe(true);
  expect(signalKey(refs[0])).toBe(keys[0]);
});
