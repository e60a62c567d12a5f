import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Destination, GitStateStore, WorkPlacement, findCondition, type Condition } from '../api';
import { coreTypes } from '../kube';
import type { DynamicObject } from '../kube/types';
import { BareRepository, Fault, scratchFolder, startHttpServer, TestServer } from '../statestore/testing/git-fixtures';
import { EngineOnFake } from '../testing/engine-on-fake';
import { eventually } from '../testing/eventually';
import { encodeContent } from '../wire/encoding';
import { fetchIntervalOf } from './state-store';

jest.setTimeout(60_000);

const scratch = scratchFolder();
const root = join(scratch.path, 'repositories');
let engine: EngineOnFake;
let server: TestServer;
let fault: Fault | undefined;
let number = 0;

const secretName = () => `creds-${number}`;
const storeName = () => `store-${number}`;
const ready = (object: DynamicObject) => findCondition(object.status?.conditions as Condition[] | undefined, 'Ready');
const writes = () => engine.proxy.count(({ method, path }) => method !== 'GET' && path.includes(`/${storeName()}`));
const isReady = (object: DynamicObject) => ready(object)?.status === 'True';
const because = (reason: string) => (object: DynamicObject) => ready(object)?.reason === reason;
const until = (what: string, isSo: (object: DynamicObject) => boolean) => engine.until(GitStateStore.type, storeName(), what, isSo);

async function aRepository() {
  number += 1;
  return BareRepository.create(join(root, `r${number}.git`));
}

function putSecret(password: string): void {
  const data = { username: Buffer.from('bot').toString('base64'), password: Buffer.from(password).toString('base64') };
  engine.put(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName(), namespace: 'platform' }, data });
}

function putStore(spec: object = {}): void {
  const all = { url: `${server.url}/r${number}.git`, insecure: true, secretRef: { name: secretName(), namespace: 'platform' }, fetchInterval: '0', ...spec };
  engine.put(GitStateStore.type, { metadata: { name: storeName() }, spec: all });
}

beforeAll(async () => {
  server = await startHttpServer(root, { user: 'bot', password: 'right', fault: (request, response) => fault?.(request, response) ?? false });
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache') });
});
afterEach(() => {
  fault = undefined;
});
afterAll(async () => {
  await engine.stop();
  await server.stop();
  scratch.remove();
});

describe('a store and its Secret', () => {
  it('B-SS-1: a Secret that is missing is named, and used when it comes', async () => {
    await aRepository();
    putStore();
    const waiting = await until('SecretNotFound', because('SecretNotFound'));
    expect(waiting.status).toMatchObject({ status: 'NotReady', observedGeneration: 1 });
    expect(ready(waiting)).toMatchObject({ status: 'False', message: `Secret ${secretName()} not found in namespace platform` });
    putSecret('right');
    await until('ready', isReady);
    engine.server.remove(coreTypes.Secret, `platform/${secretName()}`);
    await until('SecretNotFound again', because('SecretNotFound'));
  });

  it('B-SS-1: the namespace of the Secret is "default" when none is named', async () => {
    await aRepository();
    putStore({ secretRef: { name: 'elsewhere' } });
    expect(ready(await until('SecretNotFound', because('SecretNotFound')))?.message).toBe('Secret elsewhere not found in namespace default');
  });

  it('B-SS-1: a Secret that cannot be read gives StateStoreError with the server\'s words', async () => {
    await aRepository();
    putSecret('right');
    engine.proxy.fail(({ path }) => path.includes('/secrets'), { status: 403, reason: 'Forbidden', message: 'secrets is forbidden: not yours' });
    putStore();
    const failed = await engine.until(GitStateStore.type, storeName(), 'StateStoreError', because('StateStoreError'), 20_000);
    expect(ready(failed)?.message).toMatch(/^its Secret cannot be read: .*not yours/);
    engine.proxy.heal();
    await engine.until(GitStateStore.type, storeName(), 'ready', isReady, 30_000);
  });

  it('B-SS-5, C47: new credentials count without a restart', async () => {
    await aRepository();
    putSecret('right');
    putStore();
    await until('ready', isReady);
    putSecret('wrong');
    const refused = await until('refused', because('ErrorValidatingPermissions'));
    expect(ready(refused)?.message).not.toContain('wrong');
    putSecret('right\n');
    await until('ready again', isReady);
    engine.put(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName(), namespace: 'platform' }, data: {} });
    expect(ready(await until('without a password', because('ErrorInitialisingWriter')))?.message).toContain(`password not found in secret platform/${secretName()}`);
  });
});

