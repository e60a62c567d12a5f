import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crds, Destination, GitStateStore, Promise as PromiseKind } from '@kratix-ts/core/api';
import { ApiError, connect, coreTypes, createCache, parseYaml, toYaml, type Cache, type DynamicObject, type Informer, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import { AuditLog } from './audit';
import { BenchEngine } from './engine';
import { deployments, NAMESPACE, offer, thing } from './objects';

export const ENGINE_USER = `system:serviceaccount:${NAMESPACE}:engine`;
const ARCHIVE = join(process.cwd(), '.cache/images/pipeline-adapter.tar');
const HELPER = 'docker.io/kratix-ts/pipeline-adapter:bench';
const SYSTEM = 'kratix-platform-system';
/** How long anything may take. Milliseconds. */
const PATIENCE = 300_000;

/** Why the lab's figures cannot be had here; undefined when they can. */
export function labProblem(): string | undefined {
  if (!process.env.KUBECONFIG) return 'KUBECONFIG is not set';
  if (!process.env.LOAD_IMAGE) return 'LOAD_IMAGE is not set: a command that brings an archive into the cluster under a name';
  if (!AuditLog.exists()) return `there is no audit log ${AuditLog.path()}; start the lab with LAB_AUDIT=1`;
  return existsSync(ARCHIVE) ? undefined : `${ARCHIVE} is not there; run \`npm run images\` first`;
}

/** A cluster with an engine beside it, whose calls the audit log tells from all others by its account. */
export class LabSession {
  readonly audit = new AuditLog();
  private readonly views = new Map<string, Informer<DynamicObject>>();
  private deployed: { name: string; namespace?: string; replicas: number }[] = [];

  private constructor(readonly kube: KubeClient, private readonly cache: Cache, private readonly folder: string, private readonly kubeconfig: string, public engine: BenchEngine) {}

  static async open(): Promise<LabSession> {
    const folder = mkdtempSync(join(tmpdir(), 'lab-bench-'));
    const [program, ...args] = (process.env.LOAD_IMAGE ?? '').split(' ');
    execFileSync(program, [...args, HELPER, ARCHIVE], { stdio: 'ignore' });
    const kube = await connect({ file: process.env.KUBECONFIG });
    for (const name of [SYSTEM, NAMESPACE]) await apply(kube, coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const crd of crds()) await apply(kube, coreTypes.CustomResourceDefinition, { ...crd });
    const deployed = await scaleDown(kube);
    const kubeconfig = await engineKubeconfig(kube, folder);
    const engine = await startWhenServed(() => BenchEngine.start({ kubeconfig, helperImage: HELPER, cacheDir: join(folder, 'cache') }));
    const session = new LabSession(kube, createCache(kube), folder, kubeconfig, engine);
    session.deployed = deployed;
    return session;
  }

  /** Starts an engine anew, after the former has been stopped. */
  async startEngine(): Promise<void> {
    this.engine = await BenchEngine.start({ kubeconfig: this.kubeconfig, helperImage: HELPER, cacheDir: join(this.folder, 'cache') });
  }

  async close(): Promise<void> {
    for (const kind of ['one', 'two']) await this.remove(PromiseKind.type, { name: kind });
    for (const type of [Destination.type, GitStateStore.type]) await this.remove(type, { name: 'bench' });
    await this.engine.stop();
    await this.remove(coreTypes.Namespace, { name: NAMESPACE });
    for (const { replicas, ...ref } of this.deployed) await this.kube.patch(deployments, ref, { spec: { replicas } }, { kind: 'merge' });
    await this.cache.stop();
    await this.kube.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A live copy of a kind. */
  async view(type: ResourceType): Promise<Informer<DynamicObject>> {
    const known = this.views.get(type.plural);
    if (known) return known;
    const informer = this.cache.informer<DynamicObject>(type);
    this.views.set(type.plural, informer);
    await informer.whenSynced();
    return informer;
  }

  /** Settles with the time, in milliseconds since 1970, at which an object was first seen as wanted. */
  async seen(type: ResourceType, what: string, isWanted: (object: DynamicObject) => boolean): Promise<number> {
    const informer = await this.view(type);
    return new Promise((resolve, reject) => {
      let stop = () => {};
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`waited ${PATIENCE / 1_000} s in vain for ${what}`));
      }, PATIENCE);
      stop = informer.onChange(event => {
        if (event.type === 'deleted' || !isWanted(event.object)) return;
        clearTimeout(timer);
        queueMicrotask(() => stop());
        resolve(Date.now());
      });
    });
  }

  async gone(type: ResourceType, what: string, isMeant: (object: DynamicObject) => boolean): Promise<void> {
    const informer = await this.view(type);
    return new Promise((resolve, reject) => {
      let stop = () => {};
      const timer = setTimeout(() => reject(new Error(`waited ${PATIENCE / 1_000} s in vain for ${what} to be gone`)), PATIENCE);
      const look = () => {
        if (informer.list().some(isMeant)) return;
        clearTimeout(timer);
        queueMicrotask(() => stop());
        resolve();
      };
      stop = informer.onChange(look);
      look();
    });
  }

  private async remove(type: ResourceType, ref: { name: string }): Promise<void> {
    await this.kube.delete(type, ref, { propagationPolicy: 'Background' }).catch(ignoreMissing);
    await this.gone(type, `${type.kind} ${ref.name}`, ({ metadata }) => metadata.name === ref.name);
  }

  /** Brings the store, its Destination and two Promises. */
  async prepare(): Promise<void> {
    const { kube } = this;
    await apply(kube, GitStateStore.type, { apiVersion: GitStateStore.apiVersion, kind: 'GitStateStore', metadata: { name: 'bench' }, spec: await storeSpec(kube, this.folder) });
    await apply(kube, Destination.type, { apiVersion: Destination.apiVersion, kind: 'Destination', metadata: { name: 'bench' }, spec: { path: 'bench', stateStoreRef: { kind: 'GitStateStore', name: 'bench' } } });
    for (const [name, pipelines] of [['one', 1], ['two', 2]] as const) {
      await apply(kube, PromiseKind.type, { ...offer(name, pipelines) });
      await this.seen(PromiseKind.type, `Promise ${name}`, ({ metadata, status }) => metadata.name === name && status?.status === 'Available');
      await this.view(thing(name));
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiError) || !error.isNotFound) throw error;
}

