import { ApiError, connect, coreTypes, createCache, type Cache, type DynamicObject, type KubeClient, type KubeObject } from '@kratix-ts/core/kube';
import { Applier } from '../kube/apply';
import { installDefinitions } from '../kube/crds';
import type { Progress } from '../progress';
import { readManifests } from './manifests';

export interface DeployOptions {
  /** Folder with a kustomization.yaml. */
  manifests: string;
  kubeconfig?: string;
  /** Digest of the engine's image; stands on the pods, so that another one starts them anew. */
  digest?: string;
  timeoutMs: number;
}

interface DeploymentLike extends KubeObject {
  spec?: { replicas?: number; template?: { metadata?: { annotations?: Record<string, string> } } };
  status?: { observedGeneration?: number; replicas?: number; updatedReplicas?: number; availableReplicas?: number; conditions?: { type: string; status: string; message?: string }[] };
}

const DIGEST = 'kratix-ts.dev/image-digest';
/** What the user changes in the cluster is not taken back by installing again. */
const isUsers = ({ kind, metadata }: DynamicObject) => kind === 'ConfigMap' && metadata.name === 'kratix';

/** Applies the manifests in their order and waits until the Deployments among them are available. */
export async function deployEngine({ manifests, kubeconfig, digest, timeoutMs }: DeployOptions, progress: Progress, signal: AbortSignal): Promise<void> {
  const objects = await readManifests(manifests);
  const kube = await connect({ ...(kubeconfig && { file: kubeconfig }), fieldManager: 'kratix-ts-deploy' });
  const cache = createCache(kube);
  try {
    const applier = new Applier(kube, 'kratix-ts-deploy');
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    const others = objects.filter(object => !definitions.includes(object));
    progress.step(`Installing ${definitions.length} definitions into ${kube.server}`);
    await installDefinitions(definitions, applier, cache);
    progress.step(`Applying ${others.length} objects`);
    for (const object of others) await bring(object, applier, kube, progress, digest);
    for (const { metadata } of others.filter(({ kind }) => kind === 'Deployment')) {
      progress.step(`Waiting for Deployment ${metadata.namespace}/${metadata.name}`);
      await untilAvailable(cache, metadata, timeoutMs, progress, signal);
    }
    progress.step('The engine is available');
  } finally {
    await cache.stop();
    await kube.close();
  }
}

async function bring(object: DynamicObject, applier: Applier, kube: KubeClient, progress: Progress, digest?: string): Promise<void> {
  const title = `${object.kind} ${object.metadata.name}`;
  if (isUsers(object) && (await isThere(kube, object))) {
    progress.note(`${title} stays as it is`);
    return;
  }
  await applier.apply(object.kind === 'Deployment' && digest ? marked(object, digest) : object);
  progress.note(title);
}

async function isThere(kube: KubeClient, { metadata }: DynamicObject): Promise<boolean> {
  try {
    await kube.get(coreTypes.ConfigMap, metadata);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return false;
    throw error;
  }
}

function marked(deployment: DynamicObject & DeploymentLike, digest: string): DynamicObject {
  const { template } = deployment.spec ?? {};
  const annotations = { ...template?.metadata?.annotations, [DIGEST]: digest };
  return { ...deployment, spec: { ...deployment.spec, template: { ...template, metadata: { ...template?.metadata, annotations } } } };
}

function isAvailable({ metadata, spec, status }: DeploymentLike): boolean {
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0 } = status ?? {};
  // the former pods count until they are gone
  const isNew = status?.observedGeneration === metadata.generation && updatedReplicas >= wanted && replicas === updatedReplicas;
  return isNew && (status?.availableReplicas ?? 0) >= wanted && (status?.conditions?.some(({ type, status: is }) => type === 'Available' && is === 'True') ?? false);
}

async function untilAvailable(cache: Cache, { name, namespace }: KubeObject['metadata'], timeoutMs: number, progress: Progress, signal: AbortSignal): Promise<void> {
  const deployments = cache.informer<DeploymentLike>({ group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true }, { namespace, fieldSelector: `metadata.name=${name}` });
  const pods = cache.informer<KubeObject & { status?: { phase?: string; containerStatuses?: { state?: { waiting?: { reason?: string; message?: string } } }[] } }>(coreTypes.Pod, { namespace, labelSelector: 'control-plane=controller-manager' });
  const told = new Set<string>();
  pods.onChange(({ type, object }) => {
    const waiting = object.status?.containerStatuses?.map(({ state }) => state?.waiting).find(Boolean);
    const line = `pod ${object.metadata.name}: ${[object.status?.phase, waiting?.reason, waiting?.message].filter(Boolean).join(', ')}`;
    if (type !== 'deleted' && !told.has(line)) progress.note(line);
    told.add(line);
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Deployment ${namespace}/${name} is not available after ${timeoutMs / 1_000} s; ${[...told].slice(-2).join('; ')}`)), timeoutMs);
    signal.addEventListener('abort', () => reject(new DOMException('ended', 'AbortError')), { once: true });
    deployments.onChange(({ object }) => {
      if (!isAvailable(object)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
