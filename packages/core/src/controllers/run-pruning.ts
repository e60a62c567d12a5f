import { WorkflowRun, Work, type WorkflowRunObject } from '../api';
import { coreTypes } from '../kube';
import { labels } from '../wire/names';
import { obsoleteJobs, obsoleteRuns, obsoleteWorks, type Workflow } from '../workflow';
import type { EngineContext } from './context';

/** After a run: Works of pipelines that are gone, and more Jobs and records than are kept. Source: B-WF-50. */
export async function pruneAfterRun(engine: EngineContext, workflow: Workflow, run: WorkflowRunObject, runs: WorkflowRunObject[]): Promise<void> {
  const { api, informers, config } = engine;
  if (run.status?.phase === 'Succeeded' && workflow.action === 'configure') {
    const names = workflow.pipelines.map(pipeline => pipeline.metadata.name);
    for (const work of obsoleteWorks(engine.worksOf(workflow.target), run, names)) await engine.deleteOnce(Work.type, work);
  }
  const key = engine.targetKey(workflow.target);
  const jobs = informers.jobs.byIndex('target', key).filter(job => job.metadata.labels?.[labels.workflowType] === workflow.target.type);
  for (const job of obsoleteJobs(jobs, config.jobsToKeep)) {
    if (!job.metadata.deletionTimestamp) await api.delete(coreTypes.Job, job.metadata, { propagationPolicy: 'Background' });
  }
  const inUse = new Set(informers.jobs.byIndex('target', key).map(job => job.metadata.name));
  for (const input of informers.configMaps.byIndex('target', key)) if (!inUse.has(input.metadata.name)) await engine.deleteOnce(coreTypes.ConfigMap, input);
  for (const old of obsoleteRuns(runs, config.runsToKeep)) await api.delete(WorkflowRun.type, old.metadata);
}
