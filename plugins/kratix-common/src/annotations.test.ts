import { annotationsOf, authorAnnotations, identityOf, newRequestRef, parseNewRequestRef, permissionRef, requesterOf, signalRef } from './annotations';

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
