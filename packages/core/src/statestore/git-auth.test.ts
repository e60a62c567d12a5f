import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeClock } from '../testing/fake-clock';
import { createGitStore, GitTuning } from './git';
import { gitCredentials } from './git-credentials';
import { checkGitSpec, GitStoreSpec } from './git-spec';
import type { StateStore, StoreChange } from './store';
import { BareRepository, git, scratchFolder, startHttpServer } from './testing/git-fixtures';
import { GitHubStandIn, startGitHubStandIn } from './testing/github-stand-in';

jest.setTimeout(60_000);

const scratch = scratchFolder();
const root = join(scratch.path, 'repositories');
const closing: Array<() => Promise<void>> = [];
let number = 0;

const aChange = (id: string): StoreChange => ({ id, owns: `apps/${id}`, put: new Map([[`apps/${id}/a.yaml`, 'a: 1\n']]), remove: [] });

async function aRepository() {
  number += 1;
  const path = `team/platform-${number}.git`;
  return { repository: await BareRepository.create(join(root, path)), path };
}

function aStore(spec: GitStoreSpec, secret: Record<string, string> | undefined, tuning: GitTuning = {}): StateStore {
  const store = createGitStore({ name: 'prod', spec, secret, allowLocal: true, cacheDir: join(scratch.path, 'cache') }, tuning);
  closing.push(() => store.close());
  return store;
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => scratch.remove());

/** The user and password that git is given. */
async function signsInAs(spec: GitStoreSpec, secret?: Record<string, string>) {
  const credentials = gitCredentials({ name: 'prod', spec, target: checkGitSpec(spec, false), secret, now: () => 0 });
  const header = await credentials.use(scratch.path, async ({ config }) => Object.entries(config).find(([key]) => key.endsWith('extraHeader')));
  return header && [header[0], Buffer.from(header[1].replace('Authorization: Basic ', ''), 'base64').toString()];
}

