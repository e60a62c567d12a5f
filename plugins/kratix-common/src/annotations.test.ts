import { annotationsOf, identityOf, signalRef } from './annotations';

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
