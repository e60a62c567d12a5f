import { findCondition, type Condition, type Pipeline, type RunStatus, type WorkflowRunObject, type WorkObject } from '../api';
import type { DynamicObject } from '../kube/types';
import { aPromise } from '../testing/promises';
import { jobName, pipelineId, stableName, truncateName } from '../wire/names';
import { pipelineJob } from './job';
import { accountObjects } from './rbac';
import { obsoleteJobs } from './retention';
import { configureStatus, deliveryConditions } from './status';
import { ownerOf, pipelineNamespace, type Workflow } from './target';

/* Objects as others see them: the names, fields and labels that Kratix gives to what its workflows make. */

const promise = aPromise({ metadata: { name: 'redis', uid: 'promise-uid' } });
const request: DynamicObject = { apiVersion: 'cache.io/v1', kind: 'Redis', metadata: { name: 'example', namespace: 'default', uid: 'request-uid' }, spec: { size: 1 } };
const resource = { group: 'cache.io', version: 'v1', kind: 'Redis', plural: 'redis', namespaced: true };
const ofRequest = (config?: { pipelineNamespace: string }): Workflow => ({
  target: { type: 'resource', object: request, resource, promise: { ...promise, spec: { workflows: { ...(config && { config }) } } } },
  action: 'configure',
  pipelines: [],
  hash: '0123456789abcdef0123456789abcdef',
});
const ofPromise: Workflow = { ...ofRequest(), target: { type: 'promise', object: promise as DynamicObject, resource: { group: 'platform.kratix.io', version: 'v1alpha1', kind: 'Promise', plural: 'promises', namespaced: false }, promise } };
const aPipeline = (spec: Partial<Pipeline['spec']> = {}): Pipeline => ({ metadata: { name: 'instance-configure' }, spec: { containers: [{ name: 'one', image: 'a' }], ...spec } });
const run = { metadata: { name: 'example-abcde-1' } } as WorkflowRunObject;

interface Container {
  name: string;
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}
interface PodSpec {
  volumes: { name: string }[];
  initContainers: Container[];
  containers: Container[];
}
const jobOf = (workflow: Workflow, pipeline: Pipeline, settings: { defaultBackoffLimit?: number } = {}) => {
  const name = jobName('redis', 'example', run.metadata.name, pipeline.metadata.name, 1);
  const { job } = pipelineJob(workflow, pipeline, run, name, { helperImage: 'helper', ...settings });
  return { job, spec: job.spec as { backoffLimit?: number; template: { spec: PodSpec } } };
};

describe('names', () => {
  it('B-GEN-10, B-GEN-12: long names are cut at a letter or digit, and told apart by a hash of their inputs', () => {
    expect(truncateName(`${'a'.repeat(55)}-bcd`)).toBe('a'.repeat(55));
    expect(stableName('redis', 'v0.1.0')).toBe('redis-77ba1');
    expect(stableName('n'.repeat(80))).toMatch(/^n{56}-[0-9a-f]{5}$/);
    expect(stableName('n'.repeat(80))).not.toBe(stableName('n'.repeat(81)));
  });
  it('B-WF-1, B-WF-10: a pipeline’s id and its Job’s name tell Promise, request and pipeline', () => {
    expect(pipelineId('redis', 'resource', 'configure', 'instance-configure')).toBe('redis-resource-configure-instance-configure');
    expect(jobOf(ofRequest(), aPipeline()).job.metadata.name).toMatch(/^kratix-redis-example-instance-configure-[0-9a-f]{5}$/);
  });
});

it('B-WF-2, B-PR-30: pipelines of a Promise run in the system namespace, those of a request in its own, or where the Promise says', () => {
  expect([ofPromise, ofRequest(), ofRequest({ pipelineNamespace: 'pipelines' })].map(({ target }) => pipelineNamespace(target))).toEqual(['kratix-platform-system', 'default', 'pipelines']);
});

it('B-WF-13: the Pipeline’s own limit of tries wins over the configured one; without either Kubernetes decides', () => {
  const limits = [
    jobOf(ofRequest(), aPipeline({ jobOptions: { backoffLimit: 2 } }), { defaultBackoffLimit: 4 }),
    jobOf(ofRequest(), aPipeline(), { defaultBackoffLimit: 4 }),
    jobOf(ofRequest(), aPipeline()),
  ].map(({ spec }) => spec.backoffLimit);
  expect(limits).toEqual([2, 4, undefined]);
});

it('B-WF-14: a Promise controls its Jobs, a request owns its Jobs, and nobody owns across namespaces', () => {
  expect(ownerOf(ofPromise.target, 'kratix-platform-system', true)).toEqual([expect.objectContaining({ kind: 'Promise', uid: 'promise-uid', controller: true })]);
  const [owner] = ownerOf(ofRequest().target, 'default') ?? [];
  expect(owner).toMatchObject({ kind: 'Redis', uid: 'request-uid' });
  expect(owner).not.toHaveProperty('controller');
  expect(jobOf(ofRequest({ pipelineNamespace: 'pipelines' }), aPipeline()).job.metadata.ownerReferences).toBeUndefined();
});

