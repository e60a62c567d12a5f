import {
  BucketStateStore, Destination, DryRun, GitStateStore, HealthRecord, Promise as PromiseKind, PromiseRelease, PromiseRevision, ResourceBinding, Work, WorkflowRun, WorkPlacement,
  type BucketStateStoreObject, type DestinationObject, type DryRunObject, type GitStateStoreObject, type HealthRecordObject, type PromiseObject, type PromiseReleaseObject, type PromiseRevisionObject, type ResourceBindingObject,
  type WorkflowRunObject, type WorkObject, type WorkPlacementObject,
} from '../api';
import type { ResolvedConfig, Settings } from '../config';
import { coreTypes, type Cache, type ClusterApi, type Informer } from '../kube';
import type { KubeObject, ResourceType } from '../kube/types';
import type { Registry } from '../plugins/registry';
import { boundName } from '../promise/bindings';
import type { EventNote, Logger } from '../runtime';
import { isDryRun } from '../wire/selectors';
import { labels, MANAGED_BY } from '../wire/names';
import { hasEnded, isOver, rightsOf, withoutSpec, type JobObject, type PodObject, type Target, type WorkflowLimits } from '../workflow';
import type { EngineMetrics } from './engine-metrics';
import type { StoreRef, Stores } from './stores';
import { Turns } from './turns';

