import type { DestinationObject } from '../api';
import { destinationProblem } from '../scheduling';
import { overlappedBy, repositoryAddress } from './overlap';

describe('C53: one repository is one, however it is written', () => {
  const git = (url: string, branch?: string) => repositoryAddress({ url, branch });
  it.each([
    ['https://Git.example.com/team/app.git', 'https://git.example.com/team/app'],
    ['https://git.example.com/team/app/', 'https://me@git.example.com:443/team//app.git'],
    ['git@git.example.com:team/app.git', 'ssh://git@git.example.com:22/team/app'],
    ['https://git.example.com/team/app', 'git@git.example.com:team/app.git'],
  ])('%s = %s', (a, b) => expect(git(a)).toBe(git(b)));
  it.each([
    [git('https://a.example.com/x'), git('https://b.example.com/x')],
    [git('https://a.example.com/x'), git('https://a.example.com/X')],
    [git('https://a.example.com/x', 'main'), git('https://a.example.com/x', 'dev')],
    [git('https://a.example.com:8443/x'), git('https://a.example.com/x')],
    [repositoryAddress({ endpoint: 's3', bucketName: 'a' }), repositoryAddress({ endpoint: 's3', bucketName: 'b' })],
  ])('%s ≠ %s', (a, b) => expect(a).not.toBe(b));
  it('two ways to one bucket', () => expect(repositoryAddress({ endpoint: 'https://S3.example.com/', bucketName: 'a' })).toBe(repositoryAddress({ endpoint: 's3.example.com', bucketName: 'a' })));
});

const aDestination = (name: string, path: string, store = 'one', createdAt = '2026-01-01T00:00:00Z'): DestinationObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Destination', metadata: { name, creationTimestamp: createdAt },
  spec: { path, stateStoreRef: { kind: 'GitStateStore', name: store } } as DestinationObject['spec'],
});

describe('Q-51, C53: of two Destinations that write to one place the newer is refused', () => {
  const addresses: Record<string, object> = { one: { url: 'https://g/x' }, same: { url: 'https://g/x.git', path: 'dev' }, other: { url: 'https://g/y' } };
  const problemOf = (destination: DestinationObject, ...others: DestinationObject[]) => destinationProblem(destination, [destination, ...others], ({ name }) => addresses[name]);
  const late = '2026-02-01T00:00:00Z';
  it.each([
    ['the same path', 'dev', 'dev'], ['a slash at the end', 'dev', 'dev/'], ['a slash in front', '/dev', 'dev'], ['doubled slashes', 'a/b', 'a//b'],
    ['within the other', 'dev', 'dev/eu'], ['around the other', 'dev/eu', 'dev'], ['the root', '/', 'dev'],
  ])('%s: %j and %j', (_what, first, second) => {
    const [older, newer] = [aDestination('b', first), aDestination('a', second, 'one', late)];
    expect(problemOf(older, newer)).toBeUndefined();
    expect(problemOf(newer, older)).toContain('Destination "b"');
  });
  it('through two store objects', () => {
    const [older, newer] = [aDestination('a', 'dev/eu'), aDestination('b', 'eu', 'same', late)];
    expect(problemOf(newer, older)).toContain('overlaps');
    expect(problemOf(older, newer)).toBeUndefined();
  });
  it('of two of one second the name decides, and only one is refused', () => {
    const both = [aDestination('a', 'dev'), aDestination('b', 'dev')];
    expect([problemOf(both[0], both[1]), problemOf(both[1], both[0])]).toEqual([undefined, expect.stringContaining('"a"')]);
  });
  it.each([['dev', 'dev2', 'one'], ['dev', 'dev', 'other'], ['dev/a', 'dev/b', 'one']])('%j and %j in %s stand side by side', (a, b, store) =>
    expect(problemOf(aDestination('b', b, store, late), aDestination('a', a))).toBeUndefined());
  it('a neighbour whose own path is unsafe is in nobody’s way', () => expect(problemOf(aDestination('b', 'dev', 'one', late), aDestination('a', '../dev'))).toBeUndefined());
  it.each([['..', '".."'], ['a/../../b', '".."'], ['.git', 'git keeps for itself']])('C53: path %j is refused', (path, words) => expect(problemOf(aDestination('a', path))).toContain(words));
  it('B-WH-11: path and store must be named', () => {
    expect(problemOf(aDestination('a', ''))).toBe('path field is required');
    expect(problemOf({ ...aDestination('a', 'x'), spec: { path: 'x' } as DestinationObject['spec'] })).toBe('stateStoreRef field is required');
  });
  it('nobody is in his own way', () => {
    const one = { name: 'a', createdAt: undefined, repository: 'r', directory: 'dev' };
    expect(overlappedBy(one, [one])).toBeUndefined();
  });
});
