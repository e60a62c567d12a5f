import type { Pipeline, PromiseObject, WorkflowRunObject } from '../api';
import { parseYaml } from '../kube/yaml';
import { InputTooLargeError, pipelineJob, type JobSettings } from './job';
import { withoutSpec } from './kubernetes';
import { stableName } from '../wire/names';
import { accountObjects, rightsOf } from './rbac';
import { localName, type Workflow } from './target';

const promise = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'shop', uid: 'p' }, spec: { destinationSelectors: [{ matchLabels: { env: 'dev' } }] } } as PromiseObject;
const aWorkflow = (change: Partial<Workflow['target']['object']> = {}): Workflow => ({
  target: {
    type: 'resource',
    object: { apiVersion: 'shop.io/v1', kind: 'Cart', metadata: { name: 'cart', namespace: 'team', uid: 'u', annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } }, spec: { size: 1 }, status: { stage: 'one' }, ...change },
    resource: { group: 'shop.io', version: 'v1', kind: 'Cart', plural: 'carts', namespaced: true },
    promise,
  },
  action: 'configure',
  pipelines: [],
  hash: 'h',
});
const aPipeline = (spec: Partial<Pipeline['spec']> = {}, metadata: Partial<Pipeline['metadata']> = {}): Pipeline => ({
  metadata: { name: 'write', ...metadata },
  spec: { containers: [{ name: 'one', image: 'a', env: [{ name: 'X', value: '1' }] }, { name: 'two', image: 'b' }], ...spec },
});
/** A request whose Promise has its pipelines in a namespace of their own. */
const elsewhere = (namespace = 'team'): Workflow => {
  const workflow = aWorkflow({ metadata: { name: 'cart', namespace, uid: `u-${namespace}` } });
  const spec = { ...promise.spec, workflows: { config: { pipelineNamespace: 'pipelines' } } };
  return { ...workflow, target: { ...workflow.target, promise: { ...promise, spec } } };
};
const run = { metadata: { name: 'cart-abcde-1' } } as WorkflowRunObject;
interface PodSpec {
  restartPolicy: string;
  automountServiceAccountToken: boolean;
  initContainers: { name: string; env: { name: string; value: string }[]; volumeMounts: { mountPath: string; readOnly?: boolean }[] }[];
  containers: PodSpec['initContainers'];
  volumes: Record<string, unknown>[];
}
const make = (workflow: Workflow, pipeline: Pipeline, settings: Partial<JobSettings> = {}) => {
  const { job, input } = pipelineJob(workflow, pipeline, run, 'job', { helperImage: 'helper', ...settings });
  const template = (job.spec as { template: { metadata: { annotations: Record<string, string>; labels: Record<string, string> }; spec: PodSpec } }).template;
  return { job, input, template, pod: template.spec };
};
const valueOf = (container: PodSpec['containers'][number], name: string) => container.env.find(each => each.name === name)?.value;