it('B-WF-16, B-WF-17, B-POD-5: user containers share input, output and metadata, the input read-only, and bring volumes of their own', () => {
  const own = { name: 'cache', emptyDir: {} };
  const container = { name: 'one', image: 'a', volumeMounts: [{ name: 'cache', mountPath: '/cache' }] };
  const { template } = jobOf(ofRequest(), aPipeline({ volumes: [own], containers: [container, { name: 'two', image: 'b' }] })).spec;
  const [first, second] = template.spec.initContainers;
  const mounts = (each: Container) => each.volumeMounts.map(({ mountPath, readOnly }) => `${mountPath}${readOnly ? ' (read-only)' : ''}`);
  expect(mounts(first)).toEqual(['/kratix/input (read-only)', '/kratix/output', '/kratix/metadata', '/cache']);
  expect(mounts(second)).toEqual(['/kratix/input (read-only)', '/kratix/output', '/kratix/metadata']);
  expect(first.volumeMounts.slice(0, 3).map(({ name }) => name)).toEqual(second.volumeMounts.map(({ name }) => name));
  expect(template.spec.volumes).toContainEqual(own);
  expect(template.spec.containers).toHaveLength(1);
});

it('B-WF-36: rights that a Pipeline declares say by their labels whose they are', () => {
  const permissions = [{ verbs: ['get'], resources: ['pods'] }, { verbs: ['get'], resources: ['secrets'], resourceNamespace: 'other' }, { verbs: ['list'], resources: ['nodes'], resourceNamespace: '*' }];
  const declared = accountObjects(ofRequest(), aPipeline({ rbac: { permissions } })).slice(3);
  for (const { object } of declared) {
    expect(object.metadata.labels).toMatchObject({
      'kratix.io/promise-name': 'redis',
      'kratix.io/workflow-type': 'resource',
      'kratix.io/workflow-action': 'configure',
      'kratix.io/pipeline-name': 'instance-configure',
      'kratix.io/pipeline-namespace': 'default',
    });
  }
  const namespaces = declared.map(({ object }) => `${object.kind} ${object.metadata.labels?.['kratix.io/resource-namespace'] ?? '-'}`);
  expect(namespaces).toEqual(['Role -', 'RoleBinding -', 'ClusterRole other', 'RoleBinding other', 'ClusterRole kratix_all_namespaces', 'ClusterRoleBinding -']);
});

it('B-WF-50: of each pipeline the newest Jobs stay, and what still runs is never taken', () => {
  const job = (name: string, minute: number, isRunning = false) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { 'kratix.io/workflow-action': 'configure', 'kratix.io/pipeline-name': 'a' }, creationTimestamp: `2026-01-01T00:0${minute}:00Z` },
    ...(!isRunning && { status: { conditions: [{ type: 'Complete', status: 'True' }] } }),
  });
  expect(obsoleteJobs([job('old', 1), job('running', 0, true), job('new', 3), job('middle', 2)], 2).map(({ metadata }) => metadata.name)).toEqual(['old']);
});

describe('status', () => {
  const now = new Date('2026-01-01T00:10:00Z');
  const works = (message: string, generation = 1): WorkObject[] => [
    { apiVersion: '', kind: 'Work', metadata: { name: 'w', generation: 1 }, status: { conditions: [{ type: 'Ready', status: 'True', reason: 'R', message, lastTransitionTime: '', observedGeneration: generation }] } },
  ];
  const record = (phases: RunStatus['pipelines'][number]['phase'][], phase: RunStatus['phase']): WorkflowRunObject =>
    ({ ...run, spec: { sequence: 1 }, status: { phase, pipelines: phases.map((each, index) => ({ name: `p${index}`, phase: each, attempt: 1 })), ...(phase === 'Succeeded' && { finishedAt: '2026-01-01T00:09:00Z' }) } }) as WorkflowRunObject;
  const of = (made: WorkflowRunObject, before: Record<string, unknown> = {}) => configureStatus({ before, generation: 3, run: made, works: works('Ready'), subject: 'resource', now });

  it('B-RR-20, B-RR-23: the counters follow the pipelines, each with its phase', () => {
    expect(of(record(['Succeeded', 'Running', 'Pending'], 'Running'))).toMatchObject({
      workflows: 3,
      workflowsSucceeded: 1,
      workflowsFailed: 0,
      kratix: { workflows: { pipelines: [{ name: 'p0', phase: 'Succeeded' }, { name: 'p1', phase: 'Running' }, { name: 'p2', phase: 'Pending' }] } },
    });
  });
  it('B-RR-25, B-RR-28: once all is done the generation is observed, and the time of the success stands in both places', () => {
    expect(of(record(['Succeeded', 'Running'], 'Running'))).not.toHaveProperty('observedGeneration');
    const done = of(record(['Succeeded', 'Succeeded'], 'Succeeded')) as { lastSuccessfulConfigureWorkflowTime: string; conditions: Condition[] };
    const since = findCondition(done.conditions, 'ConfigureWorkflowCompleted')?.lastTransitionTime;
    expect(done).toMatchObject({ observedGeneration: 3, workflowsSucceeded: 2, lastSuccessfulConfigureWorkflowTime: since, kratix: { workflows: { lastSuccessfulConfigureWorkflowTime: since } } });
  });
  it.each([
    ['Ready', 1, 'True', 'WorksSucceeded', 'Reconciled'],
    ['Pending', 1, 'Unknown', 'WorksPending', 'Pending'],
    ['Ready', 0, 'Unknown', 'WorksPending', 'Pending'],
    ['Misplaced', 1, 'False', 'WorksMisplaced', 'Failing'],
    ['Failing', 1, 'False', 'WorksFailing', 'Failing'],
  ])('B-RR-26: a Work whose Ready says %s of generation %s makes WorksSucceeded %s', (message, generation, status, reason, outcome) => {
    const [delivered, reconciled] = deliveryConditions(works(message, generation), 'resource');
    expect([delivered.status, delivered.reason, reconciled.message]).toEqual([status, reason, outcome]);
  });
  it('B-RR-26: without Works all is delivered', () => {
    expect(deliveryConditions([], 'resource')[0]).toMatchObject({ status: 'True', message: 'All works associated with this resource are ready' });
  });
});
