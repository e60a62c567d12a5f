import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Destination, findCondition, GitStateStore, WorkPlacement, type Condition } from '../api';
import { coreTypes } from '../kube';
import type { DynamicObject } from '../kube/types';
import { BareRepository, scratchFolder, startHttpServer, type TestServer } from '../statestore/testing/git-fixtures';
import { EngineOnFake } from '../testing/engine-on-fake';
import { eventually } from '../testing/eventually';
import { listen, shut } from '../testing/http';
import { encodeContent } from '../wire/encoding';

jest.setTimeout(60_000);

const INTERVAL = 1_500;
const scratch = scratchFolder();
let engine: EngineOnFake;
let server: TestServer;
let repository: BareRepository;
let url: string;

const conditionOf = (object: DynamicObject, type: string) => findCondition(object.status?.conditions as Condition[] | undefined, type);
const isReady = (object: DynamicObject) => conditionOf(object, 'Ready')?.status === 'True';
const looks = () => server.requests.filter(line => line.includes('info/refs?service=git-upload-pack')).length;

async function push(body: object, { path = '/GitStateStore/git', secret = 'sesame' } = {}): Promise<number> {
  const text = JSON.stringify(body);
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  return (await fetch(`${url}${path}`, { method: 'POST', body: text, headers: { 'x-hub-signature-256': `sha256=${signature}` } })).status;
}

function putSecret(...values: string[]): void {
  const data = Object.fromEntries(values.map((value, index) => [`key${index}`, Buffer.from(`${value}\n`).toString('base64')]));
  engine.put(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hooks', namespace: 'kratix-platform-system' }, data });
}

beforeAll(async () => {
  const probe = createServer();
  url = await listen(probe);
  const { port } = probe.address() as AddressInfo;
  await shut(probe);
  repository = await BareRepository.create(join(scratch.path, 'repositories', 'r.git'));
  server = await startHttpServer(join(scratch.path, 'repositories'));
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache'), minimumFetchInterval: INTERVAL, pushEvents: { address: `127.0.0.1:${port}`, secret: 'hooks' } });
  engine.put(GitStateStore.type, { metadata: { name: 'git' }, spec: { url: `${server.url}/r.git`, insecure: true, fetchInterval: '0' } });
  engine.put(Destination.type, { metadata: { name: 'one' }, spec: { path: 'one', stateStoreRef: { kind: 'GitStateStore', name: 'git' } } });
  const workloads = [{ filepath: 'a.yaml', content: encodeContent('a: 1\n') }];
  engine.put(WorkPlacement.type, { metadata: { name: 'p', namespace: 'default' }, spec: { targetDestinationName: 'one', promiseName: 'redis', resourceName: 'p', id: '5058f1af8388633f609cadb75a75dc9d', workloads } });
  await engine.until(WorkPlacement.type, 'default/p', 'written', isReady);
});
afterAll(async () => {
  await engine.stop();
  await server.stop();
  scratch.remove();
});

const event = { ref: 'refs/heads/main', after: '0'.repeat(40) };

describe('Q-56: what a git host says', () => {
  it('nobody is let in before there is a secret, nor with a wrong one', async () => {
    expect(await push(event)).toBe(503);
    putSecret('sesame');
    await eventually('the secret to be known', async () => (await push(event, { path: '/GitStateStore/none' })) === 404);
    const before = looks();
    expect(await push(event, { secret: 'sesam' })).toBe(401);
    expect(looks()).toBe(before);
  });

  it('a file that was edited by hand is put right at once, though the store is never looked at by itself', async () => {
    const file = (await repository.files()).find(path => path.endsWith('/a.yaml')) ?? '';
    await repository.commitAs('by hand', { [file]: 'edited' });
    expect(await push(event)).toBe(202);
    const repaired = await engine.until(WorkPlacement.type, 'default/p', 'repaired', object => conditionOf(object, 'Drifted')?.reason === 'Repaired');
    expect(conditionOf(repaired, 'Drifted')?.message).toContain('was edited by hand');
    expect(await repository.read(file)).toBe('a: 1');
  });

  it('one body that is sent again and again is one look in each interval', async () => {
    const before = looks();
    const from = Date.now();
    for (let count = 0; count < 50; count += 1) expect(await push(event)).toBe(202);
    const intervals = Math.ceil((Date.now() - from) / INTERVAL);
    await expect(eventually('more looks', () => looks() > before + intervals + 1, INTERVAL * 2)).rejects.toThrow('waited');
    expect(looks()).toBeGreaterThan(before);
  });

  it('a push to another branch is passed by', async () => {
    expect(await push({ ref: 'refs/heads/feature' })).toBe(200);
    expect(await push({ zen: 'a ping names no branch' })).toBe(202);
  });

  it('a new secret counts beside the old one, and alone when that is taken away', async () => {
    putSecret('sesame', 'newer');
    await eventually('the new one', async () => (await push(event, { secret: 'newer' })) === 202);
    expect(await push(event)).toBe(202);
    putSecret('newer');
    await eventually('the old one to be refused', async () => (await push(event)) === 401);
  });

  it.each(['/', '/GitStateStore', '/GitStateStore/git/../none', '/BucketStateStore/git', '/git'])('%s is no store', async path =>
    expect(await push(event, { path, secret: 'newer' })).toBe(404));
});