describe('pipelineJob', () => {
  it('runs the user’s containers in order, and the helper last', () => {
    const { pod } = make(aWorkflow(), aPipeline());
    expect(pod.initContainers.map(each => each.name)).toEqual(['one', 'two']);
    expect(pod.containers.map(each => each.name)).toEqual(['pipeline-adapter']);
    expect(pod).toMatchObject({ restartPolicy: 'Never', automountServiceAccountToken: false });
  });
  it('object.yaml is the object, with the status that earlier pipelines left', () => {
    const { template } = make(aWorkflow(), aPipeline());
    expect(parseYaml(template.metadata.annotations['kratix-ts.dev/object'])).toMatchObject({ kind: 'Cart', spec: { size: 1 }, status: { stage: 'one' } });
  });
  it('a large object comes in a ConfigMap, a larger one is refused by name', () => {
    const { input, template } = make(aWorkflow({ spec: { text: 'x'.repeat(300_000) } }), aPipeline());
    expect(input?.kind).toBe('ConfigMap');
    expect(template.metadata.annotations).not.toHaveProperty('kratix-ts.dev/object');
    expect(() => make(aWorkflow({ spec: { text: 'x'.repeat(1_100_000) } }), aPipeline())).toThrow(InputTooLargeError);
  });
  it('B-WF-18: the variables tell what runs for whom, and the container’s own come after', () => {
    const [first] = make(aWorkflow(), aPipeline()).pod.initContainers;
    const env = Object.fromEntries(first.env.map(each => [each.name, each.value]));
    expect(env).toMatchObject({ KRATIX_WORKFLOW_ACTION: 'configure', KRATIX_WORKFLOW_TYPE: 'resource', KRATIX_PROMISE_NAME: 'shop', KRATIX_PIPELINE_NAME: 'write', KRATIX_OBJECT_KIND: 'Cart', KRATIX_OBJECT_GROUP: 'shop.io', KRATIX_OBJECT_VERSION: 'v1', KRATIX_OBJECT_NAME: 'cart', KRATIX_OBJECT_NAMESPACE: 'team', KRATIX_CRD_PLURAL: 'carts', KRATIX_CLUSTER_SCOPED: 'false' });
    expect(first.env.at(-1)).toEqual({ name: 'X', value: '1' });
  });
  it('Q-48: a token stands where the Pipeline declares rights, and nowhere else', () => {
    const mounts = (spec: Partial<Pipeline['spec']>) => make(aWorkflow(), aPipeline(spec)).pod.initContainers.flatMap(each => each.volumeMounts.map(mount => mount.mountPath)).filter(path => path.includes('secrets'));
    expect(mounts({})).toEqual([]);
    expect(mounts({ rbac: { permissions: [{ verbs: ['get'], resources: ['pods'] }] } })).toHaveLength(2);
  });
  it('Q-45: labels of the Pipeline do not hide ours', () => {
    const { template } = make(aWorkflow(), aPipeline({}, { labels: { 'kratix.io/promise-name': 'other', mine: 'yes' } }));
    expect(template.metadata.labels).toMatchObject({ 'kratix.io/promise-name': 'shop', mine: 'yes', 'kratix-ts.dev/run': 'cart-abcde-1' });
  });
  it('B-POD-16: the helper is told which Work to fill, and for whom', () => {
    const [helper] = make(aWorkflow(), aPipeline()).pod.containers;
    expect(JSON.parse(valueOf(helper, 'KRATIX_WORK') ?? '')).toMatchObject({
      kind: 'Work',
      metadata: { namespace: 'team', labels: { 'kratix.io/work-type': 'resource', 'kratix.io/resource-name': 'cart', 'kratix.io/pipeline-name': 'write' }, annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' }, finalizers: ['kratix.io/work-cleanup'], ownerReferences: [{ uid: 'u' }] },
      spec: { promiseName: 'shop', resourceName: 'cart' },
    });
    expect(JSON.parse(valueOf(helper, 'KRATIX_PROMISE_SELECTORS') ?? '')).toEqual([{ matchLabels: { env: 'dev' }, source: 'promise' }]);
    expect(valueOf(helper, 'KRATIX_OUTPUT_VALIDATION')).toBeUndefined();
  });
  it('the engine’s copy of a Job and its pod is a tenth of it, and tells whether it is suspended', () => {
    const { job, template } = make(aWorkflow(), aPipeline());
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: 'p', ...template.metadata }, status: { phase: 'Running' } };
    const size = (object: unknown) => JSON.stringify(object).length;
    expect(size(withoutSpec(job)) + size(withoutSpec(pod))).toBeLessThan((size(job) + size(pod)) / 8);
    expect(withoutSpec(pod)).toMatchObject({ metadata: { labels: template.metadata.labels }, status: { phase: 'Running' } });
    expect(withoutSpec({ ...job, spec: { suspend: true, template } })).toHaveProperty('spec', { suspend: true });
  });
  it('B-POD-17: a Work that is there already is filled anew; the first one’s name tells Promise, request and pipeline', () => {
    const nameOf = (settings: Partial<JobSettings> = {}) => (JSON.parse(valueOf(make(aWorkflow(), aPipeline(), settings).pod.containers[0], 'KRATIX_WORK') ?? '') as { metadata: { name: string } }).metadata.name;
    expect(nameOf({ existingWork: 'shop-cart-write-0a1b2' })).toBe('shop-cart-write-0a1b2');
    expect(nameOf()).toMatch(/^shop-cart-write-[0-9a-f]{5}$/);
  });
  it('B-WF-11, B-WF-20: labels of Job and pod tell what runs for whom, and for which specs', () => {
    const { job, template } = make(aWorkflow(), aPipeline());
    const marks = {
      'kratix.io/promise-name': 'shop', 'kratix.io/resource-name': 'cart', 'kratix.io/workflow-type': 'resource', 'kratix.io/workflow-action': 'configure',
      'kratix.io/pipeline-name': 'write', 'kratix.io/hash': 'h', 'app.kubernetes.io/managed-by': 'Kratix',
    };
    expect(job.metadata.labels).toMatchObject(marks);
    expect(template.metadata.labels).toMatchObject(marks);
  });
  it('B-WF-12: annotations name the object, and carry its trace', () => {
    const trace = { 'kratix.io/trace-parent': '00-1-2-01', 'kratix.io/trace-state': 's' };
    const { job, template } = make(aWorkflow({ metadata: { name: 'cart', namespace: 'team', uid: 'u', annotations: { ...trace, other: 'x' } } }), aPipeline({}, { annotations: { mine: 'yes' } }));
    expect(job.metadata.annotations).toEqual({
      'kratix.io/job-resource-name': 'cart', 'kratix.io/job-resource-namespace': 'team', 'kratix.io/job-resource-kind': 'Cart', 'kratix.io/job-resource-api-version': 'shop.io/v1', ...trace,
    });
    expect(template.metadata.annotations).toMatchObject({ mine: 'yes', ...trace });
    expect(template.metadata.annotations).not.toHaveProperty('other');
  });
  it.each([
    [{}, {}, undefined],
    [{}, { defaultBackoffLimit: 2 }, 2],
    [{ jobOptions: { backoffLimit: 0 } }, { defaultBackoffLimit: 2 }, 0],
  ])('B-WF-13: retries of %j with %j', (spec, settings, expected) => {
    expect((make(aWorkflow(), aPipeline(spec), settings).job.spec as { backoffLimit?: number }).backoffLimit).toBe(expected);
  });
  it('B-WF-14: a request owns its Jobs where it can, a Promise controls them', () => {
    const owners = (workflow: Workflow) => make(workflow, aPipeline()).job.metadata.ownerReferences;
    expect(owners(aWorkflow())).toEqual([{ apiVersion: 'shop.io/v1', kind: 'Cart', name: 'cart', uid: 'u' }]);
    expect(owners(elsewhere())).toBeUndefined();
    const ofPromise: Workflow = { ...aWorkflow(), target: { ...aWorkflow().target, type: 'promise', object: promise as never } };
    expect(owners(ofPromise)).toEqual([{ apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', name: 'shop', uid: 'p', controller: true, blockOwnerDeletion: true }]);
  });
  it('B-WF-15: node, tolerations and pull secrets are the Pipeline’s, after the helper’s own', () => {
    const spec = { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'gpu' }], imagePullSecrets: [{ name: 'mine' }], restartPolicy: 'OnFailure' as const };
    expect(make(aWorkflow(), aPipeline(spec), { helperPullSecret: 'theirs' }).pod).toMatchObject({ ...spec, imagePullSecrets: [{ name: 'theirs' }, { name: 'mine' }] });
    expect(make(aWorkflow(), aPipeline()).pod).not.toHaveProperty('imagePullSecrets');
  });
  it('B-WF-19: containers get what is configured where they do not say, the helper is confined', () => {
    const settings = { defaultImagePullPolicy: 'Always', defaultContainerSecurityContext: { runAsUser: 7 }, defaultContainerResources: { limits: { cpu: '1' } } };
    const own = { name: 'one', image: 'a', imagePullPolicy: 'Never' as const, securityContext: {}, resources: {} };
    const { initContainers, containers } = make(aWorkflow(), aPipeline({ containers: [own, { name: 'two', image: 'b' }] }), settings).pod;
    expect(initContainers[0]).toMatchObject({ imagePullPolicy: 'Never', securityContext: {}, resources: {} });
    expect(initContainers[1]).toMatchObject({ imagePullPolicy: 'Always', securityContext: { runAsUser: 7 }, resources: { limits: { cpu: '1' } } });
    expect(containers[0]).toMatchObject({ imagePullPolicy: 'Always', securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] } } });
    expect(make(aWorkflow(), aPipeline()).pod.initContainers[0]).toMatchObject({ resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '200m', memory: '256Mi' } } });
  });
  it('B-WF-18: a dry run is told to every container, each with variables of its own, and to the Work', () => {
    const dry = aWorkflow({ metadata: { name: 'cart', namespace: 'team', uid: 'u', labels: { 'kratix.io/dry-run': 'true' } } });
    const { initContainers, containers } = make(dry, aPipeline()).pod;
    for (const container of initContainers) expect(valueOf(container, 'KRATIX_DRY_RUN')).toBe('true');
    expect(initContainers.map(({ env }) => env.length)).toEqual([13, 12]);
    const meant = make({ ...dry, input: { ...dry.target.object, metadata: { name: 'real', namespace: 'shop' } } }, aPipeline()).pod;
    expect(['NAME', 'NAMESPACE'].map(end => valueOf(meant.initContainers[0], `KRATIX_OBJECT_${end}`))).toEqual(['real', 'shop']);
    expect(JSON.parse(valueOf(containers[0], 'KRATIX_WORK') ?? '').metadata.labels).toMatchObject({ 'kratix.io/dry-run': 'true' });
    expect(valueOf(make(aWorkflow(), aPipeline()).pod.initContainers[0], 'KRATIX_DRY_RUN')).toBeUndefined();
  });
  it('B-RR-50, B-WF-2, Q-11: in a pipelineNamespace names and labels tell requests of one name apart', () => {
    const [ofTeam, ofOther] = [elsewhere('team'), elsewhere('other')].map(workflow => ({ ...make(workflow, aPipeline()), workflow }));
    expect(ofTeam.job.metadata).toMatchObject({ namespace: 'pipelines', labels: { 'kratix.io/resource-name': 'cart', 'kratix.io/resource-namespace': 'team' } });
    const workOf = ({ pod }: typeof ofTeam) => JSON.parse(valueOf(pod.containers[0], 'KRATIX_WORK') ?? '').metadata;
    expect(workOf(ofTeam)).toMatchObject({ namespace: 'pipelines', labels: { 'kratix.io/resource-namespace': 'team' } });
    expect(workOf(ofTeam)).not.toHaveProperty('ownerReferences');
    expect(workOf(ofTeam).name).not.toBe(workOf(ofOther).name);
    expect(localName(ofTeam.workflow.target)).not.toBe(localName(ofOther.workflow.target));
  });
  it('a Pipeline may let files through that do not parse', () => {
    const { pod } = make(aWorkflow(), aPipeline({}, { annotations: { 'workflows.kratix-ts.dev/output-validation': 'none' } }));
    expect(valueOf(pod.containers[0], 'KRATIX_OUTPUT_VALIDATION')).toBe('none');
  });
});

