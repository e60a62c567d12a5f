import { isWanted, parseCatalogOptions, valueOf } from './options';

it('fills in what is not said', () => {
  expect(parseCatalogOptions(undefined)).toMatchObject({
    defaultOwner: 'group:default/platform',
    defaultLifecycle: 'production',
    owner: { annotations: ['kratix-ts.dev/owner'], labels: ['kratix-ts.dev/owner'] },
    requests: { enabled: true, kind: 'Component' },
    promises: { enabled: true, api: false },
    templates: { enabled: true },
    destinations: { enabled: false },
  });
});

it.each([
  [{ requests: { kind: 'API' } }, 'kratix.catalog.requests.kind'],
  [{ defaultOwner: '::' }, 'kratix.catalog.defaultOwner: must be an entity ref'],
  [{ promise: {} }, 'kratix.catalog: Unrecognized key: "promise"'],
  [{ requests: { promises: 'shop' } }, 'kratix.catalog.requests.promises'],
  ['x', 'kratix.catalog'],
])('names the field of %j that it cannot understand', (value, message) => {
  expect(() => parseCatalogOptions(value)).toThrow(message);
});

const object = { metadata: { name: 'x', namespace: 'team-a', labels: { tier: 'gold', team: 'a' }, annotations: { team: 'b' } } };

it.each([
  [{}, true],
  [{ enabled: false }, false],
  [{ promises: ['shop', 'db'] }, true],
  [{ promises: ['db'] }, false],
  [{ promises: ['s*'] }, true],
  [{ promises: ['*op'] }, true],
  [{ promises: ['s*o*p'] }, true],
  [{ promises: ['sho*op'] }, false],
  [{ promises: [] }, false],
  [{ namespaces: ['team-*'] }, true],
  [{ namespaces: ['team'] }, false],
  [{ labels: { tier: 'gold' } }, true],
  [{ labels: { tier: 'gold', team: 'b' } }, false],
])('filters by %j', (filter, expected) => {
  expect(isWanted({ enabled: true, ...filter }, 'shop', object)).toBe(expected);
});

it('takes annotations before labels', () => {
  expect(valueOf(object.metadata, { annotations: ['team'], labels: ['team'] })).toBe('b');
  expect(valueOf(object.metadata, { annotations: ['none'], labels: ['team'] })).toBe('a');
  expect(valueOf(object.metadata, { annotations: [], labels: [] })).toBeUndefined();
});
