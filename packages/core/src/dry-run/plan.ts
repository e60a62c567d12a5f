import { findCondition, isTrue, setConditions, type Condition, type ConditionChange, type DryRunObject, type PromiseObject, type WorkObject } from '../api';
import { apiVersionOf } from '../kube/gvk';
import type { DynamicObject, ResourceType } from '../kube/types';
import { parseAllYaml } from '../kube/yaml';
import { annotations, API_VERSION, labels, stableName } from '../wire/names';
import { encodeContent } from '../wire/encoding';
import { groupId, ROOT_DIRECTORY } from '../wire/layout-names';
import { mergeUserStatus } from '../workflow';
import { filesOf } from './changes';

/** How long components may take, in milliseconds; then the summary goes without them. Source: B-DR-3. */
export const COMPONENT_PATIENCE = 10 * 60_000;

/** A name as the value of a label. */
const asLabel = (name: string) => (name.length > 63 ? stableName(name) : name);

const owned = ({ apiVersion, kind, metadata: { name, uid = '' } }: DryRunObject) => [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];

/** Why nothing is tried; a final one will not change. Source: Q-43. */
export function dryRunProblem(isEnabled: boolean, name: string, promise: PromiseObject | undefined): { reason: string; message: string; isFinal: boolean } | undefined {
  if (!isEnabled) return { reason: 'DryRunDisabled', message: 'dry runs are switched off; set featureFlags.dryRun: true in ConfigMap kratix-platform-system/kratix', isFinal: false };
  if (!promise) return { reason: 'PromiseNotFound', message: `Promise "${name}" is not installed`, isFinal: false };
  if (promise.metadata.annotations?.[annotations.dryRunPolicy] !== 'forbidden') return undefined;
  return { reason: 'DryRunForbidden', message: `Promise "${name}" lets none of its pipelines run dry (annotation ${annotations.dryRunPolicy})`, isFinal: true };
}

/** The status of a request that is run dry, which is done when its pipelines are. Source: B-RR-27, B-POD-25. */
export function dryRunStatus(before: Record<string, unknown>, after: Record<string, unknown>, now: Date): Record<string, unknown> {
  const conditions = (after.conditions ?? []) as Condition[];
  if (!isTrue(conditions, 'ConfigureWorkflowCompleted')) return after;
  const former = ((before.conditions ?? []) as Condition[]).filter(({ type }) => type === 'Reconciled');
  const [reconciled] = setConditions(former, [{ type: 'Reconciled', status: 'True', reason: 'DryRunSucceeded', message: 'Dry run completed' }], now);
  return { ...after, message: 'Dry run executed', conditions: conditions.map(each => (each.type === 'Reconciled' ? reconciled : each)) };
}

const SUMMARY_GROUP = 'dry-run-summary';

/** The Work that carries a summary to where dry runs are looked at. Source: B-DR-4. */
export function summaryWork(dryRun: DryRunObject, ephemeral: string, text: string): WorkObject {
  const { name, namespace, labels: marks } = dryRun.metadata;
  const promiseName = dryRun.spec?.promiseRef.name ?? '';
  const filepath = marks?.[labels.dryRunParent] ? `kratix-dry-run-summary-${name}.md` : 'kratix-dry-run-summary.md';
  const made = aSummary(stableName(`${promiseName}-${name}-dry-run-summary`), namespace, promiseName, ephemeral, filepath, text, owned(dryRun));
  return { ...made, metadata: { ...made.metadata, labels: { ...made.metadata.labels, [labels.dryRunOwner]: asLabel(name) } } };
}

const DIFF_FILE = 'kratix-diff.md';

