import { coreTypes, keyOf } from '../kube';
import type { Key } from '../kube/types';
import { Controller, LOW_PRIORITY, type Result } from '../runtime';
import { labels } from '../wire/names';
import { podsDue, type JobObject } from '../workflow';
import type { EngineContext } from './context';

/** Deletes the pods of finished Jobs after the configured time; the Jobs stay. Source: B-WF-70. */
export function podTtlController(engine: EngineContext): Controller {
  const { informers, log, settings } = engine;

  /** What a record still has to learn from its pod is not deleted before. */
  const isOnRecord = ({ metadata }: JobObject) => {
    const run = informers.runs.get(`${metadata.namespace}/${metadata.labels?.[labels.run]}`);
    return !run?.status?.pipelines.some(({ job, phase }) => job === metadata.name && phase === 'Running');
  };
  const reconcile = async (key: Key): Promise<Result | void> => {
    const job = informers.jobs.get(key);
    const ttl = engine.config.podTtlSeconds;
    const due = job && ttl ? podsDue(job, ttl) : undefined;
    if (!job || !due || !isOnRecord(job)) return undefined;
    const left = due.getTime() - engine.now().getTime();
    if (left > 0) return { requeueAfterMs: left };
    const isOwned = (owner: { kind: string; uid: string }) => owner.kind === 'Job' && owner.uid === job.metadata.uid;
    for (const pod of informers.pods.byIndex('job', key)) if (pod.metadata.ownerReferences?.some(isOwned)) await engine.deleteOnce(coreTypes.Pod, pod);
    return undefined;
  };
  const controller = new Controller({ name: 'pod-ttl', log, workers: 2, reconcile });
  settings.onChange((now, before) => {
    if (now.podTtlSeconds === before.podTtlSeconds) return;
    for (const job of informers.jobs.list()) controller.enqueue(keyOf(job), { priority: LOW_PRIORITY });
  });
  return controller
    .watches(informers.jobs, ({ object }) => [keyOf(object)])
    .watches(informers.runs, ({ object }) => (engine.config.podTtlSeconds ? (object.status?.pipelines ?? []).flatMap(({ job }) => (job ? [`${object.metadata.namespace}/${job}`] : [])) : []));
}
