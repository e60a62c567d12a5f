import { ChangedPaths, driftWords } from './drift';

describe('Q-56: what somebody else changed', () => {
  it.each<[string[] | undefined, string, boolean]>([
    [['a/b/c'], 'a/b', true],
    [['a/b/c'], 'a/b/c', true],
    [['a/b/c'], 'a/b/c/d', false],
    [['a/bc'], 'a/b', false],
    [['a/b/c'], '', true],
    [[], '', false],
    [undefined, 'x', true],
  ])('%j touches %j: %s', (paths, path, touches) => expect(new ChangedPaths(paths).touch(path)).toBe(touches));

  it('is said with file, version and author', () => {
    const differences = [{ path: 'd/a', was: 'different' }, { path: 'd/b', was: 'missing' }, { path: 'd/c', was: 'surplus' }] as const;
    expect(driftWords(differences, { version: 'abc', author: 'Eve', paths: [] }, '')).toBe('"d/a" was edited, "d/b" was removed, "d/c" was added by hand; found in version abc by Eve');
    expect(driftWords([differences[1]], { version: '', paths: [] }, 'root')).toBe('"root/d/b" was removed by hand');
    expect(driftWords(Array.from({ length: 8 }, () => differences[0]), { version: 'abc', paths: [] }, '')).toContain('and 3 more files by hand; found in version abc');
  });
});