/** What the pipelines of a request that is itself run dry say of their changes; undefined when none says anything. Source: B-DR-8. */
export function diffsWork(request: DynamicObject, promiseName: string, works: WorkObject[]): WorkObject | undefined {
  const pipelineOf = ({ metadata }: WorkObject) => metadata.labels?.[labels.pipelineName] ?? '';
  const diffs = [...works].sort((a, b) => (pipelineOf(a) < pipelineOf(b) ? -1 : 1)).flatMap(work => filesOf([work]).get(DIFF_FILE) ?? []);
  if (diffs.length === 0) return undefined;
  const { name, namespace, uid = '' } = request.metadata;
  const text = `${diffs.map(diff => diff.trim()).join('\n\n---\n\n')}\n`;
  return aSummary(stableName(`${promiseName}-${name}-dry-run-summary`), namespace, promiseName, name, 'kratix-dry-run-summary.md', text, [{ apiVersion: request.apiVersion, kind: request.kind, name, uid }]);
}

function aSummary(name: string, namespace: string | undefined, promiseName: string, resourceName: string, filepath: string, text: string, ownerReferences: WorkObject['metadata']['ownerReferences']): WorkObject {
  return {
    apiVersion: API_VERSION,
    kind: 'Work',
    metadata: {
      name,
      namespace,
      labels: { [labels.promiseName]: promiseName, [labels.resourceName]: asLabel(resourceName), [labels.workType]: 'resource', [labels.dryRun]: 'true', [labels.dryRunSummary]: 'true' },
      ownerReferences,
    },
    spec: { promiseName, resourceName, workloadGroups: [{ directory: ROOT_DIRECTORY, id: groupId(SUMMARY_GROUP), workloads: [{ filepath, content: encodeContent(text) }] }] },
  };
}

/** The text that a summary's Work carries. */
export function summaryOf(work: WorkObject | undefined): string | undefined {
  return work && [...filesOf([work]).values()][0];
}

/** The request whose pipelines run for a dry run; it lives as long as the DryRun. Source: B-DR-1. */
export function ephemeralRequest(dryRun: DryRunObject, resource: ResourceType): DynamicObject {
  const { name, namespace = '' } = dryRun.metadata;
  const ref = dryRun.spec?.resourceRequestRef;
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: {
      name: stableName(`kratix-dry-run-${name}`),
      namespace,
      labels: { [labels.dryRun]: 'true', [labels.dryRunOwner]: asLabel(name) },
      annotations: { [annotations.dryRunResourceName]: ref?.name ?? '', [annotations.dryRunResourceNamespace]: ref?.namespace ?? namespace },
      ownerReferences: owned(dryRun),
    },
    spec: dryRun.spec?.resource ?? {},
  };
}

/**
 * What the pipelines of a dry run read as object.yaml: the request that is meant, with the spec that is tried and what the
 * pipelines before left in the status; where there is none yet, a new one of its name. Source: B-POD-6.
 */
export function dryRunInput(ephemeral: DynamicObject, real: DynamicObject | undefined): DynamicObject {
  const marks = ephemeral.metadata.annotations ?? {};
  const name = marks[annotations.dryRunResourceName];
  if (!name) return ephemeral;
  if (real) {
    const { message, ...written }: Record<string, unknown> = ephemeral.status ?? {};
    return { ...real, spec: ephemeral.spec, status: mergeUserStatus(real.status ?? {}, written) };
  }
  const namespace = marks[annotations.dryRunResourceNamespace] || ephemeral.metadata.namespace;
  return { ...ephemeral, metadata: { ...ephemeral.metadata, name, namespace } };
}

/** How the ephemeral request's workflow ended; undefined while it has not. Source: B-DR-2. */
export function outcomeOf(request: DynamicObject): { failure?: string } | undefined {
  const conditions = request.status?.conditions as Condition[] | undefined;
  if (isTrue(conditions, 'Reconciled')) return {};
  const completed = findCondition(conditions, 'ConfigureWorkflowCompleted');
  if (completed?.reason === 'ConfigureWorkflowFailed') return { failure: completed.message };
  const reconciled = findCondition(conditions, 'Reconciled');
  return reconciled?.status === 'False' ? { failure: `pipeline failed: ${reconciled.message}` } : undefined;
}

