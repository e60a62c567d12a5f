import { randomUUID } from 'node:crypto';
import { bucketStateStoreType, type StateStore } from '@kratix-ts/core';
import { S3Server } from '@kratix-ts/core/testing';
import { atLeast, atMost, median, type Row } from '../table';
import { placements } from './placements';

const PLACEMENTS = 1_000;
const OBJECTS = PLACEMENTS * 3;
const ROUNDS = 3;

interface Place {
  name: string;
  open(path: string): StateStore;
}

/** The server that the environment names, as the tests of bucket stores take it. */
function realPlace(): Place | undefined {
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: accessKeyID = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '', S3_BUCKET: bucketName = 'kratix' } = process.env;
  if (!endpoint) return undefined;
  const open = (path: string) => bucketStateStoreType.create({
    name: 'bench', spec: { endpoint, bucketName, path, insecure: endpoint.startsWith('http:') }, secret: { accessKeyID, secretAccessKey }, allowLocal: false, cacheDir: '',
  });
  return { name: 'a real server', open };
}

function ownPlace(server: S3Server): Place {
  const open = (path: string) => bucketStateStoreType.create({
    name: 'bench', spec: { endpoint: server.endpoint, bucketName: server.bucket, path, insecure: true }, secret: { accessKeyID: 'key', secretAccessKey: 'secret' }, allowLocal: false, cacheDir: '',
  });
  return { name: 'a stand-in', open };
}

/** Objects per second of one pass from a store that is ready; afterwards nothing is left. */
async function pass({ open }: Place): Promise<number> {
  const store = open(`bench-${randomUUID()}`);
  const changes = placements(PLACEMENTS);
  await store.check();
  const began = performance.now();
  await Promise.all(changes.map(change => store.submit(change)));
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(changes.map(change => store.submit({ ...change, put: new Map() })));
  await store.close();
  return OBJECTS / seconds;
}

/** Figures of the bucket store; its speed on a real server where the environment names one. */
export async function measureBucket(): Promise<Row[]> {
  const server = await S3Server.start();
  try {
    const place = realPlace() ?? ownPlace(server);
    const speeds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) speeds.push(await pass(place));
    server.calls.length = 0;
    await pass(ownPlace(server));
    // one of them is the check's, before the pass
    const lists = server.calls.filter(call => call.startsWith('LIST')).length - 1;
    return [
      atLeast('bucket', `${PLACEMENTS} placements of 3 files to ${place.name}`, median(speeds), 'objects/s', 300),
      atMost('bucket', 'the same: listings in one pass', lists, '', 1),
    ];
  } finally {
    await server.stop();
  }
}
