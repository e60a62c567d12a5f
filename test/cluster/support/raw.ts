import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { parseYaml } from '@kratix-ts/core/kube';

interface Kubeconfig {
  'current-context': string;
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: { name: string; cluster: { server: string; 'certificate-authority-data'?: string; 'certificate-authority'?: string } }[];
  users: { name: string; user: Record<string, string | undefined> }[];
}

/** A part of an answer of which a test says nothing beforehand. */
export interface Part {
  [field: string]: Part;
}

/** A JSON answer; what its body holds is for the tests to say. */
export interface Answered<T = Part> {
  code: number;
  body: T;
  warnings: string[];
}

export interface RawOptions {
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
  /** Speaks for this token's owner, and not for the kubeconfig's user. */
  token?: string;
}

const MERGE = 'application/merge-patch+json';

/** Plain calls to the API server of a kubeconfig, for tests of the answers themselves. */
export class RawClient {
  private readonly agent: Agent;
  private readonly stranger: Agent;
  private readonly token?: string;
  readonly server: string;

  constructor(file: string) {
    const config = parseYaml(readFileSync(file, 'utf8')) as Kubeconfig;
    const context = config.contexts.find(({ name }) => name === config['current-context'])?.context;
    const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
    const user = config.users.find(({ name }) => name === context?.user)?.user ?? {};
    if (!cluster) throw new Error(`${file} names no cluster in its current context`);
    const content = (data?: string, path?: string) => (data ? Buffer.from(data, 'base64') : path && readFileSync(path));
    const ca = content(cluster['certificate-authority-data'], cluster['certificate-authority']) || undefined;
    const cert = content(user['client-certificate-data'], user['client-certificate']) || undefined;
    const key = content(user['client-key-data'], user['client-key']) || undefined;
    this.agent = new Agent({ keepAlive: true, ca, cert, key });
    this.stranger = new Agent({ keepAlive: true, ca });
    this.token = user.token;
    this.server = cluster.server;
  }

  call<T = Part>(method: string, path: string, { body, type = 'application/json', headers = {}, token }: RawOptions = {}): Promise<Answered<T>> {
    const content = body === undefined ? '' : JSON.stringify(body);
    const bearer = token ?? this.token;
    const all = { Accept: 'application/json', 'Content-Type': type, 'Content-Length': Buffer.byteLength(content), ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}), ...headers };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.server}${path}`, { method, agent: token ? this.stranger : this.agent, headers: all }, response => {
        let text = '';
        response.setEncoding('utf8').on('data', chunk => (text += chunk));
        response.on('end', () => {
          const isJson = String(response.headers['content-type']).startsWith('application/json');
          const warnings = [response.headers.warning ?? []].flat().flatMap(line => [...line.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(match => JSON.parse(`"${match[1]}"`)));
          resolve({ code: response.statusCode ?? 0, body: isJson && text ? JSON.parse(text) : text, warnings });
        });
      });
      sent.on('error', reject).end(content);
    });
  }

  get = <T = Part>(path: string, options?: RawOptions) => this.call<T>('GET', path, options);
  post = (path: string, body: unknown, options?: RawOptions) => this.call('POST', path, { body, ...options });
  put = (path: string, body: unknown, options?: RawOptions) => this.call('PUT', path, { body, ...options });
  merge = (path: string, body: unknown, options?: RawOptions) => this.call('PATCH', path, { body, type: MERGE, ...options });
  patch = (path: string, body: unknown, options?: RawOptions) => this.call('PATCH', path, { body, type: 'application/json-patch+json', ...options });
  delete = (path: string, body?: unknown, options?: RawOptions) => this.call('DELETE', path, { body, ...options });

  /** Asks again until the answer is as wanted; for what a controller of the cluster does in its own time. */
  async eventually<T>(what: string, ask: () => Promise<Answered<T>>, isWanted: (answer: Answered<T>) => boolean, seconds = 60): Promise<Answered<T>> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const answer = await ask();
      if (isWanted(answer)) return answer;
      if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}; the last answer was ${answer.code} ${JSON.stringify(answer.body).slice(0, 2000)}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  close(): void {
    this.agent.destroy();
    this.stranger.destroy();
  }
}
