import { promiseHash, type PromiseObject } from '@kratix-ts/core/api';
import { coreTypes, type DynamicObject, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';
import { recordedObjects, type BareRepository, type recordedMoments } from '@kratix-ts/core/testing';
import { decodeContent, labels, SYSTEM_NAMESPACE } from '@kratix-ts/core/wire';
import { PLATFORM, types } from '../../cluster/support';

export const recordedType: ResourceType = { group: 'demo.example.org', version: 'v1', kind: 'Recorded', plural: 'recordeds', namespaced: true };

/** Kinds of which objects were recorded, in the order in which they are loaded. */
const KINDS: ResourceType[] = [
  types.Destination, types.Promise, types.PromiseRevision, recordedType, types.ResourceBinding, types.Work, types.WorkPlacement, coreTypes.Job, coreTypes.Pod,
];

/** The commit by which the other engine wrote. */
export const OTHER = 'Update from: another engine';

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const bornAt = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';

/** The definition of a Promise's requests as an engine leaves it. */
function definitionOf(promise: PromiseObject): KubeObject {
  const api = structuredClone<unknown>(promise.spec?.api) as KubeObject & { spec: { versions: Record<string, unknown>[] } };
  api.metadata.labels = { [labels.promiseName]: promise.metadata.name };
  const status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  for (const version of api.spec.versions) {
    const { openAPIV3Schema } = version.schema as { openAPIV3Schema: { properties: Record<string, unknown> } };
    openAPIV3Schema.properties.status = status;
    version.subresources = { status: {} };
  }
  return api;
}

/** The Job of the Promise's own workflow, which was not recorded: like that of its request. */
function promiseJob(promise: PromiseObject, template: DynamicObject): DynamicObject {
  const marks = {
    [labels.promiseName]: promise.metadata.name, [labels.workflowType]: 'promise', [labels.workflowAction]: 'configure', [labels.pipelineName]: 'setup',
    [labels.hash]: promiseHash(promise.spec), [labels.managedBy]: 'Kratix',
  };
  const ownerReferences = [{ apiVersion: PLATFORM, kind: 'Promise', name: promise.metadata.name, uid: promise.metadata.uid ?? '', controller: true }];
  const metadata = { name: 'kratix-recorded-setup-0a1b2', namespace: SYSTEM_NAMESPACE, labels: marks, ownerReferences, creationTimestamp: '2026-11-22T09:43:00Z' };
  return { ...template, metadata, status: { succeeded: 1, completionTime: '2026-11-22T09:43:10Z', conditions: [{ type: 'Complete', status: 'True' }] } };
}

/**
 * Loads what was recorded at one moment into a cluster, statuses included, and the files of its placements into the
 * store, here a repository in place of the recorded bucket. Uids are the server's own; whoever owned another does again.
 */
export async function loadRecorded(kube: KubeClient, repository: BareRepository, moment: (typeof recordedMoments)[number]): Promise<DynamicObject> {
  const isMeant = ({ kind, metadata }: DynamicObject) => !metadata.name.includes('test-store') && !metadata.name.startsWith('sub-promise') && !kind.endsWith('StateStore');
  const objects = [...recordedObjects('platform').filter(isMeant), ...recordedObjects(moment)];
  const promise = objects.find(({ kind }) => kind === 'Promise') as PromiseObject;
  const isJob = ({ kind }: DynamicObject) => kind === 'Job';
  objects.push(promiseJob(promise, objects.find(isJob) as DynamicObject));
  await kube.create(coreTypes.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } }).catch(() => undefined);
  await kube.create(coreTypes.CustomResourceDefinition, definitionOf(promise));
  const accounts = objects.filter(({ kind }) => kind === 'Pod').map(({ metadata, spec }) => ({ namespace: metadata.namespace, name: (spec as { serviceAccountName: string }).serviceAccountName }));
  for (const name of new Set(accounts.map(account => account.name))) {
    await kube.create(coreTypes.ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: accounts[0].namespace, labels: { [labels.promiseName]: promise.metadata.name } } });
  }
  let text = JSON.stringify(objects);
  let before = '';
  for (const type of KINDS) {
    const found = (JSON.parse(text) as DynamicObject[]).filter(({ kind }) => kind === type.kind).sort((a, b) => bornAt(a).localeCompare(bornAt(b)));
    for (const { uid = '', metadata } of found.map(object => ({ uid: object.metadata.uid, ...object }))) {
      const object = (JSON.parse(text) as DynamicObject[]).find(each => each.kind === type.kind && each.metadata.name === metadata.name) as DynamicObject;
      // which Job came last is told by whole seconds
      if (isJob(object) && before && before !== bornAt(object)) await sleep(1_100);
      if (isJob(object)) before = bornAt(object);
      const stored = await load(kube, type, object);
      const old = uid || object.metadata.uid;
      if (old) text = text.replaceAll(old, stored.metadata.uid ?? '');
    }
  }
  await repository.commitAs(OTHER, Object.fromEntries(objects.filter(({ kind }) => kind === 'WorkPlacement').flatMap(filesOf)));
  return objects.find(({ kind }) => kind === 'Recorded') as DynamicObject;
}

async function load(kube: KubeClient, type: ResourceType, object: DynamicObject): Promise<DynamicObject> {
  const { name, namespace, labels: marks, annotations, finalizers, ownerReferences, deletionTimestamp } = object.metadata;
  // what a Job controller would hold a pod by
  const metadata = { name, namespace, labels: marks, annotations, ownerReferences, ...(type.kind !== 'Pod' && { finalizers }) };
  const spec = structuredClone(object.spec as Record<string, unknown>);
  if (type.kind === 'Destination') spec.stateStoreRef = { kind: 'GitStateStore', name: 'store' };
  if (type.kind === 'Job') delete spec.selector;
  const stored = await kube.create<DynamicObject>(type, { ...object, metadata, spec });
  if (object.status) await kube.patch(type, stored.metadata, { status: object.status }, { kind: 'merge', subresource: 'status' });
  if (deletionTimestamp) await kube.delete(type, stored.metadata, { propagationPolicy: 'Background' });
  return stored;
}

/** Where the other engine wrote the files of a placement, and what. */
function filesOf({ metadata, spec }: DynamicObject): [path: string, text: string][] {
  const { targetDestinationName, promiseName, resourceName, id, workloads = [] } = spec as { targetDestinationName: string; promiseName: string; resourceName: string; id: string; workloads?: { filepath: string; content: string }[] };
  const pipeline = metadata.labels?.[labels.pipelineName];
  const folder = [targetDestinationName, 'resources', metadata.namespace, promiseName, resourceName, pipeline, id.slice(0, 5)].join('/');
  return workloads.map(({ filepath, content }) => [`${folder}/${filepath}`, decodeContent(content).toString()]);
}
