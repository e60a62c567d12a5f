import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DestinationAgent } from '@kratix-ts/cli';
import { type DynamicObject, parseYaml, typeOf } from '@kratix-ts/core/kube';
import { crdOf, aPipeline, aPromise, canBringImages, bringStandIn, TestCluster, types } from './support';

/*
 * Promises of the Kratix marketplace, as published, with stand-ins for their images. DATA_DIR names the folder that holds
 * `promises/NAME/promise.yaml` and `resource-request.yaml`; without it the suite is skipped. Their names are fixed, so one
 * cluster runs this once at a time.
 */

const folder = process.env.DATA_DIR ? join(process.env.DATA_DIR, 'promises') : '';
const isRunnable = existsSync(folder) && canBringImages();

interface Expected {
  resource: [files: number, bytes: number];
  promise?: [files: number, bytes: number];
  status?: Record<string, unknown>;
  /** How many Destinations the request's files go to. */
  groups?: number;
}

/** What the published pipelines write for the example request. */
const expected: Record<string, Expected> = {
  redis: { resource: [1, 784], promise: [2, 811_952] },
  namespace: { resource: [1, 68] },
  jenkins: { resource: [1, 1_450], promise: [2, 218_347] },
  kafka: { resource: [3, 1_506], promise: [2, 1_190_059], groups: 2 },
  tekton: { resource: [3, 142_629] },
  'mongodb-full': { resource: [2, 782], promise: [1, 26_774], status: { connection: { host: 'example-mongodb-svc' } } },
  runtime: { resource: [3, 1_241], promise: [1, 21_478], status: { url: 'http://example-runtime.example.com' } },
};

interface Published {
  promise: DynamicObject;
  request: DynamicObject;
}

function read(name: string): Published {
  const load = (file: string) => parseYaml(readFileSync(join(folder, name, file), 'utf8'), file) as DynamicObject;
  return { promise: { ...load('promise.yaml'), status: undefined }, request: load('resource-request.yaml') };
}

/** The images that the published Promises name. */
function imagesOf(promises: DynamicObject[]): string[] {
  return [...new Set(JSON.stringify(promises).match(/ghcr\.io\/[^"]+:v[0-9.]+/g) ?? [])];
}

function typeOfRequest({ promise, request }: Published) {
  const { spec } = promise.spec?.api as { spec: { names: { plural: string } } };
  return typeOf(request.apiVersion, request.kind, spec.names.plural);
}

let cluster: TestCluster;
let dev: string;
let platform: string;
let agent: DestinationAgent | undefined;

/** Files and bytes that are in the store below a folder of either Destination. */
async function delivered(below: string): Promise<[number, number]> {
  const files = [...(await cluster.filesIn(`${dev}/${below}`)).values(), ...(await cluster.filesIn(`${platform}/${below}`)).values()];
  return [files.length, files.reduce((sum, text) => sum + Buffer.byteLength(text), 0)];
}

const ofRequest = (promise: DynamicObject, name: string) => delivered(`resources/${cluster.namespace}/${promise.metadata.name}/${name}`);
const ofPromise = (promise: DynamicObject) => delivered(`dependencies/${promise.metadata.name}`);

async function install({ promise }: Published) {
  await cluster.create(types.Promise, promise);
  await cluster.untilCondition(types.Promise, promise.metadata, 'Available');
}

async function request(published: Published) {
  const type = typeOfRequest(published);
  const object = { ...published.request, metadata: { ...published.request.metadata, namespace: cluster.namespace } };
  await cluster.create(type, object);
  return { ready: await cluster.untilReady(type, object.metadata), object, type };
}

(isRunnable ? describe : describe.skip)('the marketplace’s Promises, unchanged', () => {
  beforeAll(async () => {
    cluster = await TestCluster.open();
    const promises = Object.keys(expected).concat('app-stack').map(name => read(name).promise);
    await bringStandIn([...imagesOf(promises), 'ghcr.io/syntasso/kratix-marketplace/postgresql-stand-in:v0.1.0']);
    dev = await cluster.destination({ environment: 'dev' }, { strictMatchLabels: false });
    platform = await cluster.destination({ environment: 'platform' });
  });
  afterAll(async () => {
    await agent?.stop();
    await cluster?.close();
  });

  it.each(Object.entries(expected))('%s: its example request is Reconciled with as many files and bytes as published', async (name, { resource, promise, status, groups = 1 }) => {
    const published = read(name);
    await install(published);
    const { ready, object, type } = await request(published);
    expect(ready.status).toMatchObject(status ?? {});
    expect(await ofRequest(published.promise, object.metadata.name)).toEqual(resource);
    if (promise) {
      await cluster.untilCondition(types.Promise, published.promise.metadata, 'Reconciled');
      expect(await ofPromise(published.promise)).toEqual(promise);
    }
    const work = (await cluster.view(types.Work)).list().find(({ metadata: { labels = {}, namespace } }) => labels['kratix.io/resource-name'] === object.metadata.name && namespace === cluster.namespace);
    expect((work?.spec as { workloadGroups: unknown[] }).workloadGroups).toHaveLength(groups);
    await cluster.delete(type, object.metadata);
    await cluster.untilGone(type, object.metadata);
    expect(await ofRequest(published.promise, object.metadata.name)).toEqual([0, 0]);
    if (name === 'runtime') return; // app-stack requires it
    await cluster.delete(types.Promise, published.promise.metadata);
    await cluster.untilGone(types.Promise, published.promise.metadata);
  });

  it('app-stack: requests what it requires, waits for it, and is Reconciled', async () => {
    const stack = read('app-stack');
    await cluster.create(types.Promise, stack.promise);
    await cluster.untilObject(types.Promise, stack.promise.metadata, 'Unavailable: a required Promise is missing', found => (found.status as { status?: string })?.status === 'Unavailable');
    const database = typeOf('marketplace.kratix.io/v1alpha1', 'postgresql', 'postgresqls');
    const container = { name: 'database', image: 'ghcr.io/syntasso/kratix-marketplace/postgresql-stand-in:v0.1.0' };
    const made = aPromise({ name: 'postgresql', type: database, selector: { environment: 'dev' }, api: crdOf(database), workflows: { resource: { configure: [aPipeline([container], { name: 'configure' })] } } });
    await cluster.install({ ...made, object: { ...made.object, metadata: { ...made.object.metadata, labels: { 'kratix.io/promise-version': 'v1.0.0-beta.5' } } } });
    await cluster.untilCondition(types.Promise, stack.promise.metadata, 'Available');
    agent = new DestinationAgent({
      kube: cluster.kube,
      repository: cluster.store,
      paths: [platform],
      inventory: { namespace: cluster.namespace, name: 'platform' },
      log: { info: () => {}, warn: () => {} },
    });
    agent.start();
    const { object } = await request(stack);
    const runtime = typeOf('marketplace.kratix.io/v1alpha1', 'Runtime', 'runtimes');
    await cluster.untilReady(runtime, object.metadata);
    expect(await ofRequest(stack.promise, object.metadata.name)).toEqual([2, 352 + 429]);
    expect([...(await cluster.filesIn(dev)).keys()].filter(path => path.includes(`/runtime/${object.metadata.name}/`))).toHaveLength(3);
  });
});