const refusal = async (spec: GitStoreSpec, secret?: Record<string, string>) => {
  try {
    await signsInAs(spec, secret);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('B-SS-47: basicAuth', () => {
  const at = (url: string) => ({ url, secretRef: { name: 'creds', namespace: 'platform' } });

  it.each([
    ['https://git.example.com/a/b', { username: 'bot', password: 'pw' }, 'bot:pw'],
    ['https://git.example.com/a/b', { username: ' bot\n', password: 'pw\n' }, 'bot:pw'],
    ['https://github.com/a/b', { password: 'pw' }, 'x-access-token:pw'],
    ['https://github.com/a/b', { username: '', password: 'pw' }, 'x-access-token:pw'],
    ['https://git.example.com/github/b', { password: 'pw' }, 'x-access-token:pw'],
    ['https://github.com/a/b', { username: 'bot', password: 'pw' }, 'bot:pw'],
    ['https://gitlab.example.com/a/b', { token: 'glpat' }, 'oauth2:glpat'],
    ['https://git.example.com/a/b', { token: 'tok' }, 'git:tok'],
  ])('%s with %j signs in as %s', async (url, secret, expected) => expect(await signsInAs(at(url), secret)).toEqual([`http.${new URL(url).origin}/.extraHeader`, expected]));

  it.each([{}, { username: 'bot' }, { password: '' }])('without a password it says which Secret lacks one: %j', async secret =>
    expect(await refusal(at('https://git.example.com/a/b'), secret as Record<string, string>)).toMatchObject({ reason: 'InvalidSpec', message: expect.stringContaining('password not found in secret platform/creds') }));
});

describe('Q-15: a store that names no Secret', () => {
  it.each(['ssh', 'githubApp'])('authMethod %s says that it needs one', async authMethod =>
    expect(await refusal({ url: authMethod === 'ssh' ? 'git@example.com:a/b' : 'https://github.com/a/b', authMethod })).toMatchObject({ reason: 'InvalidSpec', message: `spec.secretRef: is missing; authMethod ${authMethod} needs a Secret` }));

  it('basicAuth asks without credentials, and says so when the server wants some', async () => {
    const { path } = await aRepository();
    const server = await startHttpServer(root, { user: 'bot', password: 'pw' });
    closing.push(() => server.stop());
    const store = aStore({ url: `${server.url}/${path}`, insecure: true }, undefined);
    await expect(store.check()).rejects.toMatchObject({ reason: 'AuthenticationFailed', message: expect.stringContaining('spec.secretRef is missing') });
  });
});

describe('B-SS-48: ssh', () => {
  const spec = { url: 'git@example.com:a/b', authMethod: 'ssh', secretRef: { name: 'creds' } };
  const keygen = (name: string, passphrase: string, ...more: string[]) => {
    execFileSync('ssh-keygen', ['-q', '-N', passphrase, '-C', 'test', '-f', join(scratch.path, name), ...more]);
    return readFileSync(join(scratch.path, name), 'utf8');
  };

  it.each([
    [{}, 'has no key "sshPrivateKey"'],
    [{ sshPrivateKey: 'x' }, 'has no key "knownHosts"'],
    [{ sshPrivateKey: 'nonsense', knownHosts: 'x' }, 'key "sshPrivateKey" is not a private key'],
  ])('%j', async (secret, words) => expect(await refusal(spec, secret as Record<string, string>)).toMatchObject({ reason: 'InvalidSpec', message: expect.stringContaining(words) }));

  it.each([['an OpenSSH key', ['-t', 'ed25519']], ['a PEM key', ['-t', 'rsa', '-m', 'PEM']]])('%s with a passphrase is refused, and never shown', async (name, how) => {
    const key = keygen(`locked-${name.slice(3, 5)}`, 'open sesame', ...how);
    const error = await refusal(spec, { sshPrivateKey: key, knownHosts: 'x' });
    expect(error).toMatchObject({ reason: 'InvalidSpec', message: expect.stringContaining('needs a passphrase') });
    expect(String(error)).not.toContain(key.split('\n')[2]);
  });

  it('hands ssh the key and the known hosts in files that are gone afterwards, and nothing of the user', async () => {
    const key = keygen('open', '', '-t', 'ed25519');
    const credentials = gitCredentials({ name: 'prod', spec, target: checkGitSpec(spec, false), secret: { sshPrivateKey: key.replace(/\n/g, '\r\n'), knownHosts: 'example.com ssh-ed25519 AAAA' }, now: () => 0 });
    const folder = join(scratch.path, 'ssh-folder');
    const ssh = await credentials.use(folder, async ({ variables }) => {
      expect(readFileSync(join(folder, 'ssh', 'key'), 'utf8')).toBe(key);
      expect(readFileSync(join(folder, 'ssh', 'known_hosts'), 'utf8')).toBe('example.com ssh-ed25519 AAAA\n');
      return variables.GIT_SSH_COMMAND;
    });
    for (const part of ['-F /dev/null', 'StrictHostKeyChecking=yes', 'IdentityAgent=none', 'UserKnownHostsFile']) expect(ssh).toContain(part);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('Q-34: a hundred commands leave no file open', async () => {
    const key = keygen('again', '', '-t', 'ed25519');
    const credentials = gitCredentials({ name: 'prod', spec, target: checkGitSpec(spec, false), secret: { sshPrivateKey: key, knownHosts: 'x' }, now: () => 0 });
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    for (let count = 0; count < 100; count += 1) await credentials.use(join(scratch.path, 'fds'), async () => undefined);
    expect(openFiles()).toBeLessThanOrEqual(before + 2);
  });
});

describe('B-SS-49: githubApp', () => {
  const clock = new FakeClock();
  let github: GitHubStandIn;
  let url: string;
  let repository: BareRepository;

  beforeEach(async () => {
    github = await startGitHubStandIn(() => clock.now());
    const { repository: made, path } = await aRepository();
    repository = made;
    const server = await startHttpServer(root, { lets: (user, password) => user === 'x-access-token' && github.knows(password) });
    url = `${server.url}/${path}`;
    closing.push(() => server.stop(), () => github.stop());
  });

  const secretWith = (form: 'pkcs1' | 'pkcs8' = 'pkcs1') => ({ appID: '77\n', installationID: '1234', privateKey: github.privateKeys[form], apiURL: `${github.apiUrl}/` });
  const spec = () => ({ url, insecure: true, authMethod: 'githubApp', secretRef: { name: 'app' } });
  const storeOf = (secret: Record<string, string>) => aStore(spec(), secret, { clock });

  it.each(['pkcs1', 'pkcs8'] as const)('gets a token with a JWT that a %s key signed, and writes with it', async form => {
    await storeOf(secretWith(form)).submit(aChange('one'));
    expect(await repository.files()).toEqual(['apps/one/a.yaml']);
    const [{ path, header, claims, body }] = github.calls;
    const seconds = Math.floor(clock.now() / 1000);
    expect(path).toBe('POST /api/v3/app/installations/1234/access_tokens');
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(claims).toMatchObject({ iss: '77', iat: seconds - 60 });
    expect(claims.exp).toBeGreaterThan(seconds);
    expect(claims.exp).toBeLessThanOrEqual(seconds + 600);
    expect(body).toEqual({ repositories: [`platform-${number}`], permissions: { contents: 'write' } });
  });

  it('keeps a token, and replaces it before it ends', async () => {
    const store = storeOf(secretWith());
    await store.submit(aChange('one'));
    await clock.advance(50 * 60_000);
    await store.submit(aChange('two'));
    expect(github.calls).toHaveLength(1);
    await clock.advance(6 * 60_000);
    await store.submit(aChange('three'));
    expect(github.calls).toHaveLength(2);
  });

  it('asks anew after a token was taken back', async () => {
    const store = storeOf(secretWith());
    await store.check();
    github.takeBack();
    const refused = await store.check().catch(error => error);
    expect(refused).toMatchObject({ reason: 'AuthenticationFailed' });
    expect(refused.message).not.toContain('ghs_token');
    await store.check();
    expect(github.calls).toHaveLength(2);
  });

  it.each([
    [401, 'Bad credentials', 'AuthenticationFailed'],
    [404, 'Not Found', 'NotFound'],
    [422, 'The permissions requested are not granted to this installation.', 'AuthenticationFailed'],
    [403, 'You have exceeded a secondary rate limit', 'RateLimited'],
    [502, 'Bad gateway', 'NotReachable'],
  ])('gives GitHub\'s words of a %d', async (status, message, reason) => {
    github.refusal = { status, message };
    await expect(storeOf(secretWith()).check()).rejects.toMatchObject({ reason, message: expect.stringContaining(`${status} ${message}`) });
  });

  it('says that nobody answers', async () => {
    await github.stop();
    await expect(storeOf(secretWith()).check()).rejects.toMatchObject({ reason: 'NotReachable' });
    github = await startGitHubStandIn(() => clock.now());
  });

  it.each([
    [{ appID: '' }, 'has no key "appID"'],
    [{ installationID: '' }, 'has no key "installationID"'],
    [{ privateKey: '' }, 'has no key "privateKey"'],
    [{ privateKey: 'SESAME' }, 'key "privateKey" is not an RSA private key'],
    [{ installationID: '../x' }, 'key "installationID" is not a number'],
    [{ apiURL: 'file:///x' }, 'key "apiURL" must be an https URL'],
  ])('refuses %j', async (wrong, words) => {
    const error = await refusal(spec(), { ...secretWith(), ...wrong } as Record<string, string>);
    expect(error).toMatchObject({ reason: 'InvalidSpec', message: expect.stringContaining(words) });
    expect(String(error)).not.toContain('SESAME');
  });
});

describe('Q-33: stores share nothing', () => {
  it('two stores at once each sign in as themselves, whatever git is told by the environment', async () => {
    const made = await Promise.all(['a', 'b'].map(async user => {
      const { repository, path } = await aRepository();
      const server = await startHttpServer(root, { user, password: `password of ${user}` });
      closing.push(() => server.stop());
      return { repository, store: aStore({ url: `${server.url}/${path}`, insecure: true }, { username: user, password: `password of ${user}` }) };
    }));
    process.env.GIT_CONFIG_COUNT = '1';
    process.env.GIT_CONFIG_KEY_0 = 'http.extraHeader';
    process.env.GIT_CONFIG_VALUE_0 = 'Authorization: Basic bm9ib2R5OnB3';
    try {
      for (let round = 0; round < 3; round += 1) await Promise.all(made.map(({ store }) => store.submit(aChange(`r${round}`))));
    } finally {
      for (const name of ['COUNT', 'KEY_0', 'VALUE_0']) delete process.env[`GIT_CONFIG_${name}`];
    }
    for (const { repository } of made) expect(await repository.commits()).toHaveLength(3);
  });
});

describe('commits signed with an SSH key', () => {
  it('can be verified, in a batch of several commits and on an empty repository', async () => {
    const { repository } = await aRepository();
    execFileSync('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-C', 'bot', '-f', join(scratch.path, 'signer')]);
    const allowed = join(scratch.path, 'allowed');
    writeFileSync(allowed, `bot@example.com ${readFileSync(join(scratch.path, 'signer.pub'), 'utf8')}`);
    const spec = { url: repository.url, commitGranularity: 'object' as const, gitAuthor: { name: 'Bot', email: 'bot@example.com' } };
    const store = aStore(spec, { signingKey: readFileSync(join(scratch.path, 'signer'), 'utf8') });
    await Promise.all(['one', 'two'].map(id => store.submit(aChange(id))));
    const { version } = await store.submit(aChange('three'));
    expect(await repository.head()).toBe(version);
    const log = await git(repository.path, '-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'log', '--format=%G? %GS %an %s', 'main');
    expect(log.split('\n')).toEqual(['three', 'two', 'one'].map(id => `G bot@example.com Bot Update from: ${id}`));
    expect(await repository.files()).toHaveLength(3);
  });

  it('a key that is none is refused', () =>
    expect(() => aStore({ url: 'file:///x' }, { signingKey: 'nonsense' })).toThrow('key "signingKey" is not a private key'));
});
