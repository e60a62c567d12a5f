import { commitUrl, withoutCredentials } from './storeUrl';

const SHA = '0123456789abcdef0123456789abcdef01234567';

it.each([
  ['https://github.com/acme/state.git', `https://github.com/acme/state/commit/${SHA}`],
  ['https://bot:hunter2@github.com/acme/state', `https://github.com/acme/state/commit/${SHA}`],
  ['git@github.com:acme/state.git', `https://github.com/acme/state/commit/${SHA}`],
  ['ssh://git@github.com:22/acme/state.git', `https://github.com/acme/state/commit/${SHA}`],
  ['https://gitlab.example.com:8443/group/sub/state.git', `https://gitlab.example.com:8443/group/sub/state/-/commit/${SHA}`],
  ['https://bitbucket.org/acme/state/', `https://bitbucket.org/acme/state/commits/${SHA}`],
  ['http://gitea.local:3000/acme/state.git', `http://gitea.local:3000/acme/state/commit/${SHA}`],
  ['https://codeberg.org/acme/state', `https://codeberg.org/acme/state/commit/${SHA}`],
  ['https://git.example.com/acme/state', undefined],
  ['file:///srv/github/state', undefined],
  ['https://github.com', undefined],
  ['nonsense', undefined],
  [undefined, undefined],
])('links a commit of %s', (url, expected) => expect(commitUrl(url, SHA)).toBe(expected));

it('links nothing that is no commit', () => {
  for (const version of [undefined, '', 'v1', 'data:text/html,x', '../../x']) {
    expect(commitUrl('https://github.com/acme/state', version)).toBeUndefined();
  }
});

it.each([
  ['https://bot:hunter2@github.com/acme/state.git?token=x#y', 'https://github.com/acme/state.git'],
  ['https://token@git.example.com/a', 'https://git.example.com/a'],
  ['ssh://me:hunter2@git.example.com/a.git', 'ssh://git@git.example.com/a.git'],
  ['me@git.example.com:a/b.git', 'git@git.example.com:a/b.git'],
  ['minio.example.com:9000', 'minio.example.com:9000'],
  ['hunter2@minio.example.com', 'minio.example.com'],
  ['http://[broken', undefined],
  ['', undefined],
  [undefined, undefined],
])('shows %s without credentials', (url, expected) => expect(withoutCredentials(url)).toBe(expected));
