import type { WorkflowRunObject, WorkObject, WorkPlacementObject } from '../api';
import { ObjectStore } from '../kube/store';
import type { Informer, InformerEvent, KubeObject } from '../kube/types';
import { widgetType } from '../testing';
import { EngineMetrics } from './engine-metrics';

function anInformer<T extends KubeObject>(): Informer<T> & { put(object: T): void } {
  const handlers = new Set<(event: InformerEvent<T>) => void>();
  const store = new ObjectStore<T>({}, event => handlers.forEach(handler => handler(event)));
  let version = 0;
  return {
    put: object => {
      version += 1;
      store.put({ ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
    },
    type: widgetType,
    get: key => store.get(key),
    list: () => store.list(),
    addIndex: () => {},
    byIndex: () => [],
    onChange: handler => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    onConnection: () => () => {},
    hasSynced: true,
    whenSynced: async () => {},
    observe: () => {},
    observeDeleted: () => {},
    release: () => {},
  };
}

function counted() {
  const informers = { runs: anInformer<WorkflowRunObject>(), works: anInformer<WorkObject>(), placements: anInformer<WorkPlacementObject>(), pods: anInformer<KubeObject & { status?: { phase?: string } }>() };
  const metrics = new EngineMetrics();
  const state = { isActive: true };
  metrics.collect(informers, () => state.isActive);
  const lines = async (name: string) => (await metrics.runtime.registry.metrics()).split('\n').filter(line => line.startsWith(name));
  return { ...informers, metrics, state, lines };
}

const metadata = { name: 'one', namespace: 'team' };
const aPlacement = (marks: Record<string, string> = {}, ready?: 'True' | 'False'): WorkPlacementObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'WorkPlacement',
  metadata: { ...metadata, labels: { 'kratix.io/pipeline-name': 'only', ...marks } },
  spec: { promiseName: 'redis', resourceName: 'one', targetDestinationName: 'eu' },
  ...(ready && { status: { conditions: [{ type: 'Ready', status: ready, reason: 'x', message: '', lastTransitionTime: '' }] } }),
});
const aWork = (wanted: number, made: number): WorkObject => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Work',
  metadata,
  spec: { promiseName: 'redis' },
  status: { workPlacements: wanted, workPlacementsCreated: made },
});
type Phase = NonNullable<WorkflowRunObject['status']>['phase'];
const aRun = (phase: Phase, finishedAt?: string): WorkflowRunObject => ({
  apiVersion: 'workflows.kratix-ts.dev/v1alpha1',
  kind: 'WorkflowRun',
  metadata,
  spec: { target: { apiVersion: 'v1', kind: 'Redis', plural: 'redis', name: 'one', uid: 'u', generation: 1 }, promiseName: 'redis', type: 'resource', action: 'configure', trigger: 'created', hash: 'h', sequence: 1 },
  status: { phase, startedAt: '2026-01-01T00:00:00Z', ...(finishedAt && { finishedAt }), pipelines: [{ name: 'only', phase: phase === 'Running' ? 'Running' : 'Succeeded', attempt: 1, startedAt: '2026-01-01T00:00:00Z', ...(finishedAt && { finishedAt }) }] },
});

describe('B-OBS-2', () => {
  it('counts what scheduling came to once, however often the objects change', async () => {
    const { placements, works, lines } = counted();
    works.put(aWork(1, 0));
    works.put(aWork(1, 0));
    works.put(aWork(1, 1));
    placements.put(aPlacement());
    placements.put(aPlacement({}, 'True'));
    placements.put(aPlacement({ 'kratix.io/misplaced': 'true' }, 'True'));
    placements.put(aPlacement({ 'kratix.io/misplaced': 'true' }, 'False'));
    expect(await lines('kratix_workplacement_outcomes_total')).toEqual([
      'kratix_workplacement_outcomes_total{result="unscheduled",promise="redis",namespace="team"} 1',
      'kratix_workplacement_outcomes_total{result="scheduled",promise="redis",namespace="team",destination="eu"} 1',
      'kratix_workplacement_outcomes_total{result="misplaced",promise="redis",namespace="team",destination="eu"} 1',
    ]);
    expect(await lines('kratix_workplacements{')).toEqual(['kratix_workplacements{state="failing"} 1']);
  });

  it('counts writes by how they ended, and names no request', async () => {
    const { metrics, lines } = counted();
    metrics.placementWritten(aPlacement(), 'failure');
    metrics.placementWritten(aPlacement(), 'success');
    metrics.placementWritten({ ...aPlacement(), metadata }, 'success');
    expect(await lines('kratix_workplacement_writes_total')).toEqual([
      'kratix_workplacement_writes_total{result="failure",promise="redis",destination="eu",pipeline="only"} 1',
      'kratix_workplacement_writes_total{result="success",promise="redis",destination="eu",pipeline="only"} 1',
      'kratix_workplacement_writes_total{result="success",promise="redis",destination="eu"} 1',
    ]);
  });
});

it('counts a run when it ends, and its time', async () => {
  const { runs, lines } = counted();
  runs.put(aRun('Running'));
  expect(await lines('kratix_workflow_runs_total')).toEqual([]);
  runs.put(aRun('Succeeded', '2026-01-01T00:00:04Z'));
  runs.put(aRun('Succeeded', '2026-01-01T00:00:04Z'));
  expect(await lines('kratix_workflow_runs_total')).toEqual(['kratix_workflow_runs_total{promise="redis",type="resource",action="configure",outcome="succeeded"} 1']);
  expect(await lines('kratix_workflow_run_duration_seconds_sum')).toEqual([expect.stringMatching(/ 4$/)]);
  expect(await lines('kratix_pipeline_duration_seconds_sum')).toEqual(['kratix_pipeline_duration_seconds_sum{promise="redis",pipeline="only",outcome="succeeded"} 4']);
  expect(await lines('kratix_workflow_runs{')).toEqual(['kratix_workflow_runs{phase="Succeeded"} 1']);
});

it('leaves the counting to the replica that works', async () => {
  const { runs, state, lines } = counted();
  state.isActive = false;
  runs.put(aRun('Succeeded', '2026-01-01T00:00:04Z'));
  expect([...(await lines('kratix_workflow_runs_total')), ...(await lines('kratix_workflow_runs{'))]).toEqual([]);
});

it('measures a store', async () => {
  const { metrics, lines } = counted();
  const store = metrics.store('GitStateStore/fleet');
  store.queued(3);
  store.batch(3);
  store.pushed(0.04);
  store.conflict();
  store.repaired(2);
  expect(await lines('kratix_store_queue_length{')).toEqual(['kratix_store_queue_length{store="GitStateStore/fleet"} 3']);
  expect(await lines('kratix_store_batch_size_sum')).toEqual(['kratix_store_batch_size_sum{store="GitStateStore/fleet"} 3']);
  expect(await lines('kratix_store_push_duration_seconds_sum')).toEqual(['kratix_store_push_duration_seconds_sum{store="GitStateStore/fleet"} 0.04']);
  expect(await lines('kratix_store_conflicts_total')).toEqual(['kratix_store_conflicts_total{store="GitStateStore/fleet"} 1']);
  expect(await lines('kratix_store_repairs_total')).toEqual(['kratix_store_repairs_total{store="GitStateStore/fleet"} 2']);
});
