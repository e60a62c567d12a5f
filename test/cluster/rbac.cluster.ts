import { connect, coreTypes, type KubeObject, parseYaml, type ResourceType } from '@kratix-ts/core/kube';
import { aContainer, aName, aPipeline, type APromise, aPromise, aRequest, kubeconfigOf, requestFolder, setting, TestCluster, types } from './support';

/* A user's container gets a token only where its Pipeline asks for rights; the helper may write Works and nothing else. */

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  verbs?: string[];
}
interface RoleLike extends KubeObject {
  rules?: Rule[];
}
interface BindingLike extends KubeObject {
  roleRef: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}
interface PodLike extends KubeObject {
  spec: {
    serviceAccountName: string;
    automountServiceAccountToken?: boolean;
    initContainers: { name: string; volumeMounts?: { mountPath: string }[] }[];
    containers: { name: string; volumeMounts?: { mountPath: string }[] }[];
  };
}

const NODES: ResourceType = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };

let cluster: TestCluster;
let destination: string;
const pool = aName('pool');

/** Says whether the container sees any token, at the usual place or elsewhere. */
const lookForToken = `
if find /var/run/secrets /run/secrets -name token 2>/dev/null | grep -q .; then found=yes; else found=no; fi
echo "token: $found" | sed 's/yes/"yes"/; s/no$/"no"/' >/kratix/output/token.yaml`;

beforeAll(async () => {
  cluster = await TestCluster.open();
  destination = await cluster.destination({ pool });
});
afterAll(() => cluster?.close());

interface Outcome {
  token: unknown;
  pods: PodLike[];
}

async function runPipeline(rbac?: Record<string, unknown>): Promise<Outcome & { promise: APromise }> {
  const pipeline = aPipeline([aContainer(lookForToken)], { rbac });
  const promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [pipeline] } } });
  await cluster.install(promise);
  const request = aRequest(promise.type, cluster.namespace);
  await cluster.create(promise.type, request);
  await cluster.untilReady(promise.type, request.metadata);
  const files = await cluster.filesIn(requestFolder(destination, promise.name, request));
  const { token } = parseYaml([...files.values()].join('')) as { token: unknown };
  const { items: pods } = await cluster.kube.list<PodLike>(coreTypes.Pod, {
    namespace: cluster.namespace,
    labelSelector: `kratix.io/promise-name=${promise.name}`,
  });
  return { token, pods, promise };
}

/** Every rule that a service account of the suite's namespace has by name. */
async function rulesOf(account: string): Promise<Rule[]> {
  const isBound = ({ subjects }: BindingLike) =>
    subjects?.some(({ kind, name, namespace }) => kind === 'ServiceAccount' && name === account && namespace === cluster.namespace);
  const local = await cluster.kube.list<BindingLike>(coreTypes.RoleBinding);
  const wide = await cluster.kube.list<BindingLike>(coreTypes.ClusterRoleBinding);
  const rules: Rule[] = [];
  for (const { roleRef, metadata } of [...local.items, ...wide.items].filter(isBound)) {
    const type = roleRef.kind === 'ClusterRole' ? coreTypes.ClusterRole : coreTypes.Role;
    const role = await cluster.kube.get<RoleLike>(type, { name: roleRef.name, namespace: metadata.namespace });
    rules.push(...(role.rules ?? []));
  }
  return rules;
}

it('F81: gives user containers no token where the Pipeline declares no rights', async () => {
  const { token, pods } = await runPipeline();
  expect(token).toBe('no');
  expect(pods.length).toBeGreaterThan(0);
  for (const { spec } of pods) {
    expect(spec.automountServiceAccountToken).toBe(false);
    const paths = spec.initContainers.flatMap(({ volumeMounts }) => volumeMounts ?? []).map(({ mountPath }) => mountPath);
    expect(paths.filter(path => path.includes('secrets'))).toEqual([]);
    expect(spec.containers.map(({ name }) => name)).toEqual(['pipeline-adapter']);
  }
});

it('F81: lets the helper write Works and nothing else', async () => {
  const { pods } = await runPipeline();
  const rules = await rulesOf(pods[0].spec.serviceAccountName);
  expect(rules.length).toBeGreaterThan(0);
  for (const rule of rules) expect(rule).toMatchObject({ apiGroups: ['platform.kratix.io'], resources: ['works'] });
  const verbs = new Set(rules.flatMap(rule => rule.verbs ?? []));
  for (const verb of verbs) expect(['create', 'get', 'patch', 'update']).toContain(verb);
});

it('F81: a pipeline’s account is refused the status of requests, Secrets, Promises and nodes, in its namespace and elsewhere', async () => {
  const { pods, promise } = await runPipeline();
  const name = pods[0].spec.serviceAccountName;
  const account = await connect({ text: await kubeconfigOf(cluster.kube, setting('KRATIX_TEST_KUBECONFIG'), { namespace: cluster.namespace, name }) });
  try {
    const status = { status: { message: 'forged' } };
    for (const namespace of [cluster.namespace, 'default']) {
      const refused = (call: Promise<unknown>) => expect(call).rejects.toMatchObject({ code: 403 });
      await refused(account.patch(promise.type, { namespace, name: 'anybody' }, status, { kind: 'merge', subresource: 'status' }));
      await refused(account.list(promise.type, { namespace }));
      await refused(account.list(coreTypes.Secret, { namespace }));
      await refused(account.get(types.Promise, { name: promise.name }));
      await refused(account.list(NODES));
    }
  } finally {
    await account.close();
  }
});

it('gives a token, and the declared rights, where the Pipeline asks for them', async () => {
  const permissions = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
  const { token, pods } = await runPipeline({ permissions });
  expect(token).toBe('yes');
  const rules = await rulesOf(pods[0].spec.serviceAccountName);
  expect(rules).toContainEqual(expect.objectContaining(permissions[0]));
});
