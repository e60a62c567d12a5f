import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createEngine, createLogger, type Logger } from '@kratix-ts/core';
import { crds } from '@kratix-ts/core/api';
import { connect, createCache, type DynamicObject, type KubeClient } from '@kratix-ts/core/kube';
import { openImages, startCluster } from '@kratix-ts/local-cluster';
import { createBareRepository, DestinationAgent, Repository } from '../agent';
import { Applier } from '../kube/apply';
import { installDefinitions } from '../kube/crds';
import type { Progress, Ready } from '../progress';
import { Applied } from './applied';
import { applyExamples, type Examples, makeRequests, readExamples } from './examples';
import { cacheFolder, clusterFolder, imagesFolder, kubeconfigFile, logFile, storeFolder } from './folders';
import { addExampleImages, addHelperImage } from './images';
import { takeFolder } from './lock';

export const SYSTEM_NAMESPACE = 'kratix-platform-system';

export interface DevOptions {
  /** Where everything is kept. */
  data: string;
  /** Port of the embedded API server; any free one unless given. */
  port?: number;
  /** Use this cluster instead of the embedded one; `helperImage` is needed then. */
  kubeconfig?: string;
  /** Image of the pipelines' last container, as the cluster can pull it. */
  helperImage?: string;
  /** The bundle that the helper's image is made from. */
  helperBundle: string;
  /** A folder laid out as `examples/`; none are brought in unless given. */
  examples?: string;
  /** Applies what lands in the store to the same cluster. */
  withAgent: boolean;
}

/** What runs, newest last; it ends in the opposite order. */
export class Running {
  private readonly ends: (() => Promise<void>)[] = [];

  add(end: () => Promise<void>): void {
    this.ends.push(end);
  }

  /** Ends everything, whatever of it fails; throws the first failure. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Brings up cluster, engine, examples and agent, one after the other. What was started is in `running`, also when this
 * throws.
 */
export async function startDev(options: DevOptions, progress: Progress, running: Running): Promise<Ready> {
  running.add(await takeFolder(options.data));
  const cluster = await openCluster(options, progress, running);
  const kube = await connect({ file: cluster.kubeconfig, fieldManager: 'kratix-ts-dev' });
  running.add(() => kube.close());
  const applier = new Applier(kube, 'kratix-ts-dev');
  const applied = await Applied.load(options.data);
  const store = storeFolder(options.data);
  const examples = await examplesOf(options, store);

  progress.step('Installing the definitions');
  await install(kube, applier);
  await createBareRepository(store);
  const helperImage = options.helperImage ?? (await bringImages(options, examples, applied, progress));

  progress.step('Starting the engine');
  await startEngine(kube, helperImage, options, running);

  if (examples) {
    if (options.kubeconfig) progress.note(`The examples' pipelines run ${imageNames(examples)}: that cluster must be able to pull it`);
    progress.step('Applying the examples');
    const objects = [...examples.platform, ...examples.promises.flatMap(example => example.objects)];
    for (const note of await applyExamples(objects, applier, applied)) progress.note(note);
    if (!options.kubeconfig) for (const note of await makeRequests(examples, kube, applier, applied)) progress.note(note);
  }
  if (options.withAgent) startAgent(kube, store, progress, running);
  return { kubeconfig: cluster.kubeconfig, store, server: kube.server };
}

async function openCluster(options: DevOptions, progress: Progress, running: Running): Promise<{ kubeconfig: string }> {
  if (options.kubeconfig) return { kubeconfig: options.kubeconfig };
  progress.step('Starting the local cluster');
  const log = await logTo(options, 'local-cluster');
  const cluster = await startCluster({ dir: clusterFolder(options.data), port: options.port, pods: true, log });
  running.add(() => cluster.stop());
  const kubeconfig = kubeconfigFile(options.data);
  await copyFile(cluster.kubeconfig, kubeconfig);
  await chmod(kubeconfig, 0o600);
  return { kubeconfig };
}

async function examplesOf(options: DevOptions, store: string): Promise<Examples | undefined> {
  return options.examples === undefined
    ? undefined
    : readExamples(options.examples, { STATE_STORE_URL: pathToFileURL(store).href });
}

function imageNames({ promises }: Examples): string {
  return promises.flatMap(({ images }) => images).join(', ');
}

async function install(kube: KubeClient, applier: Applier): Promise<void> {
  const namespace: DynamicObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } };
  await applier.apply(namespace);
  const cache = createCache(kube);
  try {
    await installDefinitions(crds().map(asDynamic), applier, cache);
  } finally {
    await cache.stop();
  }
}

function asDynamic(object: ReturnType<typeof crds>[number]): DynamicObject {
  return { ...object };
}

async function bringImages(
  options: DevOptions,
  examples: Examples | undefined,
  applied: Applied,
  progress: Progress,
): Promise<string> {
  progress.step('Preparing the images');
  const images = openImages(imagesFolder(options.data));
  if (examples) await addExampleImages(images, examples.promises, applied);
  return addHelperImage(images, options.helperBundle);
}

async function startEngine(kube: KubeClient, helperImage: string, options: DevOptions, running: Running): Promise<void> {
  const engine = createEngine({
    kube,
    config: { allowLocalStores: true, helperImage, cacheDir: cacheFolder(options.data), dryRun: true },
    log: await logTo(options, 'engine'),
  });
  running.add(() => engine.stop());
  await engine.start();
}

async function logTo(options: DevOptions, name: string): Promise<Logger> {
  const file = logFile(options.data, name);
  await mkdir(dirname(file), { recursive: true });
  return createLogger({ name, destination: createWriteStream(file, { flags: 'a', mode: 0o600 }) });
}

function startAgent(kube: KubeClient, store: string, progress: Progress, running: Running): void {
  const agent = new DestinationAgent({
    kube,
    repository: new Repository(store),
    inventory: { namespace: SYSTEM_NAMESPACE, name: 'destination-agent' },
    log: { info: message => progress.note(message), warn: message => progress.note(message) },
  });
  running.add(() => agent.stop());
  agent.start();
}
