import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { webhookCaller } from './admission/call';
import { priorityAdmission } from './admission/priority';
import { quotaAdmission } from './admission/quota';
import { Webhooks } from './admission/webhooks';
import type { LocalApi } from './api';
import { loadIdentity, writeKubeconfig } from './auth/identity';
import { Tokens } from './auth/tokens';
import { Bindings } from './auth/rbac/bindings';
import { addDefaultRoles } from './auth/rbac/defaults';
import { escalationAdmission } from './auth/rbac/escalation';
import { admitEverything, type Admission, type Authorizer } from './auth/user';
import { builtinStrategies } from './builtin/strategies';
import { accountAdmission, TokenSecrets } from './controllers/accounts';
import { Definitions } from './controllers/definitions';
import { EventExpiry } from './controllers/events';
import { Garbage } from './controllers/garbage';
import { Local } from './controllers/local';
import { Namespaces } from './controllers/namespaces';
import { Quotas } from './controllers/quotas';
import { CollectingRoles } from './controllers/roles';
import { openImages, type Images } from './images';
import { startPods, type PodsOptions } from './pods';
import { Registry } from './registry/registry';
import { Catalog } from './resources/catalog';
import { ApiServer } from './server/server';
import { lockFolder } from './store/lock';
import { Store } from './store/store';

export interface ClusterLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ClusterOptions {
  /** Everything that the cluster keeps. One process at a time. */
  dir: string;
  /** By default the port of the last start, when it is free. */
  port?: number;
  /** Whether and how pods run; by default they do, on the first executor that works here. */
  pods?: boolean | Partial<Pick<PodsOptions, 'executor' | 'allowHostPath' | 'jobBackOff' | 'restartBackOff' | 'images'>>;
  log: ClusterLog;
  /** Who may do what; by default roles and their bindings decide. */
  authorize?: Authorizer;
  /** Sees every write before it is validated. */
  admission?: Admission;
  /** How many changes are remembered for watches that come back. */
  history?: number;
  /** Writes outlive a loss of power, not only the end of this process; each costs a visit to the disk. Off by default. */
  sync?: boolean;
}

export interface Cluster {
  /** The path of a kubeconfig with all rights. */
  kubeconfig: string;
  /** `https://127.0.0.1:PORT` */
  server: string;
  api: LocalApi;
  /** The certificate authority, PEM. */
  ca: string;
  images: Images;
  /** What runs the containers; `none` when nothing does. */
  executor: string;
  /** Ends everything; what was stored stays. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts a Kubernetes-compatible cluster in this process, on this machine alone. */
export async function startCluster(given: ClusterOptions): Promise<Cluster> {
  const options = { ...given, dir: resolve(given.dir) };
  mkdirSync(options.dir, { recursive: true });
  const unlock = lockFolder(options.dir);
  try {
    return await start(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function start(options: ClusterOptions, unlock: () => void): Promise<Cluster> {
  const { dir, log } = options;
  const now = () => new Date();
  const say = (message: string) => log.warn({}, message);
  const identity = loadIdentity(join(dir, 'pki'), [HOST], now());
  const store = new Store(dir, { ...(options.history === undefined ? {} : { history: options.history }), sync: options.sync ?? false });
  const catalog = new Catalog();
  const bindings = new Bindings(store);
  const stopBindings = bindings.start();
  const authorize: Authorizer = options.authorize ?? ((user, attributes) => bindings.authorize(user, attributes));
  const admissions = [accountAdmission(store), priorityAdmission(store), quotaAdmission(store), escalationAdmission(bindings, authorize), options.admission ?? admitEverything];
  const admission: Admission = request => admissions.forEach(admit => admit(request));
  const registry = new Registry({ store, catalog, strategies: builtinStrategies, admission, now });
  const tokens = new Tokens(identity.tokenKey, store, now);
  const ca = identity.authority.certificate;
  const local = new Local({ registry, tokens, ca, log: say });
  const parts = [
    new Definitions(catalog, store, local, now),
    new Namespaces(catalog, store, local),
    new Garbage(catalog, store, local),
    new TokenSecrets(store, local),
    new CollectingRoles(store, local),
    new Quotas(store, local),
    new EventExpiry(store, local, now),
  ];
  addDefaultRoles(local);
  for (const part of parts) part.start();
  const caller = webhookCaller();
  const server = new ApiServer({
    registry,
    webhooks: new Webhooks({ store, ask: caller.ask, log: say }),
    tokens,
    authorize,
    rulesOf: (user, namespace) => bindings.rulesFor(user, namespace),
    certificate: identity.server,
    clientAuthority: ca,
    podLogs: () => local.podLogs,
    log: say,
  });
  const { port } = await listen(server, options);
  local.address = { host: HOST, port };
  const url = `https://${HOST}:${port}`;
  const kubeconfig = join(dir, 'kubeconfig');
  writeKubeconfig(kubeconfig, url, identity);
  const podOptions = typeof options.pods === 'object' ? options.pods : {};
  const images = podOptions.images ?? openImages(join(dir, 'images'));
  const pods =
    options.pods === false
      ? undefined
      : await startPods(local, {
          dir,
          ...podOptions,
          images,
          issueToken: request => local.issueToken(request),
          registerPodLogs: handler => local.registerPodLogs(handler),
          address: local.address,
          ca,
          log: message => log.info({}, message),
        });
  return {
    kubeconfig,
    server: url,
    api: local,
    ca,
    images,
    executor: pods?.executor ?? 'none',
    async stop() {
      await pods?.stop();
      await server.close();
      caller.close();
      for (const part of parts) part.stop();
      stopBindings();
      store.close();
      unlock();
    },
  };
}

/** Takes the asked port, else the one of the last start, else any. */
async function listen(server: ApiServer, { dir, port }: ClusterOptions): Promise<{ port: number }> {
  const file = join(dir, 'port');
  const remembered = port ?? rememberedPort(file);
  const address = await server.listen(HOST, remembered).catch(error => {
    if (port !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw portError(error, remembered);
    return server.listen(HOST, 0);
  });
  writeFileSync(file, String(address.port), { mode: 0o600 });
  return address;
}

function portError(error: unknown, port: number): Error {
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  return isTaken ? new Error(`Port ${port} is in use; choose another one with --port, or end the program that uses it`) : (error as Error);
}

function rememberedPort(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}