/** What the cache holds for the engine. */
export interface Informers {
  promises: Informer<PromiseObject>;
  works: Informer<WorkObject>;
  placements: Informer<WorkPlacementObject>;
  destinations: Informer<DestinationObject>;
  gitStores: Informer<GitStateStoreObject>;
  bucketStores: Informer<BucketStateStoreObject>;
  releases: Informer<PromiseReleaseObject>;
  revisions: Informer<PromiseRevisionObject>;
  bindings: Informer<ResourceBindingObject>;
  healthRecords: Informer<HealthRecordObject>;
  dryRuns: Informer<DryRunObject>;
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
  const ofPipelines = { labelSelector: `${labels.managedBy}=${MANAGED_BY}`, shrink: withoutSpec };
  const informers: Informers = {
    promises: cache.informer(PromiseKind.type),
    works: cache.informer(Work.type),
    placements: cache.informer(WorkPlacement.type),
    destinations: cache.informer(Destination.type),
    gitStores: cache.informer(GitStateStore.type),
    bucketStores: cache.informer(BucketStateStore.type),
    releases: cache.informer(PromiseRelease.type),
    revisions: cache.informer(PromiseRevision.type),
    bindings: cache.informer(ResourceBinding.type),
    healthRecords: cache.informer(HealthRecord.type),
    dryRuns: cache.informer(DryRun.type),
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
  informers.jobs.addIndex('foreign', job => (job.metadata.labels?.[labels.run] || isOver(job) ? [] : [accountKey(job)]));
  informers.works.addIndex('target', labelledTargetKey);
  informers.configMaps.addIndex('target', labelledTargetKey);
  for (const informer of [informers.roles, informers.roleBindings, informers.clusterRoles, informers.clusterRoleBindings]) {
    informer.addIndex('rights', object => [rightsOf(object) ?? '']);
  }
  informers.promises.addIndex('release', promise => [promise.metadata.labels?.[labels.promiseReleaseName] ?? '']);
  informers.promises.addIndex('requires', promise => (promise.spec?.requiredPromises ?? []).flatMap(({ name }) => (name ? [name] : [])));
  informers.revisions.addIndex('promise', revision => [revision.spec.promiseRef.name]);
  informers.bindings.addIndex('target', labelledTargetKey);
  informers.bindings.addIndex('promise', binding => [binding.metadata.labels?.[labels.promiseName] ?? '']);
  informers.healthRecords.addIndex('target', ({ data }) => [targetKeyOf(data?.promiseRef.name, data?.resourceRef?.namespace, data?.resourceRef?.name)]);
  informers.works.addIndex('promise', work => [work.metadata.labels?.[labels.promiseName] ?? '']);
  informers.works.addIndex('whole', work => (work.metadata.labels?.[labels.partOf] ? [`${work.metadata.namespace}/${work.metadata.labels[labels.partOf]}`] : []));
  informers.pods.addIndex('job', pod => [`${pod.metadata.namespace}/${pod.metadata.labels?.['batch.kubernetes.io/job-name'] ?? ''}`]);
  informers.pods.addIndex('target', labelledTargetKey);
  informers.placements.addIndex('work', placement => [`${placement.metadata.namespace}/${placement.metadata.labels?.[labels.work] ?? ''}`]);
  informers.placements.addIndex('destination', placement => [placement.spec?.targetDestinationName ?? '']);
  informers.destinations.addIndex('store', destination => [`${destination.spec?.stateStoreRef?.kind}/${destination.spec?.stateStoreRef?.name}`]);
  return informers;
}

/** Jobs, pods and Works say by their labels whose they are, wherever they live; the key of what they belong to. */
function labelledTargetKey(object: KubeObject): string[] {
  const marks = object.metadata.labels ?? {};
  const resource = marks[labels.resourceName];
  return [targetKeyOf(marks[labels.promiseName], resource && (marks[labels.resourceNamespace] ?? object.metadata.namespace), resource)];
}

/** The account that a Job's pods run as, by the labels of the Job. */
export function accountKey({ metadata }: KubeObject): string {
  return [metadata.namespace, ...[labels.promiseName, labels.workflowType, labels.workflowAction, labels.pipelineName].map(label => metadata.labels?.[label])].join('/');
}

function targetKeyOf(promise = '', namespace = '', resource = ''): string {
  return [promise, namespace, resource].join('/');
}

/** An object that stands for a store; what its spec holds is for its kind to say. */
export interface StoreObject extends KubeObject {
  spec?: { path?: string; drift?: string; [field: string]: unknown };
}

/** How controllers tell what happened; what becomes of it is for the listeners among the plugins. */
export interface Events {
  normal(object: KubeObject, reason: string, message: string): void;
  warning(object: KubeObject, reason: string, message: string): void;
  record(object: KubeObject, note: EventNote): void;
}

/** What every controller of an engine shares. */
export class EngineContext {
  /** Who may run a pipeline now. */
  readonly turns: Turns;
  readonly events: Events = {
    normal: (object, reason, message) => this.registry.tellEvent({ object, type: 'Normal', reason, message }),
    warning: (object, reason, message) => this.registry.tellEvent({ object, type: 'Warning', reason, message }),
    record: (object, note) => this.registry.tellEvent({ object, ...note }),
  };
  /** Objects that stand for stores of plugins, by kind. */
  readonly pluginStores = new Map<string, Informer<StoreObject>>();
  private adopted?: Registry;

  constructor(
    readonly api: ClusterApi,
    readonly cache: Cache,
    readonly informers: Informers,
    readonly settings: Settings,
    readonly stores: Stores,
    readonly log: Logger,
    readonly now: () => Date,
    readonly metrics: EngineMetrics,
  ) {
    this.turns = new Turns(informers, () => settings.current.pipelinesAtOnce);
    settings.onChange(() => this.turns.call());
  }

  /** What the plugins add up to; there when the first controller starts. */
  get registry(): Registry {
    if (!this.adopted) throw new Error('the plugins are not loaded yet');
    return this.adopted;
  }

  adopt(registry: Registry): void {
    this.adopted = registry;
  }

  /** The configuration as it is now; it can change between two reconciles. */
  get config(): ResolvedConfig {
    return this.settings.current;
  }

  get limits(): WorkflowLimits {
    return { timeout: this.config.pipelineTimeout, startTimeout: this.config.startTimeout };
  }

