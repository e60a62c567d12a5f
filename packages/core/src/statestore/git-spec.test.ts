import { branchProblem, checkGitSpec } from './git-spec';

const refusal = (spec: Parameters<typeof checkGitSpec>[0], allowLocal = false) => {
  try {
    checkGitSpec(spec, allowLocal);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('B-SS-40, C58: hostile and mistaken addresses are refused with the mend', () => {
  it.each([
    ['', 'is empty'],
    ['--upload-pack=touch /tmp/x', 'white space'],
    ['--upload-pack=x', 'begins with a dash'],
    ['ext::sh -c id', 'white space'],
    ['ext::sh', 'transport helper'],
    ['::x', 'transport helper'],
    ['https://user:pw@example.com/a.git', 'holds credentials'],
    ['https://user@example.com/a.git', 'holds credentials'],
    ['https://example.com/a.git?x=1', 'query or a fragment'],
    ['https://example.com/', 'names a server and no repository'],
    ['https://exa mple.com/a', 'white space'],
    ['https://example.com/a\n', 'control character'],
    ['https://[bad/a', 'is not a URL'],
    ['http://example.com/a.git', 'set spec.insecure: true'],
    ['file:///srv/a.git', '--allow-local-stores'],
    ['/srv/a.git', 'not an address'],
    ['../a.git', 'not an address'],
    ['ftp://example.com/a', 'not an address'],
    ['git://example.com/a', 'not an address'],
    ['ssh://git@example.com/a.git', 'set authMethod: ssh'],
    ['git@example.com:a.git', 'set authMethod: ssh'],
  ])('%j', (url, words) => expect(refusal({ url })).toContain(words));

  it.each([
    'ssh://-oProxyCommand=id/a', 'ssh://-x@host/a', 'ssh://git:pw@host/a', '-oProxyCommand=id:a', 'git@-host:a', 'git@host:-a', 'git@host::a', 'ssh://host', 'ssh://host/-a',
  ])('ssh %j', url => expect(refusal({ url, authMethod: 'ssh' })).toMatch(/not an address|begins with a dash|transport helper/));

  it('file: has one form', () => expect(refusal({ url: 'file://host/a' }, true)).toContain('file:///absolute/path'));
  it('authMethod must fit', () => expect(refusal({ url: 'https://example.com/a', authMethod: 'ssh' })).toContain('spec.authMethod: is ssh'));

  it.each([
    [{ url: 'https://example.com:8443/team/a.git' }, 'https'],
    [{ url: 'http://example.com/a', insecure: true }, 'http'],
    [{ url: 'ssh://git@example.com:22/team/a.git', authMethod: 'ssh' }, 'ssh'],
    [{ url: 'git@example.com:team/a.git', authMethod: 'ssh' }, 'ssh'],
    [{ url: 'git@example.com:~me/a.git', authMethod: 'ssh' }, 'ssh'],
    [{ url: 'file:///srv/a.git' }, 'file'],
  ])('allows %j', (spec, transport) => expect(checkGitSpec(spec, true)).toMatchObject({ transport, branch: 'main', path: '', author: 'kratix <>' }));
});

describe('branches, paths and authors', () => {
  it.each(['', '-x', 'HEAD', '@', 'refs/heads/main', 'a b', 'a..b', 'a~1', 'a^', 'a:b', 'a?', 'a*', 'a[', 'a\\b', 'a@{1}', '/a', 'a/', 'a//b', '.a', 'a/.b', 'a.lock', 'a.lock/b', 'a.', 'a\u007f', 'x'.repeat(201)])(
    'refuses the branch %j', branch => expect(branchProblem(branch)).toBeDefined(),
  );
  it.each(['main', 'deploy/eu-1', 'release-1.2', 'ünï', 'a@b'])('allows the branch %j', branch => expect(branchProblem(branch)).toBeUndefined());

  it.each([['/a//b/', 'a/b'], ['/', ''], ['./x', 'x']])('cleans the path %j', (path, clean) =>
    expect(checkGitSpec({ url: 'https://e.com/a', path }, false).path).toBe(clean));
  it.each(['../x', 'a/../b', '.git/hooks', 'a\nb'])('refuses the path %j', path => expect(refusal({ url: 'https://e.com/a', path })).toContain('spec.path'));

  it('makes an author that cannot break out of its line', () =>
    expect(checkGitSpec({ url: 'https://e.com/a', gitAuthor: { name: 'A <b>\ncommitter x', email: 'a@b>\n' } }, false).author).toBe('A  b committer x <a@b>'));
});
