import { isGitOwnName, pathProblem, pathSetProblem } from './safe-path';

describe('B-SS-44, Q-9: a path that could leave its directory or reach into git is refused', () => {
  it.each([
    ['', 'is empty'],
    ['/etc/passwd', 'is absolute'],
    ['C:/x', 'is absolute'],
    ['../x', 'component ".."'],
    ['a/../b', 'component ".."'],
    ['a/..', 'component ".."'],
    ['./a', 'component "."'],
    ['a//b', 'empty component'],
    ['a/', 'empty component'],
    ['a\\b', 'backslash'],
    ['a\nb', 'control character'],
    ['a\0b', 'control character'],
    ['a\u0085b', 'control character'],
    ['a\ud800', 'not valid UTF-8'],
    ['.git/config', 'git keeps for itself'],
    ['x/.GIT/hooks/post-commit', 'git keeps for itself'],
    ['.git /config', 'git keeps for itself'],
    ['.git./config', 'git keeps for itself'],
    ['.git::$INDEX_ALLOCATION/config', 'git keeps for itself'],
    ['GIT~1/config', 'git keeps for itself'],
    ['.g\u200cit/config', 'git keeps for itself'],
    ['.gitmodules', 'git keeps for itself'],
    ['a/.gitattributes', 'git keeps for itself'],
    [`${'x'.repeat(256)}`, 'more than 255 bytes'],
    [`${'d/'.repeat(1600)}f`, 'more than 3000 bytes'],
  ])('%j', (path, problem) => expect(pathProblem(path)).toContain(problem));

  it.each(['a.yaml', '-rf', '--upload-pack=x', 'with "quotes" and spaces', "it's", '.gitignore', '.github/w.yaml', 'é/ü.yaml', 'x'.repeat(255), `${'d/'.repeat(100)}f`, '...', '..a', 'a..', '$(id)'])(
    'allows %j',
    path => expect(pathProblem(path)).toBeUndefined(),
  );

  it('knows git names whatever surrounds them', () => {
    expect(['.git', '.Git. .', 'git~2', '.gitmodules '].every(isGitOwnName)).toBe(true);
    expect(['git', '.gitx', '.gitkeep', 'a.git'].some(isGitOwnName)).toBe(false);
  });
});

describe('B31: paths that would be one file elsewhere are refused together', () => {
  it.each([
    [['a', 'a'], 'occurs twice'],
    [['a', 'A'], 'differ only in case'],
    [['x/é', 'x/e\u0301'], 'differ only in case or Unicode form'],
    [['Dir/a', 'dir/b'], '"Dir" and "dir" differ only in case'],
    [['a', 'a/b'], 'both a file and a directory'],
    [['a/b', 'a'], 'both a file and a directory'],
    [['ok', '../no'], '"../no" has the component'],
  ])('%j', (paths, problem) => expect(pathSetProblem(paths)).toContain(problem));

  it('allows siblings', () => expect(pathSetProblem(['a/b', 'a/c', 'a/d/e', 'b'])).toBeUndefined());
});