/** What can be requested: an installed Promise and how its requests are served. */
export interface Offer {
  promise: string;
  resource: ResourceType;
}

/** Dry runs of the requests that a dry run's files hold; what cannot be read, or nobody serves, is passed over. Source: B-DR-3. */
export function componentsOf(dryRun: DryRunObject, works: WorkObject[], offers: Offer[]): DryRunObject[] {
  const { name, namespace } = dryRun.metadata;
  return [...filesOf(works)].flatMap(([path, text]) => documentsOf(text, path)).flatMap(document => {
    const offer = offers.find(({ resource }) => apiVersionOf(resource) === document.apiVersion && resource.kind === document.kind);
    if (!offer || !document.metadata?.labels?.[labels.parentResourceName]) return [];
    const request = document.metadata.name;
    return {
      apiVersion: API_VERSION,
      kind: 'DryRun',
      metadata: {
        name: stableName(`${name}-${offer.promise}-${request}`),
        namespace,
        labels: { [labels.dryRunParent]: asLabel(name), [labels.promiseName]: offer.promise },
        ownerReferences: owned(dryRun),
      },
      spec: {
        promiseRef: { name: offer.promise },
        resourceRequestRef: { name: request, ...(document.metadata.namespace && { namespace: document.metadata.namespace }) },
        resource: document.spec ?? {},
      },
    };
  });
}

function documentsOf(text: string, path: string): DynamicObject[] {
  try {
    return parseAllYaml(text, path).filter((each): each is DynamicObject => typeof each === 'object' && each !== null && 'metadata' in each);
  } catch {
    return [];
  }
}

export const isChildOf = (child: DryRunObject, parent: DryRunObject) =>
  child.metadata.namespace === parent.metadata.namespace && child.metadata.labels?.[labels.dryRunParent] === asLabel(parent.metadata.name);

export const isOverDryRun = ({ status }: DryRunObject) => findCondition(status?.conditions, 'Completed') !== undefined;

type Component = NonNullable<NonNullable<DryRunObject['status']>['components']>[number];

/** What a DryRun's status says of its components. */
export function componentStatuses(children: DryRunObject[]): Component[] {
  return children.map(child => {
    const completed = findCondition(child.status?.conditions, 'Completed');
    const ended = completed?.status === 'True' ? 'Succeeded' : 'Failed';
    const phase = completed ? ended : 'Pending';
    const { promiseRef, resourceRequestRef } = child.spec ?? { promiseRef: { name: '' }, resourceRequestRef: { name: '' } };
    const message = phase === 'Failed' ? completed?.message : undefined;
    return {
      promise: promiseRef.name,
      request: resourceRequestRef.name,
      ...(resourceRequestRef.namespace && { namespace: resourceRequestRef.namespace }),
      dryRun: child.metadata.name,
      phase,
      ...(message && { message }),
    };
  });
}

/** The conditions of a DryRun that is over. Source: B-DR-7. */
export function completedConditions(components: Component[]): ConditionChange[] {
  const completed: ConditionChange = { type: 'Completed', status: 'True', reason: 'SummaryWritten', message: 'The summary is written' };
  if (components.length === 0) return [completed];
  const named = (phase: string) => components.filter(each => each.phase === phase).map(({ promise, request }) => `${promise}/${request}`);
  const [failed, pending] = [named('Failed'), named('Pending')];
  const make = (status: ConditionChange['status'], reason: string, message: string): ConditionChange => ({ type: 'ComponentsSucceeded', status, reason, message });
  if (failed.length) return [completed, make('False', 'ComponentDryRunFailed', `Component dry runs failed: ${failed.join(', ')}`)];
  if (pending.length) return [completed, make('False', 'ComponentDryRunIncomplete', `Component dry runs did not complete in time: ${pending.join(', ')}`)];
  return [completed, make('True', 'AllComponentsSucceeded', 'All component dry runs succeeded')];
}
