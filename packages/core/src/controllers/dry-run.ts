import { DryRun, isEstablished, servedBy, setConditions, Work, type ConditionChange, type DryRunObject, type PromiseObject, type WorkObject } from '../api';
import {
  changesBetween, COMPONENT_PATIENCE, completedConditions, componentsOf, componentStatuses, compoundSummary, dryRunProblem, dryRunSummary, ephemeralRequest, filesOf, isChildOf, isOverDryRun,
  outcomeOf, summaryOf, summaryWork, type Offer, type PipelineChanges,
} from '../dry-run';
import { keyOf, type Informer } from '../kube';
import type { DynamicObject, Key, ResourceType } from '../kube/types';
import { Controller, type Result } from '../runtime';
import { labels } from '../wire/names';
import type { EngineContext } from './context';
import { onSpec, self } from './predicates';

type Status = NonNullable<DryRunObject['status']>;

const accepted: ConditionChange = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Its pipelines run' };

/** Tries what a request would write, and writes it down. Source: kratix-behaviour.md §8.5. */
class DryRunReconciler {
  /** Requests of the Promises that dry runs were asked for, watched as long as the engine runs. */
  private readonly watched = new Map<string, Informer<DynamicObject>>();

  /** Asks for another look at a DryRun, as the request that it made has changed. */
  enqueue: (key: Key) => void = () => {};

  constructor(private readonly engine: EngineContext) {}

  async reconcile(key: Key): Promise<Result | void> {
    const { api, informers, config } = this.engine;
    const dryRun = informers.dryRuns.get(key);
    if (!dryRun || dryRun.metadata.deletionTimestamp || isOverDryRun(dryRun)) return undefined;
    const promise = informers.promises.get(dryRun.spec?.promiseRef.name ?? '');
    const problem = dryRunProblem(config.dryRun, dryRun.spec?.promiseRef.name ?? '', promise);
    const offer = this.offers().find(each => each.promise === promise?.metadata.name);
    if (problem?.isFinal) return this.report(dryRun, [{ type: 'Completed', status: 'False', reason: problem.reason, message: problem.message }]);
    if (problem || !promise || !offer) {
      const { reason, message } = problem ?? { reason: 'PromiseNotAvailable', message: `the API of Promise "${promise?.metadata.name}" is not served yet` };
      return this.report(dryRun, [{ type: 'Accepted', status: 'False', reason, message }]);
    }
    const requests = await this.requestsOf(offer.resource);
    const request = await api.apply(offer.resource, ephemeralRequest(dryRun, offer.resource));
    const outcome = outcomeOf(requests.get(keyOf(request)) ?? request);
    if (!outcome) return this.report(dryRun, [accepted]);
    if (outcome.failure !== undefined) return this.report(dryRun, [accepted, { type: 'Completed', status: 'False', reason: 'PipelineFailed', message: outcome.failure }]);
    return this.conclude(dryRun, promise, request);
  }

  /** The pipelines are over: components, then the summary. */
  private async conclude(dryRun: DryRunObject, promise: PromiseObject, request: DynamicObject): Promise<Result | void> {
    const { api, informers, now } = this.engine;
    const works = this.worksOf(promise, request.metadata.namespace, request.metadata.name, true);
    for (const child of componentsOf(dryRun, works, this.offers())) await api.createIfAbsent(DryRun.type, child);
    const children = informers.dryRuns.list().filter(each => isChildOf(each, dryRun)).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const components = componentStatuses(children);
    const due = Date.parse(dryRun.metadata.creationTimestamp ?? '') + COMPONENT_PATIENCE;
    if (components.some(({ phase }) => phase === 'Pending') && now().getTime() < due) {
      await this.report(dryRun, [accepted], components);
      return { requeueAfterMs: due - now().getTime() };
    }
    const ref = dryRun.spec?.resourceRequestRef;
    const live = this.worksOf(promise, ref?.namespace ?? dryRun.metadata.namespace, ref?.name ?? '', false);
    const changes = changesOf(live, works);
    const outcomes = children.map((child, index) => ({ ...components[index], failure: components[index].phase === 'Failed' ? components[index].message : undefined, summary: summaryOf(this.summaryOf(child)) }));
    const text = children.length ? compoundSummary(promise.metadata.name, ref?.name ?? '', changes, outcomes) : dryRunSummary(changes);
    await api.apply(Work.type, summaryWork(dryRun, request.metadata.name, text));
    return this.report(dryRun, [accepted, ...completedConditions(components)], components);
  }

