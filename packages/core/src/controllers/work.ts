import { setConditions, Work, WorkPlacement, type ConditionChange, type DestinationObject, type WorkflowRunObject, type WorkObject, type WorkPlacementObject } from '../api';
import { ApiError, keyOf, type InformerEvent } from '../kube';
import type { Key } from '../kube/types';
import { Controller, type Result } from '../runtime';
import { concernsWork, fateOfPart, notFromPipeline, planPlacements, schedulingFailed, secretEvents, workConditions, workEvents, type PlacementPlan } from '../scheduling';
import { briefUntil, isActiveRun } from '../workflow';
import { digestOf } from '../wire/encoding';
import { finalizers, labels } from '../wire/names';
import { PluginError } from '../plugins/registry';
import type { EngineContext } from './context';
import { onSpecOrLabels } from './predicates';

const WORKERS = 32;

/** Looks after Works: when one changes, when its placements, the record of its run or the Destinations do. */
export function workController(engine: EngineContext): Controller {
  const { informers, log } = engine;
  /** What changes with a Work may leave pieces of it without use. */
  const withParts = (key: Key) => [key, ...informers.works.byIndex('whole', key).map(keyOf)];
  const ofRun = (run: WorkflowRunObject) => (run.status?.pipelines ?? []).flatMap(({ work }) => (work ? [`${run.metadata.namespace}/${work.name}`] : []));
  return new Controller({ name: 'work', log, workers: WORKERS, reconcile: workReconciler(engine) })
    .watches(informers.works, event => onSpecOrLabels(event).flatMap(withParts))
    .watches(informers.placements, event => withParts(keyOfWork(event.object)))
    .watches(informers.runs, event => ofRun(event.object))
    .watches(informers.destinations, event => (onSpecOrLabels(event).length ? concernedWorks(engine, event) : []));
}

function keyOfWork(placement: WorkPlacementObject): Key {
  return `${placement.metadata.namespace}/${placement.metadata.labels?.[labels.work]}`;
}

/** The Works that may have to go elsewhere since a Destination changed; its status matters to none. */
function concernedWorks({ informers }: EngineContext, event: InformerEvent<DestinationObject>): Key[] {
  if (event.type === 'added' && event.initial) return [];
  const change = {
    added: { after: event.object },
    modified: { before: event.type === 'modified' ? event.previous : undefined, after: event.object },
    deleted: { before: event.object },
  }[event.type];
  const placedThere = new Set(informers.placements.byIndex('destination', event.object.metadata.name).map(keyOfWork));
  return informers.works.list().filter(work => concernsWork(work, change, placedThere.has(keyOf(work)))).map(keyOf);
}