describe('accountObjects', () => {
  const named = (spec: Partial<Pipeline['spec']>) => accountObjects(aWorkflow(), aPipeline(spec)).map(({ object }) => `${object.kind} ${object.metadata.namespace ?? '-'}/${object.metadata.name}`);
  it('B-WF-30, B-WF-31: one account and one role for each pipeline', () => {
    expect(named({})).toEqual(['ServiceAccount team/shop-resource-configure-write', 'Role team/shop-resource-configure-write', 'RoleBinding team/shop-resource-configure-write']);
  });
  it('Q-17: an account with a name of its own is nobody’s, and so is neither relabelled nor deleted', () => {
    const [account] = accountObjects(aWorkflow(), aPipeline({ rbac: { serviceAccount: 'shared' } }));
    expect(account.object).toEqual({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'shared', namespace: 'team' } });
  });
  it('Q-16, B-WF-36: rights of one pipeline are told from those of another workflow’s pipeline of the same name', () => {
    const rights = (workflow: Workflow) => rightsOf(accountObjects(workflow, aPipeline({ rbac: { permissions: [{ verbs: ['get'] }] } }))[3].object);
    expect(rights(aWorkflow())).toBe('shop/resource/configure/write/team');
    expect(rights({ ...aWorkflow(), action: 'delete' })).toBe('shop/resource/delete/write/team');
  });
  it('B-WF-35, B-WF-36: rights elsewhere are named, marked and bound as Kratix does', () => {
    const permissions = [{ verbs: ['get'], resourceNamespace: 'other' }, { verbs: ['list'], resourceNamespace: '*' }];
    const [role, bound, everywhere, boundEverywhere] = accountObjects(aWorkflow(), aPipeline({ rbac: { permissions } })).slice(3).map(({ object }) => object.metadata);
    const id = 'shop-resource-configure-write';
    expect(role).toMatchObject({ name: stableName(`${id}-other`), labels: { 'kratix.io/resource-namespace': 'other', 'kratix.io/pipeline-namespace': 'team', 'kratix.io/workflow-action': 'configure' } });
    expect(bound).toMatchObject({ name: stableName(`${id}-team`), namespace: 'other' });
    expect(everywhere).toMatchObject({ name: stableName(`${id}-kratix-all-namespaces`), labels: { 'kratix.io/resource-namespace': 'kratix_all_namespaces' } });
    expect(boundEverywhere.name).toBe(stableName(`${id}-team`));
    expect(boundEverywhere.labels).not.toHaveProperty('kratix.io/resource-namespace');
  });
  it('Q-48: the helper may write Works, and nothing else', () => {
    const role = accountObjects(aWorkflow(), aPipeline()).find(({ object }) => object.kind === 'Role');
    expect(role?.object.rules).toEqual([{ apiGroups: ['platform.kratix.io'], resources: ['works'], verbs: ['create', 'patch'] }]);
  });
  it('B-WF-34, B-WF-35: what the Pipeline declares comes in objects of its own', () => {
    const permissions = [{ verbs: ['get'], resources: ['pods'] }, { verbs: ['list'], resources: ['nodes'], resourceNamespace: '*' }, { verbs: ['get'], resources: ['secrets'], resourceNamespace: 'other' }];
    expect(named({ rbac: { permissions } }).slice(3)).toEqual([
      expect.stringMatching(/^Role team\/shop-resource-configure-write-/),
      expect.stringMatching(/^RoleBinding team\//),
      expect.stringMatching(/^ClusterRole -\//),
      expect.stringMatching(/^ClusterRoleBinding -\//),
      expect.stringMatching(/^ClusterRole -\//),
      expect.stringMatching(/^RoleBinding other\//),
    ]);
  });
});
