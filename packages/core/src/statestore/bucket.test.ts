import { createHash, randomUUID } from 'node:crypto';
import * as sdk from '@aws-sdk/client-s3';
import { createBucketStore, type BucketTuning } from './bucket';
import { checkBucketSpec, type BucketStoreSpec } from './bucket-spec';
import type { ForeignChange, StateStore, StoreChange } from './store';
import { S3Server, type S3ServerOptions } from './testing/s3-server';

jest.setTimeout(30_000);

const { S3_ENDPOINT, S3_ACCESS_KEY_ID = '', S3_SECRET_ACCESS_KEY = '', S3_BUCKET = 'kratix' } = process.env;
const secret = { accessKeyID: 'key', secretAccessKey: 'secret' };
const open: { stop(): Promise<void> }[] = [];

function aStore(endpoint: string, spec: BucketStoreSpec = {}, tuning: BucketTuning = {}, more: { onForeignChange?: (change: ForeignChange) => void; secret?: Record<string, string> } = {}): StateStore {
  const store = createBucketStore({ name: 'prod', spec: { endpoint, bucketName: 'kratix', insecure: true, ...spec }, secret, allowLocal: false, cacheDir: '/nowhere', ...more }, { sdk: async () => sdk, ...tuning });
  open.push({ stop: () => store.close() });
  return store;
}

async function aServer(options: S3ServerOptions = {}): Promise<S3Server> {
  const server = await S3Server.start(options);
  open.unshift(server);
  return server;
}

const aChange = (id: string, files: Record<string, string>, more: Partial<StoreChange> = {}): StoreChange => ({
  id, owns: `apps/${id}`, put: new Map(Object.entries(files).map(([path, text]) => [`apps/${id}/${path}`, text])), remove: [], ...more,
});
const writes = (server: S3Server) => server.calls.filter(call => /^(?:PUT|DELETE) /u.test(call));

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});

describe('B-SS-60: spec and Secret', () => {
  const check = (spec: BucketStoreSpec, given: Record<string, string> | undefined = secret) => checkBucketSpec({ endpoint: 's3.example.com', bucketName: 'kratix', ...spec }, given);
  it.each([
    [{}, 'https://s3.example.com', 'us-east-1'],
    [{ insecure: true }, 'http://s3.example.com', 'us-east-1'],
    [{ endpoint: 'https://minio:9000/' }, 'https://minio:9000', 'us-east-1'],
    [{ endpoint: 'http://minio:9000', insecure: true }, 'http://minio:9000', 'us-east-1'],
    [{ endpoint: 's3.eu-west-1.amazonaws.com' }, 'https://s3.eu-west-1.amazonaws.com', 'eu-west-1'],
    [{ endpoint: 's3.amazonaws.com', region: 'eu-central-1', useDualStack: true }, 'https://s3.dualstack.eu-central-1.amazonaws.com', 'eu-central-1'],
    [{ endpoint: 'minio:9000', useDualStack: true }, 'https://minio:9000', 'us-east-1'],
  ])('%j', (spec, url, region) => expect(check(spec)).toMatchObject({ url, region }));
  it.each([
    [{ endpoint: '' }, 'spec.endpoint: is empty'],
    [{ endpoint: 'http://minio' }, 'spec.insecure: true'],
    [{ endpoint: 'minio/x' }, 'spec.endpoint: "minio/x"'],
    [{ endpoint: '-x' }, 'spec.endpoint'],
    [{ bucketName: 'A/b' }, 'spec.bucketName: "A/b"'],
    [{ path: '../x' }, 'spec.path: "../x"'],
    [{ authMethod: 'magic' }, 'spec.authMethod: "magic"'],
    [{ serverSideEncryption: { algorithm: 'AES256', kmsKeyId: 'k' } as const }, 'spec.serverSideEncryption'],
  ])('%j is refused', (spec, words) => expect(() => check(spec)).toThrow(words));
  it('says what the Secret lacks, in the words that operators know', () => {
    expect(() => checkBucketSpec({ endpoint: 'minio', bucketName: 'kratix' })).toThrow('secret not provided');
    expect(() => check({}, { accessKeyID: 'a' })).toThrow('secret is missing key: secretAccessKey');
    expect(() => check({}, { ...secret, caFile: 'x' })).toThrow('"caFile"');
  });
  it('with IAM the surroundings give the keys', () => expect(check({ authMethod: 'IAM' }, undefined).keys).toBeUndefined());
});