/** Works become placements. Source: kratix-behaviour.md §6, §10.4. */
function workReconciler(engine: EngineContext) {
  const { api, informers } = engine;

  async function remove(work: WorkObject, placements: WorkPlacementObject[]) {
    for (const placement of placements) await engine.deleteOnce(WorkPlacement.type, placement);
    // the files go with the placements; the Work stays until they are gone
    if (placements.length > 0) return;
    for (const part of informers.works.byIndex('whole', keyOf(work))) await engine.deleteOnce(Work.type, part);
    await api.removeFinalizers(Work.type, work, finalizers.work);
  }

  async function keepPart(part: WorkObject, of: string): Promise<Result | void> {
    const whole = `${part.metadata.namespace}/${of}`;
    const fate = fateOfPart(part, informers.works.get(whole), informers.placements.byIndex('work', whole), engine.now());
    if (fate === 'delete') await engine.deleteOnce(Work.type, part);
    return typeof fate === 'object' ? { requeueAfterMs: fate.lookAgainMs } : undefined;
  }

  async function report(work: WorkObject, changes: ConditionChange[], counts: Pick<NonNullable<WorkObject['status']>, 'workPlacements' | 'workPlacementsCreated'> = {}) {
    // a Work is ready as it is now, not as it was before its pipeline ran again
    const observedGeneration = work.metadata.generation ?? 1;
    const conditions = setConditions(work.status?.conditions, changes.map(change => ({ ...change, observedGeneration })), engine.now());
    await api.mergePatch(Work.type, work, { ...work, status: { ...work.status, conditions, ...counts } }, { subresource: 'status' });
    for (const event of [...workEvents(work, conditions), ...secretEvents(work)]) engine.events.record(work, event);
  }

  async function place(work: WorkObject, plan: PlacementPlan, existing: WorkPlacementObject[]) {
    for (const placement of plan.obsolete) await engine.deleteOnce(WorkPlacement.type, placement);
    for (const placement of plan.wanted) {
      const before = existing.find(each => each.metadata.name === placement.metadata.name);
      // its files go first; the next one comes when it is gone
      if (before?.metadata.deletionTimestamp) continue;
      const after = await api.apply(WorkPlacement.type, placement);
      if (before && after.metadata.resourceVersion === before.metadata.resourceVersion) continue;
      engine.events.normal(work, 'WorkplacementReconciled', `workplacement reconciled: ${placement.metadata.name}, operation: ${before ? 'updated' : 'created'}`);
    }
  }

  return async (key: Key): Promise<Result | void> => {
    const work = informers.works.get(key);
    if (!work) return undefined;
    if (work.spec?.part) return keepPart(work, work.spec.part.of);
    const existing = informers.placements.byIndex('work', key);
    if (work.metadata.deletionTimestamp) {
      await remove(work, existing);
      return undefined;
    }
    if (!isVouchedFor(work, engine)) {
      if (wasChangedByHand(work, engine)) await report(work, notFromPipeline(work));
      return undefined;
    }
    const held = await api.patchMetadata(Work.type, work, { addFinalizers: [finalizers.work] });
    const destinations = informers.destinations.list();
    let plan: PlacementPlan;
    try {
      plan = planPlacements(held, destinations, existing, engine.registry.chooseDestination);
      await place(held, plan, existing);
    } catch (error) {
      const isTold = error instanceof PluginError || (error instanceof ApiError && !error.isConflict);
      if (isTold) await report(held, schedulingFailed(held, error.message));
      throw error;
    }
    const names = new Set(plan.wanted.map(each => each.metadata.name));
    const current = informers.placements.byIndex('work', key).filter(({ metadata }) => names.has(metadata.name) && !metadata.deletionTimestamp);
    const groups = held.spec?.workloadGroups?.length ?? 0;
    const changes = workConditions(plan, current, destinations);
    // a Work without a word about it is as pending
    const until = changes.some(({ reason }) => reason === 'WorkplacementsPending') ? briefUntil(endOfPipeline(work, engine), engine.now()) : undefined;
    if (until) return { requeueAfterMs: until.getTime() - engine.now().getTime() };
    await report(held, changes, { workPlacements: groups, workPlacementsCreated: groups - plan.unscheduled.length });
    return undefined;
  };
}

/** A pipeline's Work goes out only as the record of its run names it; nobody else's word counts. */
function isVouchedFor(work: WorkObject, engine: EngineContext): boolean {
  if (!work.metadata.labels?.[labels.pipelineName]) return true;
  const digest = digestOf(work.spec);
  return runsNaming(work, engine).some(run => run.status?.pipelines.some(each => each.work?.name === work.metadata.name && each.work.digest === digest));
}

/** Between the helper's write and the record of its run the two differ for a moment; without a run under way somebody else wrote. */
function wasChangedByHand(work: WorkObject, engine: EngineContext): boolean {
  const targets = new Set(runsNaming(work, engine).map(run => run.spec.target.uid));
  return targets.size > 0 && ![...targets].some(uid => engine.informers.runs.byIndex('target', uid).some(isActiveRun));
}

/** When the pipeline ended that wrote the Work. */
function endOfPipeline(work: WorkObject, engine: EngineContext): string | undefined {
  const ends = runsNaming(work, engine).flatMap(run => run.status?.pipelines.filter(each => each.work?.name === work.metadata.name).map(each => each.finishedAt ?? '') ?? []);
  return ends.sort().at(-1);
}

function runsNaming(work: WorkObject, engine: EngineContext): WorkflowRunObject[] {
  return engine.informers.runs.byIndex('work', `${work.metadata.namespace}/${work.metadata.name}`);
}
