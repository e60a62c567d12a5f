import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-s3';
import { createBucketStore } from './bucket';
import { createGitStore } from './git';
import type { ForeignChange, StateStore, StoreChange } from './store';
import { BareRepository, scratchFolder, startHttpServer } from './testing/git-fixtures';
import { S3Server } from './testing/s3-server';

jest.setTimeout(60_000);

/* What holds for every kind of store: the same tests over git and over a bucket. */

/** Deals with a request instead of the server, and says whether it did. */
type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Place {
  store(options?: { timeoutMs?: number; onForeignChange?: (change: ForeignChange) => void }): StateStore;
  /** From now on; undefined for none. */
  fault(fault: Fault | undefined): void;
  /** How many requests the server has seen. */
  requests(): number;
  /** Whether a request is one that writes. */
  isWrite(request: IncomingMessage): boolean;
  files(): Promise<Record<string, string>>;
}

const scratch = scratchFolder();
const closing: (() => Promise<unknown>)[] = [];
let number = 0;

async function aRepository(): Promise<Place> {
  number += 1;
  const root = join(scratch.path, `r${number}`);
  const repository = await BareRepository.create(join(root, 'r.git'));
  await repository.commitAs('first', { README: 'x' });
  const faults: { now?: Fault } = {};
  const server = await startHttpServer(root, { user: 'key', password: 'secret', fault: (request, response) => faults.now?.(request, response) ?? false });
  closing.push(() => server.stop());
  return {
    fault: fault => {
      faults.now = fault;
    },
    store: ({ timeoutMs, onForeignChange } = {}) => {
      const spec = { url: `${server.url}/r.git`, insecure: true };
      const store = createGitStore(
        { name: 'prod', spec, secret: { username: 'key', password: 'secret' }, allowLocal: false, cacheDir: join(scratch.path, 'cache'), onForeignChange },
        timeoutMs === undefined ? {} : { timeoutMs, firstFetchTimeoutMs: timeoutMs },
      );
      closing.push(() => store.close());
      return store;
    },
    requests: () => server.requests.length,
    isWrite: ({ method, url }) => method === 'POST' && url?.endsWith('git-receive-pack') === true,
    files: async () => {
      const paths = (await repository.files()).filter(path => path !== 'README');
      return Object.fromEntries(await Promise.all(paths.map(async path => [path, await repository.read(path)])));
    },
  };
}

async function aBucket(): Promise<Place> {
  const server = await S3Server.start();
  closing.push(() => server.stop());
  return {
    fault: fault => {
      server.fault = fault && (({ request }, answer) => (fault(request, answer) ? 'handled' : undefined));
    },
    store: ({ timeoutMs, onForeignChange } = {}) => {
      const spec = { endpoint: server.endpoint, bucketName: 'kratix', insecure: true };
      const secret = { accessKeyID: 'key', secretAccessKey: 'secret' };
      const store = createBucketStore({ name: 'prod', spec, secret, allowLocal: false, cacheDir: '/nowhere', onForeignChange }, { sdk: async () => sdk, ...(timeoutMs !== undefined && { timeoutMs }) });
      closing.push(() => store.close());
      return store;
    },
    requests: () => server.calls.length,
    isWrite: ({ method }) => method === 'PUT' || method === 'DELETE',
    files: async () => server.texts,
  };
}

const aChange = (id: string, text = 'a: 1', more: Partial<StoreChange> = {}): StoreChange => ({ id, owns: `apps/${id}`, put: new Map([[`apps/${id}/a.yaml`, text]]), remove: [], ...more });

const answering = (status: number, headers: Record<string, string> = {}): Fault => (_, response) => {
  response.writeHead(status, headers).end('no');
  return true;
};

const plainWrites = new WeakMap<Socket, Socket['write']>();

/** Does something else with what the server sends; the next request on the connection is served as ever. */
function sending(how: (send: Socket['write'], given: Parameters<Socket['write']>, socket: Socket) => void): Fault {
  return ({ socket }) => {
    const send = plainWrites.get(socket) ?? socket.write.bind(socket);
    plainWrites.set(socket, send);
    socket.write = ((...given: Parameters<Socket['write']>) => {
      how(send, given, socket);
      return true;
    }) as Socket['write'];
    return false;
  };
}

function cutAfter(bytes: number): Fault {
  let left = bytes;
  return sending((send, [chunk], socket) => {
    const whole = Buffer.from(chunk as string);
    send(whole.subarray(0, left));
    left -= whole.length;
    if (left <= 0) setImmediate(() => socket.destroy());
  });
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => scratch.remove());

