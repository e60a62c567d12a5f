import { groupId } from '../wire/layout-names';
import { canaryFiles, cleanDirectory, directoriesOverlap, nestedDirectory, nestedLayout } from './layout';

const place = { destinationPath: 'worker-1', namespace: 'default', promise: 'redis', resource: 'example', pipeline: 'instance-configure', groupId: groupId('.') };

describe('B-SS-30: nestedByMetadata', () => {
  it.each([
    [{}, 'worker-1/resources/default/redis/example/instance-configure/5058f'],
    [{ resource: undefined, pipeline: 'setup' }, 'worker-1/dependencies/redis/setup/5058f'],
    [{ resource: '', pipeline: '' }, 'worker-1/dependencies/redis/5058f'],
    [{ destinationPath: '/eu//west/' }, 'eu/west/resources/default/redis/example/instance-configure/5058f'],
    [{ destinationPath: '/' }, 'resources/default/redis/example/instance-configure/5058f'],
  ])('%j', (change, directory) => expect(nestedDirectory({ ...place, ...change })).toBe(directory));

  it('puts each file below its directory', () => {
    const { owns, put } = nestedLayout({ ...place, resource: '', pipeline: '' }, [['static/redis-dependencies.yaml', 'x']]);
    expect(owns).toBe('worker-1/dependencies/redis/5058f');
    expect([...put.keys()]).toEqual(['worker-1/dependencies/redis/5058f/static/redis-dependencies.yaml']);
  });

  it.each([['../x'], ['/etc/passwd'], ['.git/config'], ['a\\b']])('Q-9: refuses the file %j, naming it', path =>
    expect(() => nestedLayout(place, [['ok', ''], [path, '']])).toThrow(JSON.stringify(path)));

  it.each([['destinationPath', '../other'], ['promise', '..'], ['pipeline', 'a/../../b']])('refuses a place whose %s is %j', (field, value) =>
    expect(() => nestedDirectory({ ...place, [field]: value })).toThrow());
});

describe('B-SS-13: canary files', () => {
  it('stand where the mode says', () => {
    expect([...canaryFiles('dev', 'nestedByMetadata').keys()]).toEqual(['dev/dependencies/kratix-canary-namespace.yaml', 'dev/resources/kratix-canary-configmap.yaml']);
    expect([...canaryFiles('/', 'none').keys()]).toEqual(['kratix-canary-namespace.yaml', 'kratix-canary-configmap.yaml']);
  });
});

describe('Q-51, C53: overlapping directories', () => {
  it.each([
    ['dev', 'dev/', true], ['/dev', 'dev', true], ['dev', 'dev/eu', true], ['dev/eu', 'dev', true], ['', '/', true], ['/', 'dev', true], ['dev', '/', true],
    ['dev', 'dev2', false], ['a//b', 'a/b', true], ['dev/eu', 'dev/us', false],
  ])('%j and %j: %s', (a, b, overlap) => expect(directoriesOverlap(a, b)).toBe(overlap));
});

describe('cleanDirectory', () => {
  it('names the field of an unsafe path', () => expect(() => cleanDirectory('a/..', 'Destination spec.path')).toThrow('Destination spec.path: "a/.."'));
});
