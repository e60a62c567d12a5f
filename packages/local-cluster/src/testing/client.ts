import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { startCluster, type Cluster, type ClusterOptions } from '../cluster';
import type { Json } from '../schema/types';
import type { StoredObject } from '../store/store';

export interface Answer {
  code: number;
  body: StoredObject & { items: StoredObject[]; message: string; reason: string };
  headers: Record<string, string | string[] | undefined>;
}

export interface CallOptions {
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
  /** Without a certificate. */
  anonymous?: boolean;
}

export interface Event {
  type: string;
  object: StoredObject & { code?: number };
}

/** How long a test waits for one event, in milliseconds. */
const PATIENCE = 10_000;

/** Talks to a cluster over HTTP, for tests. */
export class TestClient {
  readonly #agents: { admin: Agent; nobody: Agent };
  readonly #server: string;

  constructor(cluster: Cluster, dir: string) {
    const read = (name: string) => readFileSync(join(dir, 'pki', name));
    this.#server = cluster.server;
    this.#agents = {
      admin: new Agent({ keepAlive: true, ca: cluster.ca, cert: read('admin.crt'), key: read('admin.key') }),
      nobody: new Agent({ keepAlive: true, ca: cluster.ca }),
    };
  }

  call(method: string, path: string, { body, type = 'application/json', headers = {}, anonymous = false }: CallOptions = {}): Promise<Answer> {
    const content = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const agent = anonymous ? this.#agents.nobody : this.#agents.admin;
      const sent = request(`${this.#server}${path}`, { method, agent, headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(content), ...headers } }, response => {
        let text = '';
        response.setEncoding('utf8').on('data', chunk => (text += chunk));
        response.on('end', () => {
          const isJson = String(response.headers['content-type']).startsWith('application/json');
          resolve({ code: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text, headers: response.headers });
        });
      });
      sent.on('error', reject).end(content);
    });
  }

  get = (path: string, options?: CallOptions) => this.call('GET', path, options);
  post = (path: string, body: unknown) => this.call('POST', path, { body });
  merge = (path: string, body: unknown) => this.call('PATCH', path, { body, type: 'application/merge-patch+json' });
  apply = (path: string, body: unknown) => this.call('PATCH', path, { body, type: 'application/apply-patch+yaml' });
  delete = (path: string, body?: unknown) => this.call('DELETE', path, { body });

  /** Opens a watch; `next` waits for its next event. */
  watch(path: string, headers: Record<string, string> = {}): { next(): Promise<Event | undefined>; close(): void } {
    const events: (Event | undefined)[] = [];
    let wake = () => {};
    const push = (event: Event | undefined) => {
      events.push(event);
      wake();
    };
    const sent = request(`${this.#server}${path}`, { agent: this.#agents.admin, headers }, response => {
      let rest = '';
      response.setEncoding('utf8').on('data', chunk => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) push(JSON.parse(line));
      });
      response.on('end', () => push(undefined));
      response.on('error', () => push(undefined));
    });
    sent.on('error', () => push(undefined)).end();
    const next = async () => {
      if (events.length === 0) {
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`no event of ${path} within ${PATIENCE} ms`)), PATIENCE);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return events.shift();
    };
    return { next, close: () => sent.destroy() };
  }

  close(): void {
    this.#agents.admin.destroy();
    this.#agents.nobody.destroy();
  }
}

/** A cluster without pods in a folder, and a client for it. */
export async function startTestCluster(dir: string, options: Partial<ClusterOptions> = {}) {
  const problems: string[] = [];
  const note = (_fields: object, message: string) => problems.push(message);
  const cluster = await startCluster({ dir, pods: false, log: { info: () => {}, warn: note, error: note }, ...options });
  const client = new TestClient(cluster, dir);
  const stop = async () => {
    client.close();
    await cluster.stop();
  };
  return { cluster, client, problems, stop };
}

/** Asks until the answer pleases, with every turn of the event loop; says what it waited for when it gives up. */
export async function eventually<T>(what: string, ask: () => Promise<T>, isGood: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${PATIENCE} ms; last seen: ${JSON.stringify(answer).slice(0, 500)}`);
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** A definition with a free-form spec, a status and two printed columns. */
export function aDefinition(group: string, kind: string, more: Json = {}, schema: Json = {}): Json {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
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
                spec: { type: 'object', properties: { size: { type: 'integer', default: 1 }, note: { type: 'string' } }, ...schema },
                status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      ],
      ...more,
    },
  };
}
