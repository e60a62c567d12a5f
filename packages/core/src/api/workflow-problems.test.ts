import type { PromiseObject } from './promise';
import { workflowProblems, workflowWarnings } from './workflow-problems';

const aPipeline = (name: string, change: { metadata?: object; spec?: object; container?: object } = {}) => ({
  apiVersion: 'platform.kratix.io/v1alpha1',
  kind: 'Pipeline',
  metadata: { name, creationTimestamp: null, ...change.metadata },
  spec: { containers: [{ name: 'one', image: 'a', ...change.container }], ...change.spec },
});
const aPromise = (workflows: object): PromiseObject => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'shop' }, spec: { workflows } });

describe('what pipelines say without effect', () => {
  it.each<[string, object, string[]]>([
    ['nothing', { resource: { configure: [aPipeline('a', { spec: { rbac: { permissions: [{ verbs: ['get'] }] }, volumes: [{ name: 'v', emptyDir: {} }] } })] } }, []],
    ['A15, B-API-22: an unknown field of a container', { resource: { configure: [aPipeline('a', { container: { ports: [{ containerPort: 80 }], workingDir: '/x' } })] } }, [
      'spec.workflows.resource.configure[0].spec.containers[0].ports: is not a field of Pipelines, and has no effect',
      'spec.workflows.resource.configure[0].spec.containers[0].workingDir: is not a field of Pipelines, and has no effect',
    ]],
    ['A15, B-API-20, B-API-21: an unknown field of the Pipeline', { promise: { delete: [{ ...aPipeline('a', { spec: { affinity: {} } }), status: {} }] } }, [
      'spec.workflows.promise.delete[0].spec.affinity: is not a field of Pipelines, and has no effect',
      'spec.workflows.promise.delete[0].status: is not a field of Pipelines, and has no effect',
    ]],
    ['a namespace', { promise: { configure: [aPipeline('a', { metadata: { namespace: 'n' } })] } }, [
      'spec.workflows.promise.configure[0].metadata.namespace: has no effect; set spec.workflows.config.pipelineNamespace for all pipelines',
    ]],
    ['Q-60, B-WF-60: more than one delete pipeline', { resource: { delete: [aPipeline('a'), aPipeline('b')] } }, [
      'spec.workflows.resource.delete: only the first of its 2 pipelines, "a", runs; join them to one',
    ]],
    ['one name in two lists', { resource: { configure: [aPipeline('a')], delete: [aPipeline('a')] } }, [
      'pipeline "a" stands in spec.workflows.resource.configure and in spec.workflows.resource.delete; give each a name of its own, or other engines take the rights of one away when the other starts',
    ]],
  ])('%s', (_title, workflows, expected) => {
    expect(workflowWarnings(aPromise(workflows))).toEqual(expected);
    expect(workflowProblems(aPromise(workflows))).toEqual([]);
  });

  it.each(['reader', 'work-writer', 'status-writer', 'pipeline-adapter'])('A16: a container named like the helper "%s" is refused', name => {
    expect(workflowProblems(aPromise({ resource: { configure: [aPipeline('a', { container: { name } })] } }))).toEqual([
      `pipeline "a": spec.workflows.resource.configure[0].spec.containers: the name "${name}" is the helper container's; choose another`,
    ]);
  });

  it.each<[string, object, string]>([
    ['no container', { spec: { containers: [] } }, 'must hold at least one container'],
    ['two of one name', { spec: { containers: [{ name: 'one', image: 'a' }, { name: 'one', image: 'b' }] } }, 'two containers are named "one"'],
    ['a name of 64 characters', { container: { name: 'a'.repeat(64) } }, 'must be at most 63 characters'],
  ])('A16: %s is refused', (_title, change, expected) => {
    expect(workflowProblems(aPromise({ resource: { configure: [aPipeline('a', change)] } })).join()).toContain(expected);
  });
});
