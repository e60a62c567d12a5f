import { mkdirSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-s3';
import { makeCertificates } from '../testing/certificates';
import { ConnectProxy } from '../testing/connect-proxy';
import { createBucketStore } from './bucket';
import { createGitStore } from './git';
import type { StateStore, StoreChange } from './store';
import { BareRepository, scratchFolder, startHttpServer } from './testing/git-fixtures';
import { S3Server } from './testing/s3-server';

jest.setTimeout(60_000);

const scratch = scratchFolder();
mkdirSync(join(scratch.path, 'certificates'));
const certificates = makeCertificates(join(scratch.path, 'certificates'));
const whenOpenssl = certificates ? describe : describe.skip;
const closing: (() => Promise<void>)[] = [];
let proxy: ConnectProxy;

beforeEach(async () => {
  proxy = await ConnectProxy.start();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await proxy.stop();
});
afterAll(() => scratch.remove());

const aChange: StoreChange = { id: 'one', owns: 'apps/one', put: new Map([['apps/one/a.yaml', 'a: 1\n']]), remove: [] };

/** TLS in front of a server that has none. */
async function secured(endpoint: string): Promise<string> {
  const [host, port] = endpoint.split(':');
  const server = createServer({ key: certificates?.key, cert: certificates?.cert });
  server.on('secureConnection', socket => {
    const plain = connect(Number(port), host);
    for (const [one, other] of [[socket, plain], [plain, socket]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
    socket.pipe(plain).pipe(socket);
  });
  // the tunnel is the whole service: Node's own parser never sees a request
  server.removeAllListeners('request');
  server.listeners('secureConnection').slice(0, -1).forEach(listener => server.off('secureConnection', listener as () => void));
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => new Promise(resolve => {
    server.closeAllConnections();
    server.close(() => resolve());
  }));
  return `localhost:${(server.address() as { port: number }).port}`;
}

async function aBucket(isSecure: boolean): Promise<{ store: () => StateStore; server: S3Server; endpoint: string }> {
  const server = await S3Server.start();
  closing.push(() => server.stop());
  const endpoint = isSecure ? await secured(server.endpoint) : server.endpoint;
  const store = () => {
    const made = createBucketStore({
      name: 'prod', spec: { endpoint, bucketName: 'kratix', insecure: !isSecure }, allowLocal: false, cacheDir: '/nowhere',
      secret: { accessKeyID: 'key', secretAccessKey: 'secret', ...(isSecure && { caFile: certificates?.ca ?? '' }) },
    }, { sdk: async () => sdk });
    closing.push(() => made.close());
    return made;
  };
  return { store, server, endpoint };
}

async function aRepository(tls: typeof certificates) {
  const root = join(scratch.path, `repositories-${Math.random()}`);
  const repository = await BareRepository.create(join(root, 'r.git'));
  const server = await startHttpServer(root, { tls });
  closing.push(() => server.stop());
  const store = () => {
    const made = createGitStore({ name: 'prod', spec: { url: `${server.url}/r.git`, insecure: !tls }, ...(tls && { secret: { username: 'x', password: 'y', caFile: tls.ca } }), allowLocal: false, cacheDir: join(scratch.path, 'cache') });
    closing.push(() => made.close());
    return made;
  };
  return { repository, server, store };
}

whenOpenssl('proxies of the environment (needs the openssl program)', () => {
  it('a bucket over https is reached through HTTPS_PROXY, by a tunnel in which its certificate is checked', async () => {
    const { store, server, endpoint } = await aBucket(true);
    proxy.announce();
    await store().submit(aChange);
    expect(server.texts).toEqual({ 'apps/one/a.yaml': 'a: 1\n' });
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${endpoint}`]));
    const untrusting = createBucketStore({ name: 'prod', spec: { endpoint, bucketName: 'kratix' }, secret: { accessKeyID: 'key', secretAccessKey: 'secret' }, allowLocal: false, cacheDir: '/nowhere' }, { sdk: async () => sdk });
    closing.push(() => untrusting.close());
    await expect(untrusting.check()).rejects.toMatchObject({ reason: 'ServerNotTrusted' });
  });

  it('and without one where NO_PROXY names it', async () => {
    const { store, server } = await aBucket(true);
    proxy.announce('localhost');
    await store().submit(aChange);
    expect(server.objects.size).toBe(1);
    expect(proxy.asked).toEqual([]);
  });

  it('git over https goes through HTTPS_PROXY, and not where NO_PROXY says', async () => {
    const { repository, server, store } = await aRepository(certificates);
    proxy.announce();
    await store().submit(aChange);
    expect(await repository.files()).toEqual(['apps/one/a.yaml']);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(server.url).host}`]));
    const before = proxy.asked.length;
    proxy.announce('localhost');
    await store().submit({ ...aChange, put: new Map([['apps/one/b.yaml', 'b']]) });
    expect(proxy.asked).toHaveLength(before);
  });
});

describe('proxies of the environment', () => {
  it('a bucket over plain http goes through http_proxy', async () => {
    const { store, server } = await aBucket(false);
    proxy.announce();
    await store().submit(aChange);
    expect(server.objects.size).toBe(1);
    expect(proxy.asked.length).toBeGreaterThan(0);
  });

  it('git over plain http goes through http_proxy', async () => {
    const { repository, store } = await aRepository(undefined);
    proxy.announce();
    await store().submit(aChange);
    expect(await repository.files()).toEqual(['apps/one/a.yaml']);
    expect(proxy.asked.length).toBeGreaterThan(0);
  });

  it('a proxy that refuses, or is not there, is said', async () => {
    const { store } = await aBucket(false);
    const git = await aRepository(undefined);
    proxy.announce();
    const { url } = proxy;
    await proxy.stop();
    Object.assign(process.env, { http_proxy: url });
    const outcomes = await Promise.allSettled([store().check(), git.store().check()]);
    delete process.env.http_proxy;
    expect(outcomes).toMatchObject([{ reason: { reason: 'NotReachable' } }, { reason: { reason: 'NotReachable' } }]);
  });
});
