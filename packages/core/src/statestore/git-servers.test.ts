import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { makeCertificates } from '../testing/certificates';
import { createGitStore, GitTuning } from './git';
import type { GitStoreSpec } from './git-spec';
import type { StateStore, StoreChange } from './store';
import { BareRepository, Fault, HttpServerOptions, scratchFolder, SSHD, SshServer, startHttpServer, startSshServer, TestServer } from './testing/git-fixtures';

jest.setTimeout(60_000);

const scratch = scratchFolder();
const root = join(scratch.path, 'repositories');
const PASSWORD = 'r8s/A8 CPHD9!bt6d';
const secret = { username: 'bot', password: PASSWORD };
const closing: Array<() => Promise<void>> = [];
let number = 0;

const aChange = (id: string): StoreChange => ({ id, owns: `apps/${id}`, put: new Map([[`apps/${id}/a.yaml`, 'a: 1\n']]), remove: [] });

async function aRepository(): Promise<{ repository: BareRepository; path: string }> {
  number += 1;
  const path = `team/platform-${number}.git`;
  return { repository: await BareRepository.create(join(root, path)), path };
}

async function aServer(options: HttpServerOptions = {}): Promise<TestServer> {
  const server = await startHttpServer(root, { user: 'bot', password: PASSWORD, ...options });
  closing.push(() => server.stop());
  return server;
}

function aStore(spec: GitStoreSpec, keys: Record<string, string> = secret, tuning: GitTuning = {}): StateStore {
  const store = createGitStore({ name: 'prod', spec, secret: keys, allowLocal: true, cacheDir: join(scratch.path, 'cache') }, tuning);
  closing.push(() => store.close());
  return store;
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => scratch.remove());

describe('http with basic auth', () => {
  it('writes, and asks no needless question', async () => {
    const { repository, path } = await aRepository();
    const server = await aServer();
    const store = aStore({ url: `${server.url}/${path}`, insecure: true });
    await store.check();
    server.requests.splice(0);
    const { version } = await store.submit(aChange('one'));
    expect(await repository.head()).toBe(version);
    expect(server.requests).toEqual([`GET /${path}/info/refs?service=git-receive-pack`, `POST /${path}/git-receive-pack`]);
  });

  it('C47: takes a token, and ignores a trailing newline', async () => {
    const { repository, path } = await aRepository();
    const server = await aServer({ user: 'git' });
    await aStore({ url: `${server.url}/${path}`, insecure: true }, { token: `${PASSWORD}\n` }).submit(aChange('one'));
    expect(await repository.files()).toHaveLength(1);
  });

  it('says that credentials are wrong or missing, and never shows them', async () => {
    const { path } = await aRepository();
    const server = await aServer();
    const url = `${server.url}/${path}`;
    const wrong = await aStore({ url, insecure: true }, { username: 'bot', password: 'sesame-open' }).submit(aChange('one')).catch(error => error);
    expect(wrong).toMatchObject({ name: 'StoreError', reason: 'AuthenticationFailed', message: expect.stringContaining('GitStateStore "prod" cannot read branch "main" of http://localhost') });
    expect(wrong.message).not.toContain('sesame');
    
  });

  it('check() finds out that one may read and not write', async () => {
    const { repository, path } = await aRepository();
    await repository.commitAs('first', { README: 'x' });
    const readOnly: Fault = (request, response) => {
      if (!request.url?.includes('receive-pack')) return false;
      response.writeHead(403).end('read only');
      return true;
    };
    const server = await aServer({ fault: readOnly });
    await expect(aStore({ url: `${server.url}/${path}`, insecure: true }).check()).rejects.toMatchObject({ reason: 'AuthenticationFailed', message: expect.stringContaining('cannot write') });
  });

  it('scrubs a secret that the server repeats', async () => {
    const { repository, path } = await aRepository();
    repository.hook('pre-receive', `echo 'you sent ${PASSWORD}' >&2; exit 1`);
    const server = await aServer();
    const refused = await aStore({ url: `${server.url}/${path}`, insecure: true }).submit(aChange('one')).catch(error => error);
    expect(refused.message).toContain('you sent ***');
    expect(refused.message).not.toContain(PASSWORD);
  });
});