async function apply(kube: KubeClient, type: ResourceType, object: KubeObject & Record<string, unknown>): Promise<void> {
  await kube.patch(type, object.metadata, object, { kind: 'apply', force: true, fieldManager: 'lab-bench' });
}

const WEBHOOKS = ['mutating', 'validating'];

/**
 * An engine that is deployed in the cluster would win the lead; it comes back at the end. Its webhooks, which nobody
 * answers meanwhile, are emptied: it fills them in again.
 */
async function scaleDown(kube: KubeClient) {
  const { items } = await kube.list<KubeObject & { spec: { replicas?: number } }>(deployments, { namespace: SYSTEM });
  for (const { metadata } of items) await kube.patch(deployments, metadata, { spec: { replicas: 0 } }, { kind: 'merge' });
  for (let left = 1; left > 0; ) {
    await new Promise(resolve => setTimeout(resolve, 200));
    left = (await kube.list(coreTypes.Pod, { namespace: SYSTEM, labelSelector: 'control-plane=controller-manager' })).items.length;
  }
  for (const word of WEBHOOKS) {
    const path = `/apis/admissionregistration.k8s.io/v1/${word}webhookconfigurations/kratix-platform-${word}-webhook-configuration`;
    await kube.request('PATCH', path, { body: { webhooks: [] }, contentType: 'application/merge-patch+json' }).catch(ignoreMissing);
  }
  return items.map(({ metadata, spec }) => ({ name: metadata.name, namespace: metadata.namespace, replicas: spec.replicas ?? 1 }));
}

/** The admin's kubeconfig, with an account of its own in it. */
async function engineKubeconfig(kube: KubeClient, folder: string): Promise<string> {
  const metadata = { name: 'engine', namespace: NAMESPACE };
  await apply(kube, coreTypes.ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const subjects = [{ kind: 'ServiceAccount', ...metadata }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
  await apply(kube, coreTypes.ClusterRoleBinding, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: `${NAMESPACE}-engine` }, roleRef, subjects });
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7_200 } };
  const { status } = await kube.request<{ status: { token: string } }>('POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/engine/token`, { body });
  const config = parseYaml(readFileSync(process.env.KUBECONFIG ?? '', 'utf8')) as { users: object[]; contexts: { context: { user: string } }[] };
  config.users = [{ name: 'engine', user: { token: status.token } }];
  for (const { context } of config.contexts) context.user = 'engine';
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, toYaml(config), { mode: 0o600 });
  return file;
}

/** GIT_STORE_URL, with name and password, or else a bare repository of this machine. */
async function storeSpec(kube: KubeClient, folder: string): Promise<Record<string, unknown>> {
  const { GIT_STORE_URL } = process.env;
  if (!GIT_STORE_URL) {
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(folder, 'store.git')]);
    return { url: `file://${join(folder, 'store.git')}`, branch: 'main' };
  }
  const { username, password, protocol, host, pathname } = new URL(GIT_STORE_URL);
  const stringData = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  await apply(kube, coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bench', namespace: SYSTEM }, stringData });
  return { url: `${protocol}//${host}${pathname}`, branch: 'main', insecure: protocol === 'http:', secretRef: { name: 'bench', namespace: SYSTEM } };
}

/** Definitions that were applied just now are served a moment later. */
async function startWhenServed(start: () => Promise<BenchEngine>): Promise<BenchEngine> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (tries === 10) throw error;
    }
  }
}

