import { join } from 'node:path';
import { BucketStateStore, Destination, findCondition, GitStateStore, WorkPlacement, type Condition } from '../api';
import { coreTypes } from '../kube';
import type { DynamicObject, ResourceType } from '../kube/types';
import { BareRepository, scratchFolder, startHttpServer, type TestServer } from '../statestore/testing/git-fixtures';
import { S3Server } from '../statestore/testing/s3-server';
import { EngineOnFake } from '../testing/engine-on-fake';
import { eventually } from '../testing/eventually';
import { encodeContent } from '../wire/encoding';

/** Jest loads no module on first use. */
jest.mock('../statestore/bucket', () => {
  const actual = jest.requireActual('../statestore/bucket');
  const sdk = jest.requireActual('@aws-sdk/client-s3');
  return { ...actual, bucketStateStoreType: { ...actual.bucketStateStoreType, create: (options: unknown) => actual.createBucketStore(options, { sdk: async () => sdk }) } };
});
jest.setTimeout(300_000);

/** Milliseconds. */
const PATIENCE = 60_000;
/** Stores that are opened together. */
const TOGETHER = 6;

const scratch = scratchFolder();
const root = join(scratch.path, 'repositories');
let engine: EngineOnFake;
let git: TestServer;
let bucket: S3Server;
let number = 0;

const isReady = (object: DynamicObject) => findCondition(object.status?.conditions as Condition[] | undefined, 'Ready')?.status === 'True';
const encoded = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

type Part = 'placement' | 'destination' | 'store' | 'secret';

function ordersOf(parts: Part[]): Part[][] {
  return parts.length === 0 ? [[]] : parts.flatMap(first => ordersOf(parts.filter(each => each !== first)).map(rest => [first, ...rest]));
}

interface Made {
  kind: 'GitStateStore' | 'BucketStateStore';
  parts: Record<Part, [ResourceType, string]>;
  files(): Promise<string[]>;
}

/** A store with its Secret, a Destination with `cleanup`, and a placement whose file is there. */
async function written(kind: Made['kind'], cleanup: 'all' | 'none'): Promise<Made> {
  number += 1;
  const name = `s${number}`;
  const type = kind === 'GitStateStore' ? GitStateStore.type : BucketStateStore.type;
  const repository = await BareRepository.create(join(root, `${name}.git`));
  const data = encoded(kind === 'GitStateStore' ? { username: 'bot', password: 'right' } : { accessKeyID: 'key', secretAccessKey: 'secret' });
  const secretRef = { name, namespace: 'platform' };
  const spec = kind === 'GitStateStore' ? { url: `${git.url}/${name}.git`, insecure: true, secretRef } : { endpoint: bucket.endpoint, bucketName: 'kratix', path: name, insecure: true, secretRef };
  engine.put(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'platform' }, data });
  engine.put(type, { metadata: { name }, spec });
  engine.put(Destination.type, { metadata: { name }, spec: { path: 'dest', cleanup, stateStoreRef: { kind, name } } });
  await engine.until(Destination.type, name, 'ready', isReady, PATIENCE);
  const workloads = [{ filepath: 'a.yaml', content: encodeContent('a: 1\n') }];
  const metadata = { name, namespace: 'default', labels: { 'kratix.io/pipeline-name': 'configure' }, finalizers: ['finalizers.workplacement.kratix.io/repo-cleanup'] };
  engine.put(WorkPlacement.type, { metadata, spec: { targetDestinationName: name, promiseName: 'redis', resourceName: name, id: '5058f1af8388633f609cadb75a75dc9d', workloads } });
  await engine.until(WorkPlacement.type, `default/${name}`, 'written', isReady, PATIENCE);
  return {
    kind,
    parts: { placement: [WorkPlacement.type, `default/${name}`], destination: [Destination.type, name], store: [type, name], secret: [coreTypes.Secret, `platform/${name}`] },
    files: async () => (kind === 'GitStateStore' ? repository.files() : [...bucket.objects.keys()].filter(key => key.startsWith(`${name}/`)).map(key => key.slice(name.length + 1))),
  };
}

const isThere = ([type, key]: [ResourceType, string]) => engine.server.stored(type).has(key);

/** What is still there long after all parts were deleted in this order. */
async function leftAfter(order: Part[], kind: Made['kind'], cleanup: 'all' | 'none'): Promise<{ order: Part[]; left: Part[] }> {
  const { parts } = await written(kind, cleanup);
  for (const part of order) {
    if (isThere(parts[part])) engine.server.remove(...parts[part]);
    // what can go goes before the next; what has to wait waits
    await eventually('the engine to act', () => !isThere(parts[part]), 300).catch(() => undefined);
  }
  const left = () => order.filter(part => isThere(parts[part]));
  await eventually('everything to be gone', () => left().length === 0, PATIENCE).catch(() => undefined);
  return { order, left: left() };
}

beforeAll(async () => {
  git = await startHttpServer(root, { user: 'bot', password: 'right' });
  bucket = await S3Server.start();
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache') });
});
afterAll(async () => {
  await engine.stop();
  await git.stop();
  await bucket.stop();
  scratch.remove();
});

it.each([['GitStateStore', 'all'], ['BucketStateStore', 'all'], ['BucketStateStore', 'none']] as const)(
  'C55: placement, Destination, %s and its Secret may be deleted in any order: all of them end (cleanup: %s)',
  async (kind, cleanup) => {
    const orders = ordersOf(['placement', 'destination', 'store', 'secret']);
    for (let from = 0; from < orders.length; from += TOGETHER) {
      const left = await Promise.all(orders.slice(from, from + TOGETHER).map(order => leftAfter(order, kind, cleanup)));
      expect(left).toEqual(left.map(({ order }) => ({ order, left: [] })));
    }
  },
);

it.each(['GitStateStore', 'BucketStateStore'] as const)('C56: in a %s cleanup all leaves nothing of ours, none leaves the files', async kind => {
  const [all, none] = await Promise.all([written(kind, 'all'), written(kind, 'none')]);
  for (const { parts } of [all, none]) engine.server.remove(...parts.destination);
  await eventually('the Destinations to be gone', () => !isThere(all.parts.destination) && !isThere(none.parts.destination), PATIENCE);
  expect(await all.files()).toEqual([]);
  expect(await none.files()).toEqual(expect.arrayContaining([expect.stringMatching(/\/a\.yaml$/u), expect.stringContaining('kratix-canary-configmap.yaml')]));
});
