import { KubeConfig } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { ConnectionError } from './errors';

/** Which server to speak to, and as whom. All empty: KUBECONFIG, ~/.kube/config, or the service account of the pod. */
export interface ClusterSource {
  /** Path of a kubeconfig. */
  file?: string;
  /** A kubeconfig's content, instead of a path. */
  text?: string;
  /** Name of a context in it; default: its current context. */
  context?: string;
  /** Uses the pod's service account. */
  inCluster?: boolean;
  /** A server by its address, without any kubeconfig. */
  server?: ServerSource;
}

/** A server by its address, and the service account that it is spoken to as. */
export interface ServerSource {
  /** `https://…`. */
  url: string;
  token?: string;
  /** A file with the token, read again every minute. */
  tokenFile?: string;
  /** The authority's certificate: PEM in base64, or the path of a PEM file. Without either, those that Node trusts. */
  caData?: string;
  caFile?: string;
  /** Believes any certificate. */
  skipTLSVerify?: boolean;
}

/** What a connection needs. `identity` changes when the TLS material does. */
export interface Credentials {
  headers: Record<string, string>;
  tls: TlsOptions;
  identity: string;
}

export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** How long credentials are used before files and plugins are asked again, in milliseconds. */
const MAX_AGE_MS = 60_000;

/** Credentials of one user for one server. Refreshed once a minute, and when the server refuses them. */
export class CredentialSource {
  readonly server: string;
  readonly proxyUrl?: string;
  private current?: Promise<Credentials>;
  private loadedAt = 0;

  constructor(private readonly config: KubeConfig, private readonly now: () => number = Date.now) {
    const cluster = config.getCurrentCluster();
    if (!cluster) {
      throw new Error(
        `kubeconfig: context "${config.getCurrentContext()}" names no cluster; set current-context to one of: ${
          config
            .getContexts()
            .map(({ name }) => name)
            .join(', ') || '(none)'
        }`,
      );
    }
    this.server = cluster.server.replace(/\/+$/, '');
    this.proxyUrl = cluster.proxyUrl;
  }

  /** The namespace that the context names, if any. */
  get namespace(): string | undefined {
    return this.config.getContextObject(this.config.getCurrentContext())?.namespace;
  }

  get(): Promise<Credentials> {
    if (!this.current || this.now() - this.loadedAt > MAX_AGE_MS) this.refresh();
    return this.current ?? this.load();
  }

  /** Forgets what is known; the next {@link get} asks files and plugins again. */
  refresh() {
    this.loadedAt = this.now();
    const loading = this.load();
    this.current = loading;
    loading.catch(() => {
      if (this.current === loading) this.current = undefined;
    });
  }

  private async load(): Promise<Credentials> {
    const options: RequestOptions = {};
    try {
      await this.config.applyToHTTPSOptions(options);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new ConnectionError(`kubeconfig: no credentials for ${this.server}: ${words}`, { cause: error });
    }
    const { ca = this.clusterCa(), cert, key, servername, rejectUnauthorized } = options;
    const tls = withoutUndefined({
      ca: oneOf(ca),
      cert: oneOf(cert),
      key: oneOf(key),
      servername,
      rejectUnauthorized: rejectUnauthorized ?? (this.config.getCurrentCluster()?.skipTLSVerify ? false : undefined),
    });
    const headers = Object.fromEntries(
      Object.entries(options.headers ?? {}).flatMap(([name, value]) =>
        value === undefined ? [] : [[name.toLowerCase(), String(value).trim()]],
      ),
    );
    if (options.auth) headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    return { headers, tls, identity: JSON.stringify(Object.values(tls).map(String)) };
  }

  /** A context without a user has a CA all the same. */
  private clusterCa(): Buffer | undefined {
    const cluster = this.config.getCurrentCluster();
    if (cluster?.caData) return Buffer.from(cluster.caData, 'base64');
    return cluster?.caFile ? readFileSync(cluster.caFile) : undefined;
  }
}

/** Only single PEM texts are ever set; Node's types allow more. */
function oneOf(value: unknown): string | Buffer | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined;
}

function withoutUndefined<T extends object>(value: T): T {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key];
  return value;
}

function loadServer(config: KubeConfig, { url, token, tokenFile, caData, caFile, skipTLSVerify = false }: ServerSource): void {
  const name = 'server';
  config.loadFromClusterAndUser(
    { name, server: url, caData, caFile, skipTLSVerify },
    { name, token, ...(tokenFile && { authProvider: { name: 'tokenFile', config: { tokenFile } } }) },
  );
}

/** Reads a kubeconfig. Throws with the file's name when it cannot be read or names an unknown context. */
export function loadCredentials(source: ClusterSource = {}): CredentialSource {
  const config = new KubeConfig();
  if (source.server) {
    loadServer(config, source.server);
    return new CredentialSource(config);
  }
  const where = source.file ?? (source.text === undefined ? 'the default kubeconfig' : 'the given kubeconfig');
  try {
    if (source.inCluster) config.loadFromCluster();
    else if (source.text !== undefined) config.loadFromString(source.text);
    else if (source.file !== undefined) config.loadFromFile(source.file);
    else config.loadFromDefault();
  } catch (error) {
    throw new Error(`${where} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (source.context !== undefined) {
    if (!config.getContextObject(source.context)) {
      const known = config.getContexts().map(({ name }) => name);
      throw new Error(`${where} has no context "${source.context}"; it has: ${known.join(', ') || '(none)'}`);
    }
    config.setCurrentContext(source.context);
  }
  return new CredentialSource(config);
}
