import { setConditions, Work, WorkPlacement, type WorkflowRunObject, type WorkObject, type WorkPlacementObject } from '../api';
import { keyOf } from '../kube';
import type { Key } from '../kube/types';
import { Controller } from '../runtime';
import { planPlacements, workConditions } from '../scheduling';
import { digestOf } from '../wire/encoding';
import { finalizers, labels } from '../wire/names';
import type { EngineContext } from './context';
import { onSpecOrLabels } from './predicates';

const WORKERS = 32;

/** Looks after Works: when one changes, when its placements, the record of its run or the Destinations do. */
export function workController(engine: EngineContext): Controller {
  const { informers, log } = engine;
  const ofRun = (run: WorkflowRunObject) => (run.status?.pipelines ?? []).flatMap(({ work }) => (work ? [`${run.metadata.namespace}/${work.name}`] : []));
  return (
    new Controller({ name: 'work', log, workers: WORKERS, reconcile: workReconciler(engine) })
      .watches(informers.works, onSpecOrLabels)
      .watches(informers.placements, event => [`${event.object.metadata.namespace}/${event.object.metadata.labels?.[labels.work]}`])
      .watches(informers.runs, event => ofRun(event.object))
      // where a Destination's labels or its life change, every Work may go elsewhere; its status matters to none
      .watches(informers.destinations, event => (onSpecOrLabels(event).length ? informers.works.list().map(keyOf) : []))
  );
}

/** Works become placements. Source: kratix-behaviour.md §6, §10.4. */
function workReconciler(engine: EngineContext) {
  const { api, informers } = engine;

  async function remove(work: WorkObject, placements: WorkPlacementObject[]) {
    for (const placement of placements) await engine.deleteOnce(WorkPlacement.type, placement);
    // the files go with the placements; the Work stays until they are gone
    if (placements.length === 0) await api.removeFinalizers(Work.type, work, finalizers.work);
  }

  return async (key: Key): Promise<void> => {
    const work = informers.works.get(key);
    if (!work) return;
    const existing = informers.placements.byIndex('work', key);
    if (work.metadata.deletionTimestamp) {
      await remove(work, existing);
      return;
    }
    if (!isVouchedFor(work, engine)) return;
    const held = await api.patchMetadata(Work.type, work, { addFinalizers: [finalizers.work] });
    const destinations = informers.destinations.list();
    const plan = planPlacements(held, destinations, existing, engine.registry.chooseDestination);
    for (const placement of plan.obsolete) await engine.deleteOnce(WorkPlacement.type, placement);
    for (const placement of plan.wanted) await api.apply(WorkPlacement.type, placement);

    const current = informers.placements.byIndex('work', key).filter(placement => plan.wanted.some(each => each.metadata.name === placement.metadata.name));
    const groups = held.spec?.workloadGroups?.length ?? 0;
    // a Work is ready as it is now, not as it was before its pipeline ran again
    const observedGeneration = held.metadata.generation ?? 1;
    const changes = workConditions(plan, current, destinations).map(change => ({ ...change, observedGeneration }));
    const conditions = setConditions(held.status?.conditions, changes, engine.now());
    const status = { ...held.status, conditions, workPlacements: groups, workPlacementsCreated: groups - plan.unscheduled.length };
    await api.mergePatch(Work.type, held, { ...held, status }, { subresource: 'status' });
    if (plan.unscheduled.length) engine.events.normal(held, 'NoMatchingDestination', conditions.find(each => each.type === 'ScheduleSucceeded')?.message ?? '');
  };
}

/** A pipeline's Work goes out only as the record of its run names it; nobody else's word counts. */
function isVouchedFor(work: WorkObject, engine: EngineContext): boolean {
  if (!work.metadata.labels?.[labels.pipelineName]) return true;
  const runs = engine.informers.runs.byIndex('work', `${work.metadata.namespace}/${work.metadata.name}`);
  const digest = digestOf(work.spec);
  return runs.some(run => run.status?.pipelines.some(each => each.work?.name === work.metadata.name && each.work.digest === digest));
}