describe.each([['git', aRepository], ['bucket', aBucket]])('a store of kind %s', (_, aPlace) => {
  it.each([
    [401, {}, 'AuthenticationFailed'],
    [403, {}, 'AuthenticationFailed'],
    [404, {}, 'NotFound'],
    [429, { 'retry-after': '60' }, 'RateLimited'],
    [500, {}, 'NotReachable'],
    [503, {}, 'NotReachable'],
  ])('C47: a server that answers with %i %j is %s to every change, and all is written when it is well again', async (status, headers, reason) => {
    const place = await aPlace();
    const store = place.store();
    await store.submit(aChange('before'));
    place.fault(answering(status, headers));
    const outcomes = await Promise.allSettled(['one', 'two'].map(id => store.submit(aChange(id))));
    expect(outcomes).toMatchObject([{ reason: { name: 'StoreError', reason } }, { reason: { name: 'StoreError', reason } }]);
    for (const outcome of outcomes) expect(String((outcome as PromiseRejectedResult).reason)).not.toMatch(/secret(?!s)/u);
    await expect(store.check()).rejects.toMatchObject({ reason });
    place.fault(undefined);
    await Promise.all(['one', 'two'].map(id => store.submit(aChange(id))));
    expect(Object.keys(await place.files()).sort()).toEqual(['apps/before/a.yaml', 'apps/one/a.yaml', 'apps/two/a.yaml']);
  });

  it('C47: 429 with Retry-After is not asked again by the store itself', async () => {
    const place = await aPlace();
    const store = place.store();
    await store.check();
    place.fault(answering(429, { 'retry-after': '1' }));
    const before = place.requests();
    await expect(store.refetch()).rejects.toMatchObject({ reason: 'RateLimited' });
    expect(place.requests() - before).toBe(1);
  });

  it('C47: one that hangs is left after its time, holds up no other, and is used when it is back', async () => {
    const [place, other] = [await aPlace(), await aPlace()];
    const store = place.store({ timeoutMs: 1_500 });
    await store.check();
    place.fault(() => true);
    const hanging = store.submit(aChange('one')).catch(error => error);
    await other.store().submit(aChange('two'));
    expect(await hanging).toMatchObject({ reason: 'TimedOut' });
    place.fault(undefined);
    await store.submit(aChange('one'));
    expect(await place.files()).toEqual({ 'apps/one/a.yaml': 'a: 1' });
  });

  it.each([0, 1, 30, 200])('C47: an answer to a write that is cut after %i bytes loses and doubles nothing', async bytes => {
    const place = await aPlace();
    const store = place.store();
    await store.submit(aChange('before'));
    const cut = cutAfter(bytes);
    let cuts = 1;
    place.fault((request, response) => {
      if (!place.isWrite(request) || cuts === 0) return false;
      cuts -= 1;
      return cut(request, response);
    });
    const refusal = await store.submit(aChange('one')).then(() => undefined, error => error.name as string);
    expect([undefined, 'StoreError']).toContain(refusal);
    expect(cuts).toBe(0);
    place.fault(undefined);
    await store.submit(aChange('one'));
    expect(await place.files()).toEqual({ 'apps/before/a.yaml': 'a: 1', 'apps/one/a.yaml': 'a: 1' });
  });

  it('C47: one that is slow is waited for', async () => {
    const place = await aPlace();
    place.fault(sending((send, given) => void setTimeout(() => send(...given), 150)));
    await place.store().submit(aChange('one'));
    expect(await place.files()).toEqual({ 'apps/one/a.yaml': 'a: 1' });
  });

  it('C45: two writers at once keep what each of them wrote', async () => {
    const place = await aPlace();
    const stores = [place.store(), place.store()];
    await Promise.all(stores.map(each => each.check()));
    await Promise.all(stores.flatMap((each, index) => Array.from({ length: 5 }, (__, round) => each.submit(aChange(`of-${index}-${round}`)))));
    expect(Object.keys(await place.files())).toHaveLength(10);
  });

  it('C49: what is there already is not written again', async () => {
    const place = await aPlace();
    await place.store().submit(aChange('one'));
    let writes = 0;
    place.fault(request => {
      if (place.isWrite(request)) writes += 1;
      return false;
    });
    expect(await place.store().submit(aChange('one'))).toMatchObject({ differences: [] });
    expect(writes).toBe(0);
  });

  it('Q-56, C50: what somebody else changed is told, compared and put right', async () => {
    const place = await aPlace();
    const seen: ForeignChange[] = [];
    const store = place.store({ onForeignChange: change => seen.push(change) });
    await store.check();
    await store.submit(aChange('one'));
    seen.length = 0;
    await place.store().submit(aChange('one', 'edited'));
    await store.refetch();
    expect(seen.flatMap(({ paths }) => paths)).toEqual(['apps/one/a.yaml']);
    expect((await store.compare(aChange('one'))).differences).toEqual([{ path: 'apps/one/a.yaml', was: 'different' }]);
    await store.submit(aChange('one'));
    expect(await place.files()).toEqual({ 'apps/one/a.yaml': 'a: 1' });
  });

  it.each(['../up', '/etc/passwd', 'a//b', '.git/config'])('Q-9, C51: a file %s is refused before anything is asked', async path => {
    const place = await aPlace();
    await expect(place.store().submit(aChange('one', '', { owns: null, put: new Map([[path, 'x']]) }))).rejects.toMatchObject({ reason: 'InvalidPath' });
    expect(place.requests()).toBe(0);
  });

  it('C53: a directory whose name begins like another is left alone when that goes', async () => {
    const place = await aPlace();
    const store = place.store();
    await Promise.all([store.submit(aChange('dev')), store.submit(aChange('dev2'))]);
    await store.submit(aChange('dev', '', { put: new Map() }));
    expect(Object.keys(await place.files())).toEqual(['apps/dev2/a.yaml']);
  });
});