interface Place {
  store(spec?: BucketStoreSpec, tuning?: BucketTuning, onForeignChange?: (change: ForeignChange) => void): StateStore;
  /** Everything below the place, by key. */
  texts(): Promise<Record<string, string>>;
}

const own = async (): Promise<Place> => {
  const server = await aServer();
  return { store: (spec, tuning, onForeignChange) => aStore(server.endpoint, { path: 'base', ...spec }, tuning, { onForeignChange }), texts: async () => server.texts };
};
const real = async (): Promise<Place> => {
  const base = `test-${randomUUID()}`;
  const given = { bucketName: S3_BUCKET, insecure: S3_ENDPOINT?.startsWith('http://') };
  const keys = { secret: { accessKeyID: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY } };
  const make = (spec: BucketStoreSpec = {}, tuning?: BucketTuning, onForeignChange?: (change: ForeignChange) => void) => aStore(S3_ENDPOINT ?? '', { ...given, ...spec, path: [base, spec.path ?? 'base'].join('/') }, tuning, { ...keys, onForeignChange });
  const texts = async () => {
    const look = make();
    const found: Record<string, string> = {};
    for (const folder of ['apps/one', 'apps/one/deep', 'apps/two', 'dev', 'dev/.kratix']) for (const [name, text] of await look.read(folder)) found[`base/${folder}/${name}`] = text;
    return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return { store: make, texts };
};
function keepsItsPromises(at: () => Promise<Place>): void {
  it('B-SS-61, B-SS-30: writes what a change says and leaves nothing else in its directory', async () => {
    const { store, texts } = await at();
    const one = store();
    await one.submit(aChange('one', { 'a.yaml': 'a', 'deep/b.yaml': 'b' }));
    await one.submit(aChange('two', { 'c.yaml': 'c' }));
    expect(await texts()).toEqual({ 'base/apps/one/a.yaml': 'a', 'base/apps/one/deep/b.yaml': 'b', 'base/apps/two/c.yaml': 'c' });
    const { differences } = await one.submit(aChange('one', { 'a.yaml': 'a2' }));
    expect(differences).toEqual([{ path: 'apps/one/deep/b.yaml', was: 'surplus' }, { path: 'apps/one/a.yaml', was: 'different' }]);
    expect(await texts()).toEqual({ 'base/apps/one/a.yaml': 'a2', 'base/apps/two/c.yaml': 'c' });
  });

  it('B-SS-63: a removal takes the directory and no neighbour whose name begins the same', async () => {
    const { store, texts } = await at();
    const one = store();
    await one.submit(aChange('one', { 'a.yaml': 'a' }));
    await one.submit(aChange('one2', { 'b.yaml': 'b' }, { owns: 'apps/two', put: new Map([['apps/two/b.yaml', 'b']]) }));
    await one.submit(aChange('one', {}));
    await one.submit(aChange('one', {}, { remove: ['apps/one/none.yaml'] }));
    expect(await texts()).toEqual({ 'base/apps/two/b.yaml': 'b' });
  });

  it('B-SS-61, C49: what is there already is not written, also by a new process', async () => {
    const { store } = await at();
    const change = aChange('one', { 'a.yaml': 'a', 'b.yaml': 'b' });
    await store().submit(change);
    expect(await store().submit(change)).toEqual({ version: '', differences: [] });
    expect((await store().compare(aChange('one', { 'a.yaml': 'x' }))).differences).toEqual([{ path: 'apps/one/b.yaml', was: 'surplus' }, { path: 'apps/one/a.yaml', was: 'different' }]);
  });

  it('C45: two writers of one place lose nothing of each other', async () => {
    const { store, texts } = await at();
    const [one, two] = [store(), store()];
    await Promise.all([one.check(), two.check()]);
    await Promise.all([one, two].flatMap((each, index) => Array.from({ length: 20 }, (_, round) => each.submit(aChange(index ? 'two' : 'one', { 'a.yaml': `${round}` })))));
    expect(await texts()).toEqual({ 'base/apps/one/a.yaml': '19', 'base/apps/two/a.yaml': '19' });
    await one.submit(aChange('two', { 'a.yaml': 'from one' }));
    await two.submit(aChange('two', { 'a.yaml': 'from two' }));
    expect((await texts())['base/apps/two/a.yaml']).toBe('from two');
  });

  it('C50: tells which objects somebody else changed', async () => {
    const { store } = await at();
    const seen: ForeignChange[] = [];
    const ours = store({}, {}, change => seen.push(change));
    await ours.submit(aChange('one', { 'a.yaml': 'a' }));
    await ours.refetch();
    const other = store();
    await other.submit(aChange('one', { 'a.yaml': 'foreign', 'b.yaml': 'b' }));
    await ours.refetch();
    await ours.refetch();
    expect(seen.map(({ paths }) => [...(paths ?? [])].sort())).toEqual([['apps/one/a.yaml', 'apps/one/b.yaml']]);
    expect((await ours.submit(aChange('one', { 'a.yaml': 'a' }))).differences).toHaveLength(2);
  });

  it('Q-42: a slash for a path, and slashes around it, put no slash into keys', async () => {
    const { store, texts } = await at();
    await store({ path: '/base//' }).submit(aChange('one', { 'a.yaml': 'a' }));
    expect(await texts()).toEqual({ 'base/apps/one/a.yaml': 'a' });
  });

  it('B-SS-31: a record is read back', async () => {
    const { store, texts } = await at();
    const record = { path: 'dev/.kratix/one.yaml', during: 'more', after: 'files' };
    await store().submit(aChange('one', {}, { owns: null, put: new Map([['dev/a.yaml', 'a']]), record }));
    expect(await store().read('dev/.kratix')).toEqual(new Map([['one.yaml', 'files']]));
    await store().submit(aChange('one', {}, { owns: null, put: new Map(), remove: ['dev/a.yaml'], record: { ...record, after: null } }));
    expect(await texts()).toEqual({});
  });
}

/** Without S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_BUCKET there is none. */
const onRealServer = S3_ENDPOINT ? describe : describe.skip;

describe('a server of the test’s own', () => {
  keepsItsPromises(own);
});
onRealServer('a real server', () => {
  keepsItsPromises(real);
});

describe('what it costs', () => {
  it('B-SS-61: one LIST for any number of changes, no look at single objects, a bound on what is under way, and connections that are kept', async () => {
    const server = await aServer({ pageSize: 100 });
    for (let index = 0; index < 250; index += 1) server.put(`other/${index}`, 'x');
    let most = 0;
    let now = 0;
    const connections = new Set<unknown>();
    server.fault = ({ name, request }, answer) => {
      connections.add(request.socket);
      if (!name.startsWith('PUT')) return undefined;
      now += 1;
      most = Math.max(most, now);
      answer.on('close', () => { now -= 1; });
      return undefined;
    };
    const store = aStore(server.endpoint, {}, { concurrency: 8 });
    await Promise.all(Array.from({ length: 100 }, (_, index) => store.submit(aChange(`p${index}`, { 'a.yaml': `${index}`, 'b.yaml': 'b' }))));
    await store.submit(aChange('p0', { 'a.yaml': 'new', 'b.yaml': 'b' }));
    expect(server.calls.filter(call => call.startsWith('LIST'))).toHaveLength(3);
    expect(server.calls.filter(call => /^(?:HEAD|GET) /u.test(call))).toEqual([]);
    expect(writes(server)).toHaveLength(201);
    expect(most).toBeLessThanOrEqual(8);
    expect(connections.size).toBeLessThanOrEqual(8);
  });

  it('Q-42: where ETags are no digests, nothing is rewritten by the process that wrote it, nor by the next', async () => {
    const server = await aServer({ opaqueEtags: true });
    const change = aChange('one', { 'a.yaml': 'a', 'b.yaml': 'b' });
    const store = aStore(server.endpoint);
    await store.submit(change);
    await store.submit(change);
    await aStore(server.endpoint).submit(change);
    expect(writes(server)).toHaveLength(2);
  });

  it('B-SS-3: what may be written is found out without writing', async () => {
    const server = await aServer();
    await aStore(server.endpoint, { path: 'base' }).check();
    expect(server.calls).toEqual(['POST base/.kratix-write-permission-check?uploads', 'DELETE base/.kratix-write-permission-check?uploads', 'LIST base/']);
    expect([server.uploads.size, server.objects.size]).toEqual([0, 0]);
  });
});

describe('B-SS-62: the version', () => {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  it('is chained over the versions of what was written', async () => {
    const server = await aServer({ versioned: true });
    const { version } = await aStore(server.endpoint).submit(aChange('one', { 'a.yaml': 'a', 'b.yaml': 'b' }));
    const [a, b] = ['a', 'b'].map(name => server.objects.get(`apps/one/${name}.yaml`)?.versionId ?? '');
    expect(version).toBe(sha(sha(a) + b));
  });
  it('is that of nothing where the bucket keeps none, as Kratix has it', async () => {
    const server = await aServer();
    expect((await aStore(server.endpoint).submit(aChange('one', { 'a.yaml': 'a' }))).version).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('preconditions', () => {
  it('an object that somebody writes between our look and our write is seen', async () => {
    const server = await aServer();
    const store = aStore(server.endpoint);
    await store.submit(aChange('one', { 'a.yaml': 'a' }));
    let races = 3;
    server.beforePut = key => {
      races -= 1;
      if (races >= 0) server.put(key, `foreign ${races}`);
    };
    await store.submit(aChange('one', { 'a.yaml': 'ours' }));
    expect(server.texts).toEqual({ 'apps/one/a.yaml': 'ours' });
    expect(server.calls.filter(call => call.startsWith('HEAD'))).toHaveLength(3);
  });
  it('one that was deleted meanwhile is written again', async () => {
    const server = await aServer();
    const store = aStore(server.endpoint);
    await store.submit(aChange('one', { 'a.yaml': 'a' }));
    server.objects.clear();
    await store.submit(aChange('one', { 'a.yaml': 'b' }));
    expect(server.texts).toEqual({ 'apps/one/a.yaml': 'b' });
  });
  it('a race that never ends is given up', async () => {
    const server = await aServer();
    const store = aStore(server.endpoint);
    let count = 0;
    server.beforePut = key => void server.put(key, `${(count += 1)}`);
    await expect(store.submit(aChange('one', { 'a.yaml': 'a' }))).rejects.toMatchObject({ reason: 'Contended' });
  });
  it('a server that does not know them gets plain writes', async () => {
    const server = await aServer({ noPreconditions: true });
    const store = aStore(server.endpoint);
    await store.submit(aChange('one', { 'a.yaml': 'a' }));
    await store.submit(aChange('two', { 'a.yaml': 'a' }));
    expect(writes(server)).toHaveLength(3);
  });
});

describe('crash safety: a record says more while its change is under way', () => {
  it.each([1, 2, 3, 4])('after write %i of a change that drops a file, the record lists all that is there', async stopAfter => {
    const server = await aServer();
    const record = (during: string, after: string) => ({ path: 'dev/.kratix/one.yaml', during, after });
    await aStore(server.endpoint).submit(aChange('one', {}, { owns: null, put: new Map([['dev/a', 'a']]), record: record('a', 'a') }));
    let count = 0;
    server.fault = ({ name }, answer) => {
      if (!/^(?:PUT|DELETE)/u.test(name)) return undefined;
      count += 1;
      return count > stopAfter ? S3Server.refuse(answer, 403, 'AccessDenied') : undefined;
    };
    await aStore(server.endpoint).submit(aChange('one', {}, { owns: null, put: new Map([['dev/b', 'b']]), remove: ['dev/a'], record: record('a b', 'b') })).catch(() => undefined);
    const { 'dev/.kratix/one.yaml': listed = '', ...files } = server.texts;
    for (const path of Object.keys(files)) expect(listed.split(' ')).toContain(path.slice(-1));
  });
});

describe('C47, C51: a server in trouble', () => {
  const always = (server: S3Server, status: number, code: string, headers: Record<string, string> = {}) => {
    server.fault = (_call, answer) => S3Server.refuse(answer, status, code, headers);
  };
  it.each([
    [401, 'Unauthorized', 'AuthenticationFailed'],
    [403, 'AccessDenied', 'AuthenticationFailed'],
    [403, 'InvalidAccessKeyId', 'AuthenticationFailed'],
    [404, 'NoSuchBucket', 'NotFound'],
    [301, 'PermanentRedirect', 'InvalidSpec'],
    [400, 'AuthorizationHeaderMalformed', 'InvalidSpec'],
    [500, 'InternalError', 'NotReachable'],
    [503, 'SlowDown', 'RateLimited'],
    [507, 'XMinioStorageFull', 'NotReachable'],
    [400, 'EntityTooLarge', 'Rejected'],
  ])('%i %s is %s, in the server’s words', async (status, code, reason) => {
    const server = await aServer();
    always(server, status, code);
    const store = aStore(server.endpoint);
    await expect(store.check()).rejects.toMatchObject({ reason, message: expect.stringMatching(new RegExp(`^BucketStateStore "prod" cannot write to bucket "kratix" at http://127.*${code} says the server`, 'u')) });
    await expect(store.submit(aChange('one', { a: 'a' }))).rejects.toMatchObject({ reason });
  });

  it('429 with Retry-After is not asked again at once', async () => {
    const server = await aServer();
    always(server, 429, 'TooManyRequests', { 'retry-after': '60' });
    await expect(aStore(server.endpoint).check()).rejects.toMatchObject({ reason: 'RateLimited' });
    expect(server.calls).toHaveLength(1);
  });

  it('what fails for a moment is tried again', async () => {
    const server = await aServer();
    let left = 2;
    server.fault = (_call, answer) => {
      left -= 1;
      return left >= 0 ? S3Server.refuse(answer, 500, 'InternalError') : undefined;
    };
    await aStore(server.endpoint).submit(aChange('one', { a: 'a' }));
    expect(server.texts).toEqual({ 'apps/one/a': 'a' });
  });

  it('one that hangs is given up, and the next try gets on', async () => {
    const server = await aServer();
    server.fault = ({ name }) => (name.startsWith('PUT') ? 'handled' : undefined);
    const store = aStore(server.endpoint, {}, { timeoutMs: 200 });
    await expect(store.submit(aChange('one', { a: 'a' }))).rejects.toMatchObject({ reason: 'TimedOut' });
    server.fault = undefined;
    await store.submit(aChange('one', { a: 'a' }));
    expect(server.texts).toEqual({ 'apps/one/a': 'a' });
  });

  it('one that cuts the line after it wrote leaves what is right', async () => {
    const server = await aServer();
    server.fault = ({ name, request }) => {
      if (!name.startsWith('PUT')) return undefined;
      server.put(name.slice(4), 'a');
      request.socket.destroy();
      return 'handled';
    };
    const store = aStore(server.endpoint);
    await store.submit(aChange('one', { a: 'a' })).catch(() => undefined);
    server.fault = undefined;
    expect(await store.submit(aChange('one', { a: 'a' }))).toMatchObject({ differences: [] });
  });

  it('one that is slow is waited for', async () => {
    const server = await aServer();
    let isSlow = true;
    server.fault = ({ name }, answer) => {
      if (!isSlow || !name.startsWith('LIST')) return undefined;
      isSlow = false;
      setTimeout(() => answer.writeHead(200).end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'), 150);
      return 'handled';
    };
    await aStore(server.endpoint, {}, { timeoutMs: 2_000 }).submit(aChange('one', { a: 'a' }));
    expect(server.texts).toEqual({ 'apps/one/a': 'a' });
  });

  it('nobody there is NotReachable, and no secret is in the words', async () => {
    const server = await aServer();
    const { endpoint } = server;
    await server.stop();
    open.length = 0;
    const error = await aStore(endpoint).check().catch(each => each as Error);
    expect(error).toMatchObject({ reason: 'NotReachable' });
    expect(String(error)).not.toContain('secret');
  });

  it('one object that is refused fails its own change alone', async () => {
    const server = await aServer();
    server.fault = ({ name }, answer) => (name === 'PUT apps/bad/a' ? S3Server.refuse(answer, 403, 'AccessDenied') : undefined);
    const store = aStore(server.endpoint);
    const results = await Promise.allSettled([store.submit(aChange('bad', { a: 'a' })), store.submit(aChange('good', { a: 'a' }))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('what waits when it is closed is told so', async () => {
    const server = await aServer();
    server.fault = () => 'handled';
    const store = aStore(server.endpoint);
    const waiting = store.submit(aChange('one', { a: 'a' }));
    setTimeout(() => void store.close(), 50);
    await expect(waiting).rejects.toMatchObject({ reason: 'Closed' });
  });
});

it('asks for encryption where the store says so', async () => {
  const server = await aServer();
  const seen: (string | string[] | undefined)[] = [];
  server.fault = ({ name, request }) => {
    if (name.startsWith('PUT')) seen.push(request.headers['x-amz-server-side-encryption'], request.headers['x-amz-server-side-encryption-aws-kms-key-id']);
    return undefined;
  };
  await aStore(server.endpoint, { serverSideEncryption: { algorithm: 'aws:kms', kmsKeyId: 'k1' } }).submit(aChange('one', { a: 'a' }));
  expect(seen).toEqual(['aws:kms', 'k1']);
});