  /** Why the store cannot be used; undefined while it is being opened: those who wait are called when it is. */
  storeProblem(ref: StoreRef | undefined): string | undefined {
    if (!ref) return 'spec.stateStoreRef is missing; name a GitStateStore or a BucketStateStore';
    return this.isStoreThere(ref) ? this.stores.problemOf(ref) : `${ref.kind}/${ref.name}: not found`;
  }

  /** Whether there is an API object for the store, of use or not. */
  isStoreThere(ref: StoreRef): boolean {
    return this.storeObject(ref) !== undefined;
  }

  /** The API object of a store, of whichever kind. */
  storeObject({ kind, name }: StoreRef): StoreObject | undefined {
    if (kind === 'GitStateStore') return this.informers.gitStores.get(name);
    return kind === 'BucketStateStore' ? this.informers.bucketStores.get(name) : this.pluginStores.get(kind)?.get(name);
  }

  /** Finds the Jobs, pods and Works of a target in the indexes. */
  targetKey(target: Target): string {
    const { name, namespace } = target.object.metadata;
    return target.type === 'resource' ? targetKeyOf(target.promise.metadata.name, namespace, name) : targetKeyOf(target.promise.metadata.name);
  }

  /** The bindings that bear the labels of a request. Source: B-RR-4. */
  bindingsOf(promise: string, { metadata }: KubeObject): ResourceBindingObject[] {
    return this.informers.bindings.byIndex('target', targetKeyOf(promise, metadata.namespace, boundName(metadata.name)));
  }

  /** What others found out about a request's health. Source: B-HR-2, Q-12. */
  healthOf(promise: string, { metadata }: KubeObject): HealthRecordObject[] {
    return this.informers.healthRecords.byIndex('target', targetKeyOf(promise, metadata.namespace, metadata.name));
  }

  /** Works that the target's pipelines wrote; static dependencies are not among them, and dry runs only for a dry run. */
  worksOf(target: Target): WorkObject[] {
    const isMeant = (work: WorkObject) => isDryRun(work) === isDryRun(target.object) && work.metadata.labels?.[labels.dryRunSummary] !== 'true';
    return this.allWorksOf(target).filter(isMeant);
  }

  /** The same with those of dry runs. */
  allWorksOf(target: Target): WorkObject[] {
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
    const jobs = this.informers.jobs.byIndex('target', key).filter(job => isMeant(job) && (which === 'all' || !isOver(job) || job.metadata.deletionTimestamp));
    const pods = this.informers.pods.byIndex('target', key).filter(pod => isMeant(pod) && (which === 'all' || !hasEnded(pod)));
    for (const job of jobs) await this.endJob(job);
    return jobs.length > 0 || pods.length > 0;
  }

  /** Deletes a Job, which stays until its pods have ended: who sees it gone meets none of them, however late watches are. */
  async endJob({ metadata }: JobObject): Promise<void> {
    if (!metadata.deletionTimestamp) await this.api.delete(coreTypes.Job, metadata, { propagationPolicy: 'Foreground', preconditions: { uid: metadata.uid } });
  }

  /** Deletes Works; true while some are still there, with their files. */
  async removeWorks(works: WorkObject[]): Promise<boolean> {
    for (const work of works) await this.deleteOnce(Work.type, work);
    return works.length > 0;
  }

  /** Records and inputs of the target's runs that no owner reference takes along. */
  async removeOrphans(target: Target): Promise<void> {
    for (const run of this.informers.runs.byIndex('target', target.object.metadata.uid ?? '')) {
      if (!run.metadata.ownerReferences?.length) await this.deleteOnce(WorkflowRun.type, run);
    }
    for (const input of this.informers.configMaps.byIndex('target', this.targetKey(target))) await this.deleteOnce(coreTypes.ConfigMap, input);
  }

  /** Deletes what is not being deleted already. */
  async deleteOnce(type: ResourceType, object: KubeObject): Promise<void> {
    if (object.metadata.deletionTimestamp) return;
    await this.api.delete(type, object.metadata, { propagationPolicy: 'Background', preconditions: { uid: object.metadata.uid } });
  }
}