describe('faulty servers', () => {
  const answering = (status: number, headers: Record<string, string> = {}): Fault => (_, response: ServerResponse) => {
    response.writeHead(status, headers).end('no');
    return true;
  };

  it.each([
    [404, 'NotFound'],
    [429, 'RateLimited'],
    [500, 'NotReachable'],
    [503, 'NotReachable'],
  ])('an answer of %d is reason %s', async (status, reason) => {
    const server = await aServer({ fault: answering(status) });
    await expect(aStore({ url: `${server.url}/team/x.git`, insecure: true }).check()).rejects.toMatchObject({ reason });
  });

  it('follows no redirect, so that credentials stay with their server', async () => {
    const other = await aServer();
    const server = await aServer({ fault: (request, response) => answering(302, { location: `${other.url}${request.url}` })(request, response) });
    await expect(aStore({ url: `${server.url}/team/x.git`, insecure: true }).check()).rejects.toMatchObject({ reason: 'InvalidSpec', message: expect.stringContaining('redirect') });
    expect(other.requests).toEqual([]);
  });

  it('nobody listens', async () => {
    const server = await startHttpServer(root);
    await server.stop();
    await expect(aStore({ url: `${server.url}/team/x.git`, insecure: true }).check()).rejects.toMatchObject({ reason: 'NotReachable' });
  });

  it('a server that hangs is left after the time limit, delays no other store, and is used again when it is back', async () => {
    const { repository, path } = await aRepository();
    const { repository: otherRepository } = await aRepository();
    let isHanging = true;
    const server = await aServer({ fault: () => isHanging });
    const store = aStore({ url: `${server.url}/${path}`, insecure: true }, secret, { timeoutMs: 1500, firstFetchTimeoutMs: 1500 });
    let isSettled = false;
    const hanging = store.submit(aChange('one')).finally(() => {
      isSettled = true;
    });
    await aStore({ url: otherRepository.url }).submit(aChange('two'));
    expect(isSettled).toBe(false);
    await expect(hanging).rejects.toMatchObject({ reason: 'TimedOut', message: expect.stringContaining('within 1.5 s') });
    isHanging = false;
    await store.submit(aChange('one'));
    expect(await repository.files()).toHaveLength(1);
  });

  it('a connection that is cut after the push landed doubles nothing', async () => {
    const { repository, path } = await aRepository();
    let cuts = 1;
    const server = await aServer({
      fault: (request, response) => {
        if (request.method === 'POST' && request.url?.endsWith('git-receive-pack') && cuts > 0) {
          cuts -= 1;
          const end = response.end.bind(response);
          response.write = () => true;
          response.end = () => {
            response.socket?.destroy();
            return end();
          };
        }
        return false;
      },
    });
    const store = aStore({ url: `${server.url}/${path}`, insecure: true });
    await store.submit(aChange('one')).catch(() => undefined);
    expect(cuts).toBe(0);
    const { version } = await store.submit(aChange('one'));
    expect(await repository.commits()).toEqual(['Update from: one']);
    expect(version).toBe(await repository.head());
  });
});

const certificateFolder = join(scratch.path, 'certificates');
mkdirSync(certificateFolder, { recursive: true });
const certificates = makeCertificates(certificateFolder);
const whenOpenssl = certificates ? describe : describe.skip;

whenOpenssl('Q-31: https is always verified', () => {
  it('trusts a private CA from the Secret, and nothing less (needs the openssl program)', async () => {
    const { repository, path } = await aRepository();
    const server = await aServer({ tls: certificates });
    const url = `${server.url}/${path}`;
    process.env.GIT_SSL_NO_VERIFY = 'true';
    await expect(aStore({ url, insecure: true }).check()).rejects.toMatchObject({ reason: 'ServerNotTrusted' });
    delete process.env.GIT_SSL_NO_VERIFY;
    await aStore({ url }, { ...secret, caFile: certificates?.ca ?? '' }).submit(aChange('one'));
    expect(await repository.files()).toHaveLength(1);
  });
});

const whenSshd = SSHD ? describe : describe.skip;

whenSshd('ssh (needs sshd)', () => {
  let server: SshServer;

  beforeAll(async () => {
    const folder = join(scratch.path, 'ssh');
    mkdirSync(folder, { mode: 0o700 });
    server = await startSshServer(folder);
  });
  afterAll(() => server?.stop());

  it('writes with the key of the Secret, which stays on disk only meanwhile', async () => {
    const { repository } = await aRepository();
    const store = aStore({ url: `${server.url}${repository.path}`, authMethod: 'ssh' }, { sshPrivateKey: server.sshPrivateKey, knownHosts: server.knownHosts });
    await store.check();
    await store.submit(aChange('one'));
    expect(await repository.files()).toHaveLength(1);
    const left = readdirSync(join(scratch.path, 'cache'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    expect(left.filter(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1').includes('PRIVATE KEY'))).toEqual([]);
  });

  it('C47: refuses a host with another key, and a key that the host does not know', async () => {
    const { repository } = await aRepository();
    const spec = { url: `${server.url}${repository.path}`, authMethod: 'ssh' };
    await expect(aStore(spec, { sshPrivateKey: server.sshPrivateKey, knownHosts: server.wrongHosts }).check()).rejects.toMatchObject({ reason: 'ServerNotTrusted' });
    const stranger = readFileSync(join(scratch.path, 'ssh', 'other'), 'utf8');
    await expect(aStore(spec, { sshPrivateKey: stranger, knownHosts: server.knownHosts }).check()).rejects.toMatchObject({ reason: 'AuthenticationFailed' });
  });
});