describe('a store and its server', () => {
  it('B-SS-2: a spec that cannot work gives ErrorInitialisingWriter, naming the field, and a new spec is taken at once', async () => {
    await aRepository();
    putSecret('right');
    putStore({ url: 'ext::sh -c id' });
    expect(ready(await until('refused', because('ErrorInitialisingWriter')))?.message).toContain('spec.url');
    putStore({ fetchInterval: 'soon' });
    expect(ready(await until('refused', object => ready(object)?.message.includes('fetchInterval') === true))?.message).toBe('spec.fetchInterval: "soon" is not a duration; write it like 5m or 1h30m, or 0 for never');
    putStore({ commitMessage: '{{nonsense}}' });
    await until('refused', object => ready(object)?.message.includes('{{nonsense}} is not known') === true);
    putStore();
    const now = await until('ready', isReady);
    expect(now.status?.observedGeneration).toBe(now.metadata.generation);
  });

  it('B-SS-3: what the server says against writing gives ErrorValidatingPermissions, and is tried again', async () => {
    await aRepository();
    putSecret('right');
    fault = (request, response) => {
      if (!request.url?.includes('receive-pack')) return false;
      response.writeHead(403).end('read only');
      return true;
    };
    putStore();
    const failed = await until('refused', because('ErrorValidatingPermissions'));
    expect(ready(failed)?.message).toMatch(/^Error validating state store permissions: GitStateStore "store-\d+" cannot write branch "main" of http.*403/);
    fault = undefined;
    await engine.until(GitStateStore.type, storeName(), 'ready', isReady, 20_000);
  });

  it('C47: a server that asks for fewer calls, 429 with Retry-After, is left alone for longer than one that fails', async () => {
    await aRepository();
    putSecret('right');
    fault = (_, response) => response.writeHead(429, { 'retry-after': '60' }).end('slow down') !== undefined;
    putStore();
    const limited = await until('refused', because('ErrorValidatingPermissions'));
    expect(ready(limited)?.message).toContain('429');
    const before = server.requests.length;
    await expect(eventually('another question', () => server.requests.length > before, 8_000)).rejects.toThrow('waited');
    fault = undefined;
    putSecret('right ');
    await until('ready', isReady);
  });

  it('B-SS-4: status, condition and event say that it is ready, once', async () => {
    await aRepository();
    putSecret('right');
    putStore();
    const now = await until('ready', isReady);
    expect(now.status).toMatchObject({ status: 'Ready', observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True', reason: 'StateStoreReady', message: 'State store is ready' }] });
    await eventually('the event', () => engine.eventsOf(storeName()).includes(`Ready: GitStateStore "${storeName()}" is ready`));
    const before = writes();
    putSecret('right ');
    putSecret('right');
    await eventually('the new Secret to be tried', () => server.requests.length > 0);
    expect(writes()).toBe(before);
    fault = (_, response) => response.writeHead(503).end('closed') !== undefined;
    putSecret('right ');
    const failed = await until('refused', because('ErrorValidatingPermissions'));
    expect(failed.status?.status).toBe('NotReady');
    await eventually('the event', () => engine.eventsOf(storeName()).some(note => note.startsWith('NotReady: Error validating state store permissions')));
  });

  it('Q-37: a ready store is looked at again now and then, and says when it no longer can be used', async () => {
    const repository = await aRepository();
    putSecret('right');
    putStore({ fetchInterval: '1s' });
    await until('ready', isReady);
    rmSync(repository.path, { recursive: true });
    expect(ready(await until('gone', because('ErrorValidatingPermissions')))?.message).toContain('not found');
    await BareRepository.create(repository.path);
    await engine.until(GitStateStore.type, storeName(), 'ready', isReady, 20_000);
  });

  it('Q-37, B-DEL-17: a deleted store is closed, and its Destination says that it is not found', async () => {
    const repository = await aRepository();
    putSecret('right');
    putStore();
    const name = `dest-${number}`;
    engine.put(Destination.type, { metadata: { name }, spec: { path: name, stateStoreRef: { kind: 'GitStateStore', name: storeName() } } });
    await engine.until(Destination.type, name, 'ready', isReady);
    const before = await repository.head();
    engine.server.remove(GitStateStore.type, storeName());
    await engine.until(Destination.type, name, 'not ready', because('StateStoreNotFound'));
    engine.put(Destination.type, { metadata: { name }, spec: { path: `${name}-2`, stateStoreRef: { kind: 'GitStateStore', name: storeName() } } });
    expect(await repository.head()).toBe(before);
    putStore();
    await engine.until(Destination.type, name, 'ready again', isReady);
    expect(await repository.files()).toEqual(expect.arrayContaining([`${name}-2/resources/kratix-canary-configmap.yaml`]));
  });
});

describe('C47: a store that stops working under its placements', () => {
  const pushes = () => server.requests.filter(line => line.includes(`r${number}.git`) && line.includes('receive-pack')).length;

  function putPlacement(name: string, text: string): void {
    const workloads = [{ filepath: 'a.yaml', content: encodeContent(text) }];
    const labels = { 'kratix.io/pipeline-name': 'configure' };
    const spec = { targetDestinationName: `dest-${number}`, promiseName: 'redis', resourceName: name, id: '5058f1af8388633f609cadb75a75dc9d', workloads };
    engine.put(WorkPlacement.type, { metadata: { name, namespace: 'default', labels, finalizers: ['finalizers.workplacement.kratix.io/repo-cleanup'] }, spec });
  }

  async function aDestination() {
    const repository = await aRepository();
    putSecret('right');
    putStore();
    engine.put(Destination.type, { metadata: { name: `dest-${number}` }, spec: { path: 'dest', stateStoreRef: { kind: 'GitStateStore', name: storeName() } } });
    await engine.until(Destination.type, `dest-${number}`, 'ready', isReady);
    return repository;
  }

  it('says so itself at the next write, is asked ever more rarely, and all is written when it works again', async () => {
    const repository = await aDestination();
    fault = (_, response) => response.writeHead(503).end('closed for repairs') !== undefined;
    for (let count = 0; count < 20; count += 1) putPlacement(`p${number}-${count}`, 'a: 1\n');
    expect(ready(await until('refused', because('ErrorValidatingPermissions')))?.message).toContain('503');
    const waiting = await engine.until(WorkPlacement.type, `default/p${number}-0`, 'waiting', object => ready(object)?.status === 'False');
    expect(ready(waiting)?.reason).toBe('WorkloadsFailedWrite');
    const before = server.requests.length;
    await expect(eventually('no more questions', () => server.requests.length > before + 6, 3_000)).rejects.toThrow('waited');
    fault = undefined;
    for (let count = 0; count < 20; count += 1) await engine.until(WorkPlacement.type, `default/p${number}-${count}`, 'written', isReady, 20_000);
    expect(await repository.files()).toHaveLength(22);
  });

  it('C46: a hook that refuses everything is asked ever more rarely, and its words are in each placement', async () => {
    const repository = await aDestination();
    repository.hook('pre-receive', 'echo "closed on Sundays" >&2; exit 1');
    putPlacement(`p${number}`, 'a: 1\n');
    const refused = await engine.until(WorkPlacement.type, `default/p${number}`, 'refused', object => ready(object)?.status === 'False');
    const words = findCondition(refused.status?.conditions as Condition[], 'WriteSucceeded')?.message;
    expect(words).toContain('closed on Sundays');
    const before = pushes();
    await expect(eventually('no more questions', () => pushes() > before + 8, 3_000)).rejects.toThrow('waited');
    repository.removeHook('pre-receive');
    await engine.until(WorkPlacement.type, `default/p${number}`, 'written', isReady, 20_000);
  });
});

describe('spec.fetchInterval', () => {
  it.each([
    [undefined, 300_000],
    ['0', undefined],
    ['1h30m', 5_400_000],
    ['1ms', 1_000],
  ])('%s is %s ms', (fetchInterval, ms) => expect(fetchIntervalOf({ fetchInterval })).toBe(ms));
  it.each(['-1s', '5', 'x'])('%s is refused', fetchInterval => expect(() => fetchIntervalOf({ fetchInterval })).toThrow('spec.fetchInterval'));
});
