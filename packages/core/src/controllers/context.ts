import {
  Destination, GitStateStore, Promise as PromiseKind, Work, WorkflowRun, WorkPlacement,
  type DestinationObject, type GitStateStoreObject, type PromiseObject, type WorkflowRunObject, type WorkObject, type WorkPlacementObject,
} from '../api';
import type { ResolvedConfig } from '../config';
import { coreTypes, type Cache, type ClusterApi, type Informer } from '../kube';
import type { KubeObject, ResourceType } from '../kube/types';
import type { Registry } from '../plugin';
import type { EventRecorder, Logger } from '../runtime';
import { labels, MANAGED_BY } from '../wire/names';
import { hasEnded, isOver, pipelineNamespace, type JobObject, type PodObject, type Target, type WorkflowLimits } from '../workflow';
import type { Stores } from './stores';

/** What the cache holds for the engine. */
export interface Informers {
  promises: Informer<PromiseObject>;
  works: Informer<WorkObject>;
  placements: Informer<WorkPlacementObject>;
  destinations: Informer<DestinationObject>;
  gitStores: Informer<GitStateStoreObject>;
  runs: Informer<WorkflowRunObject>;
  jobs: Informer<JobObject>;
  pods: Informer<PodObject>;
  crds: Informer<KubeObject>;
  serviceAccounts: Informer<KubeObject>;
  configMaps: Informer<KubeObject>;
  roles: Informer<KubeObject>;
  roleBindings: Informer<KubeObject>;
  clusterRoles: Informer<KubeObject>;
  clusterRoleBindings: Informer<KubeObject>;
}

/** Opens the watches that the engine lives from, with the indexes that its questions need. */
export function openInformers(cache: Cache): Informers {
  const ofPromises = { labelSelector: labels.promiseName };
  const ofPipelines = { labelSelector: `${labels.managedBy}=${MANAGED_BY}` };
  const informers: Informers = {
    promises: cache.informer(PromiseKind.type),
    works: cache.informer(Work.type),
    placements: cache.informer(WorkPlacement.type),
    destinations: cache.informer(Destination.type),
    gitStores: cache.informer(GitStateStore.type),
    runs: cache.informer(WorkflowRun.type),
    jobs: cache.informer(coreTypes.Job, ofPipelines),
    pods: cache.informer(coreTypes.Pod, ofPipelines),
    crds: cache.informer(coreTypes.CustomResourceDefinition, ofPromises),
    serviceAccounts: cache.informer(coreTypes.ServiceAccount, ofPromises),
    configMaps: cache.informer(coreTypes.ConfigMap, ofPromises),
    roles: cache.informer(coreTypes.Role, ofPromises),
    roleBindings: cache.informer(coreTypes.RoleBinding, ofPromises),
    clusterRoles: cache.informer(coreTypes.ClusterRole, ofPromises),
    clusterRoleBindings: cache.informer(coreTypes.ClusterRoleBinding, ofPromises),
  };
  informers.runs.addIndex('target', run => [run.spec.target.uid]);
  informers.runs.addIndex('work', run => (run.status?.pipelines ?? []).flatMap(each => (each.work ? [`${run.metadata.namespace}/${each.work.name}`] : [])));
  informers.jobs.addIndex('target', labelledTargetKey);
  informers.works.addIndex('target', labelledTargetKey);
  informers.works.addIndex('promise', work => [work.metadata.labels?.[labels.promiseName] ?? '']);
  informers.pods.addIndex('job', pod => [`${pod.metadata.namespace}/${pod.metadata.labels?.['batch.kubernetes.io/job-name'] ?? ''}`]);
  informers.pods.addIndex('target', labelledTargetKey);
  informers.placements.addIndex('work', placement => [`${placement.metadata.namespace}/${placement.metadata.labels?.[labels.work] ?? ''}`]);
  informers.placements.addIndex('destination', placement => [placement.spec?.targetDestinationName ?? '']);
  informers.destinations.addIndex('store', destination => [`${destination.spec?.stateStoreRef?.kind}/${destination.spec?.stateStoreRef?.name}`]);
  return informers;
}

/** Jobs, pods and Works say by their labels whose they are; the key of what they belong to. */
function labelledTargetKey(object: KubeObject): string[] {
  const marks = object.metadata.labels ?? {};
  return [targetKeyOf(object.metadata.namespace, marks[labels.promiseName], marks[labels.resourceName], marks[labels.resourceNamespace])];
}

function targetKeyOf(home = '', promise = '', resource = '', resourceNamespace = ''): string {
  return [home, promise, resource, resourceNamespace].join('/');
}

/** What every controller of an engine shares. */
export class EngineContext {
  constructor(
    readonly api: ClusterApi,
    readonly cache: Cache,
    readonly informers: Informers,
    readonly config: ResolvedConfig,
    readonly registry: Registry,
    readonly stores: Stores,
    readonly events: EventRecorder,
    readonly log: Logger,
    readonly now: () => Date,
  ) {}

  get limits(): WorkflowLimits {
    return { timeout: this.config.pipelineTimeout, startTimeout: this.config.startTimeout };
  }

  /** Finds the Jobs, pods and Works of a target in the indexes. */
  targetKey(target: Target): string {
    const elsewhere = target.promise.spec?.workflows?.config?.pipelineNamespace ? target.object.metadata.namespace : '';
    const isRequest = target.type === 'resource';
    return targetKeyOf(pipelineNamespace(target), target.promise.metadata.name, isRequest ? target.object.metadata.name : '', isRequest ? elsewhere : '');
  }

  /** Works that the target's pipelines wrote; static dependencies are not among them. */
  worksOf(target: Target): WorkObject[] {
    return this.informers.works.byIndex('target', this.targetKey(target)).filter(work => work.metadata.labels?.[labels.workType] === target.type);
  }

  /**
   * Ends the target's Jobs. With `running`, those of configure workflows that are under way; with `all`, every one.
   * True while some of them or their pods are still there: what they write until then would arrive late.
   */
  async endJobs(target: Target, which: 'running' | 'all'): Promise<boolean> {
    const isMeant = ({ metadata }: KubeObject) =>
      metadata.labels?.[labels.workflowType] === target.type && (which === 'all' || metadata.labels?.[labels.workflowAction] === 'configure');
    const key = this.targetKey(target);
    const jobs = this.informers.jobs.byIndex('target', key).filter(job => isMeant(job) && (which === 'all' || !isOver(job)));
    const pods = this.informers.pods.byIndex('target', key).filter(pod => isMeant(pod) && (which === 'all' || !hasEnded(pod)));
    for (const job of jobs) await this.deleteOnce(coreTypes.Job, job);
    return jobs.length > 0 || pods.length > 0;
  }

  /** Deletes Works; true while some are still there, with their files. */
  async removeWorks(works: WorkObject[]): Promise<boolean> {
    for (const work of works) await this.deleteOnce(Work.type, work);
    return works.length > 0;
  }

  /** Deletes what is not being deleted already. */
  async deleteOnce(type: ResourceType, object: KubeObject): Promise<void> {
    if (object.metadata.deletionTimestamp) return;
    await this.api.delete(type, object.metadata, { propagationPolicy: 'Background', preconditions: { uid: object.metadata.uid } });
  }
}

