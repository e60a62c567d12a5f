import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type DynamicObject, typeOf } from '@kratix-ts/core/kube';
import { S3Server } from '@kratix-ts/core/testing';
import { aContainer, aDestination, aName, aPipeline, aPromise, aRequest, conditionOf, PLATFORM, TestCluster, types } from './support';

/* A request's whole life where the state store is a bucket: on the S3 server that the environment names, else on a stand-in. */

const BucketStateStore = typeOf(PLATFORM, 'BucketStateStore', 'bucketstatestores', false);

/** One prefix of a bucket, seen as whoever fetches from it sees it. */
class Bucket {
  readonly path = `suite-${randomUUID()}`;
  private readonly client: S3Client;

  private constructor(readonly endpoint: string, readonly name: string, readonly keys: { accessKeyId: string; secretAccessKey: string }, private readonly standIn?: S3Server) {
    this.client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: keys });
  }

  static async open(): Promise<Bucket> {
    const { S3_ENDPOINT, S3_ACCESS_KEY_ID: accessKeyId = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '', S3_BUCKET = 'kratix' } = process.env;
    if (S3_ENDPOINT) return new Bucket(S3_ENDPOINT, S3_BUCKET, { accessKeyId, secretAccessKey });
    const standIn = await S3Server.start();
    return new Bucket(`http://${standIn.endpoint}`, standIn.bucket, { accessKeyId: 'key', secretAccessKey: 'secret' }, standIn);
  }

  /** Text by key below the path. */
  async texts(): Promise<Record<string, string>> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: this.name, Prefix: `${this.path}/` }));
    const found = Contents.map(async ({ Key = '' }) => {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key }));
      return [Key.slice(this.path.length + 1), (await Body?.transformToString()) ?? ''] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  }

  async put(key: string, text: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: `${this.path}/${key}`, Body: text }));
  }

  async close(): Promise<void> {
    for (const key of Object.keys(await this.texts())) await this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: `${this.path}/${key}` }));
    this.client.destroy();
    await this.standIn?.stop();
  }
}

let cluster: TestCluster;
let bucket: Bucket;
const name = aName('bucket-');

beforeAll(async () => {
  cluster = await TestCluster.open();
  bucket = await Bucket.open();
  const stringData = { accessKeyID: bucket.keys.accessKeyId, secretAccessKey: bucket.keys.secretAccessKey };
  const data = Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  const secret = { name, namespace: cluster.namespace };
  await cluster.create(types.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: secret, data } as DynamicObject);
  const spec = { endpoint: bucket.endpoint, bucketName: bucket.name, path: bucket.path, insecure: bucket.endpoint.startsWith('http:'), secretRef: secret, fetchInterval: '1s' };
  await cluster.create(BucketStateStore, { apiVersion: PLATFORM, kind: 'BucketStateStore', metadata: { name }, spec } as DynamicObject);
});
afterAll(async () => {
  await cluster?.close();
  await bucket?.close();
});

async function destination(pool: string, spec: Record<string, unknown> = {}): Promise<string> {
  const made = aDestination({ labels: { pool }, store: name });
  const object = { ...made, spec: { ...(made.spec as object), ...spec, stateStoreRef: { kind: 'BucketStateStore', name } } };
  await cluster.create(types.Destination, object);
  await cluster.untilCondition(types.Destination, made.metadata, 'Ready');
  return made.metadata.name;
}

const below = async (place: string) => Object.fromEntries(Object.entries(await bucket.texts()).filter(([key]) => key.startsWith(`${place}/`)).map(([key, text]) => [key.slice(place.length + 1), text]));
const isBeside = (path: string) => !path.includes('kratix-canary');

const script = `
word=$(sed -n 's/^ *word: *"*\\([^"]*\\)"*$/\\1/p' /kratix/input/object.yaml)
printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: %s\\n' "$word" >/kratix/output/config.yaml`;

it.each([
  ['nestedByMetadata', /^resources\/.*\/config\.yaml$/u],
  ['none', /^config\.yaml$/u],
  ['aggregatedYAML', /^aggregated\.yaml$/u],
])('B-SS-61, B-SS-63, C56: a request is delivered, edited and taken away, and nothing is left (%s)', async (mode, path) => {
  const pool = aName('pool');
  const place = await destination(pool, { filepath: { mode }, cleanup: 'all' });
  await bucket.put('theirs/readme.txt', 'left alone');
  const promise = aPromise({ workflows: { resource: { configure: [aPipeline([aContainer(script)])] } }, selector: { pool } });
  await cluster.install(promise);
  const request = aRequest(promise.type, cluster.namespace, { word: 'one' });
  await cluster.create(promise.type, request);
  await cluster.untilReady(promise.type, request.metadata);
  const files = async () => Object.entries(await below(place)).filter(([key]) => path.test(key)).map(([, text]) => text.trim());
  expect(await files()).toEqual(['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one']);

  await cluster.merge(promise.type, request.metadata, { spec: { word: 'two' } });
  await cluster.untilReady(promise.type, request.metadata);
  expect(await files()).toEqual(['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two']);
  const placements = (await cluster.view(types.WorkPlacement)).list().filter(each => each.spec?.targetDestinationName === place);
  expect(placements).toHaveLength(1);
  expect(placements[0].status).toMatchObject({ versionID: expect.stringMatching(/^[0-9a-f]{64}$/u), lastWrite: { pathsHash: expect.stringMatching(/^[0-9a-f]{64}$/u) } });

  await cluster.delete(promise.type, request.metadata);
  await cluster.untilGone(promise.type, request.metadata);
  expect(Object.keys(await below(place)).filter(isBeside)).toEqual([]);
  await cluster.delete(types.Destination, { name: place });
  await cluster.untilGone(types.Destination, { name: place });
  expect(await bucket.texts()).toEqual({ 'theirs/readme.txt': 'left alone' });
});

it('Q-56, C50: an object that somebody changed is put right, and the placement names it', async () => {
  const pool = aName('pool');
  const place = await destination(pool);
  const promise = aPromise({ workflows: { resource: { configure: [aPipeline([aContainer(script)])] } }, selector: { pool } });
  await cluster.install(promise);
  const request = aRequest(promise.type, cluster.namespace, { word: 'right' });
  await cluster.create(promise.type, request);
  await cluster.untilReady(promise.type, request.metadata);
  const [key] = Object.keys(await below(place)).filter(isBeside);
  await bucket.put(`${place}/${key}`, 'edited');
  const [placement] = (await cluster.view(types.WorkPlacement)).list().filter(each => each.spec?.targetDestinationName === place);
  const repaired = await cluster.untilObject(types.WorkPlacement, placement.metadata, 'repaired', object => conditionOf(object, 'Drifted')?.reason === 'Repaired');
  expect(conditionOf(repaired, 'Drifted')?.message).toContain('config.yaml" was edited by hand');
  expect((await below(place))[key]).toContain('name: right');
});
