import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { loadIdentity } from '../auth/identity';
import { startCluster } from '../cluster';

export interface ApiMeasurement {
  callsPerSecond: number;
  /** Milliseconds, over all calls. */
  median: number;
  p99: number;
  stored: number;
}

export interface MeasureOptions {
  /** Objects in the store, of about 3 kB each. */
  stored?: number;
  connections?: number;
  seconds?: number;
}

interface ClientData {
  server: string;
  ca: string;
  certificate: string;
  key: string;
  path: string;
  stored: number;
  connections: number;
  seconds: number;
}

const GROUP = 'bench.kratix-ts.dev';
const nameOf = (index: number) => `thing-${index}`;

const definition = {
  metadata: { name: `things.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['count'],
                properties: {
                  count: { type: 'integer', minimum: 0 },
                  size: { type: 'string', enum: ['small', 'large'], default: 'small' },
                  parts: {
                    type: 'array',
                    items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, note: { type: 'string', maxLength: 200 } } },
                  },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

function aThing(index: number) {
  const parts = Array.from({ length: 24 }, (_, part) => ({ name: `part-${part}`, note: 'x'.repeat(80) }));
  return { apiVersion: `${GROUP}/v1`, kind: 'Thing', metadata: { name: nameOf(index), namespace: 'default', labels: { half: String(index % 2) } }, spec: { count: 0, parts } };
}

/**
 * The client, in a thread of its own: each connection makes one call after the other, half of them reads and half merge
 * patches. It is sent to the thread as text, so it may use nothing from outside.
 */
async function client(): Promise<void> {
  const https = process.getBuiltinModule('node:https');
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const data = workerData as ClientData;
  const end = performance.now() + data.seconds * 1000;
  const times: number[] = [];
  const call = (agent: import('node:https').Agent, index: number, patches: boolean) =>
    new Promise<void>((resolve, reject) => {
      const body = patches ? JSON.stringify({ spec: { count: times.length } }) : '';
      const headers = patches ? { 'Content-Type': 'application/merge-patch+json', 'Content-Length': body.length } : {};
      const request = https.request(`${data.server}${data.path}/thing-${index}`, { agent, method: patches ? 'PATCH' : 'GET', headers }, response => {
        response.on('data', () => {}).on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`))));
      });
      request.on('error', reject).end(body);
    });
  const connection = async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: data.ca, cert: data.certificate, key: data.key });
    for (let turn = 0; performance.now() < end; turn++) {
      const begin = performance.now();
      await call(agent, Math.floor(Math.random() * data.stored), turn % 2 === 1);
      times.push(performance.now() - begin);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: data.connections }, connection));
  times.sort((a, b) => a - b);
  parentPort?.postMessage({
    callsPerSecond: Math.round(times.length / data.seconds),
    median: times[Math.floor(times.length / 2)],
    p99: times[Math.floor(times.length * 0.99)],
  });
}

function runClient(workerData: ClientData): Promise<Omit<ApiMeasurement, 'stored'>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(`(${client.toString()})()`, { eval: true, workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`the client of the benchmark ended with ${code}`)));
  });
}

/** How many calls a second the API server answers over TLS, half GET and half merge patch, with the client on this machine. */
export async function measure({ stored = 10_000, connections = 16, seconds = 10 }: MeasureOptions = {}): Promise<ApiMeasurement> {
  const dir = await mkdtemp(join(tmpdir(), 'kratix-bench-api-'));
  const say = (_fields: object, message: string) => process.stderr.write(`${message}\n`);
  const cluster = await startCluster({ dir, pods: false, log: { info: () => {}, warn: say, error: say } });
  try {
    cluster.api.create({ group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' }, definition);
    await new Promise(resolve => setImmediate(resolve));
    for (let index = 0; index < stored; index++) cluster.api.create({ group: GROUP, plural: 'things' }, aThing(index));
    const { admin } = loadIdentity(join(dir, 'pki'), [], new Date());
    const path = `/apis/${GROUP}/v1/namespaces/default/things`;
    const result = await runClient({ server: cluster.server, ca: cluster.ca, certificate: admin.certificate, key: admin.key, path, stored, connections, seconds });
    return { ...result, stored };
  } finally {
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