  private summaryOf(child: DryRunObject): WorkObject | undefined {
    const isOf = ({ metadata }: WorkObject) => metadata.labels?.[labels.dryRunSummary] === 'true' && metadata.ownerReferences?.some(({ uid }) => uid === child.metadata.uid);
    return this.engine.informers.works.byIndex('promise', child.spec?.promiseRef.name ?? '').find(isOf);
  }

  private worksOf(promise: PromiseObject, namespace: string | undefined, name: string, isDry: boolean): WorkObject[] {
    const object = { apiVersion: '', kind: '', metadata: { name, namespace, ...(isDry && { labels: { [labels.dryRun]: 'true' } }) } };
    return this.engine.worksOf({ type: 'resource', object, resource: DryRun.type, promise });
  }

  /** What can be requested now. */
  private offers(): Offer[] {
    return this.engine.informers.crds.list().flatMap(crd => {
      const promise = crd.metadata.labels?.[labels.promiseName];
      return promise && isEstablished(crd) ? [{ promise, resource: servedBy(crd) }] : [];
    });
  }

  private async requestsOf(resource: ResourceType): Promise<Informer<DynamicObject>> {
    const id = `${resource.group}/${resource.version}/${resource.plural}`;
    const known = this.watched.get(id);
    if (known) return known;
    const requests = this.engine.cache.informer<DynamicObject>(resource);
    this.watched.set(id, requests);
    requests.onChange(({ object: { metadata } }) => {
      const owner = metadata.labels?.[labels.dryRun] === 'true' && metadata.ownerReferences?.find(({ kind }) => kind === 'DryRun');
      if (owner) this.enqueue(`${metadata.namespace}/${owner.name}`);
    });
    await requests.whenSynced();
    return requests;
  }

  private async report(dryRun: DryRunObject, changes: ConditionChange[], components?: Status['components']): Promise<void> {
    const latest = this.engine.informers.dryRuns.get(keyOf(dryRun)) ?? dryRun;
    const conditions = setConditions(latest.status?.conditions, changes, this.engine.now());
    await this.engine.api.mergePatch(DryRun.type, latest, { ...latest, status: { ...latest.status, conditions, ...(components?.length && { components }) } }, { subresource: 'status' });
  }
}

/** Looks after DryRuns: when one changes or one of its components, its Promise, the request that it made, or its Works. */
export function dryRunController(engine: EngineContext): Controller {
  const { informers, log, settings } = engine;
  const reconciler = new DryRunReconciler(engine);
  const controller = new Controller({ name: 'dryrun', log, reconcile: key => reconciler.reconcile(key) });
  reconciler.enqueue = key => controller.enqueue(key);
  const waiting = () => informers.dryRuns.list().filter(each => !isOverDryRun(each)).map(keyOf);
  settings.onChange((now, before) => now.dryRun !== before.dryRun && waiting().forEach(key => controller.enqueue(key)));
  return controller
    .watches(informers.dryRuns, event => [keyOf(event.object), ...informers.dryRuns.list().filter(each => isChildOf(event.object, each)).map(keyOf)])
    .watches(informers.promises, event => (self(event).length ? waiting() : []))
    .watches(informers.crds, event => (onSpec(event).length ? waiting() : []));
}

/** What each pipeline would change against what its Work of the live request holds. Source: B-DR-6. */
function changesOf(live: WorkObject[], tried: WorkObject[]): PipelineChanges[] {
  const pipelineOf = (work: WorkObject) => work.metadata.labels?.[labels.pipelineName] ?? '';
  const of = (works: WorkObject[], pipeline: string) => filesOf(works.filter(work => pipelineOf(work) === pipeline));
  return [...new Set([...live, ...tried].map(pipelineOf))].map(pipeline => ({ pipeline, changes: changesBetween(of(live, pipeline), of(tried, pipeline)) }));
}
