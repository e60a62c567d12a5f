import { aName } from './support/names';
import { RawClient, type RawOptions } from './support/raw';

/* Who may do what: roles, their bindings, reviews and impersonation are the same on every cluster. */

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const namespace = aName('access-');
const other = aName('access-');
const inNamespace = (path: string, place = namespace) => path.replace('NS', place);
const maps = inNamespace('/api/v1/namespaces/NS/configmaps');
const roles = inNamespace(`${RBAC}/namespaces/NS/roles`);
const bindings = inNamespace(`${RBAC}/namespaces/NS/rolebindings`);

let api: RawClient;
const made: string[] = [];

beforeAll(async () => {
  api = new RawClient(process.env.KRATIX_TEST_KUBECONFIG ?? '');
  for (const name of [namespace, other]) await api.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
});
afterAll(async () => {
  for (const path of made) await api.delete(path);
  for (const name of [namespace, other]) await api?.delete(`/api/v1/namespaces/${name}`);
  api?.close();
});

interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
}
const rule = (verbs: string, resources: string, more: Partial<Rule> = {}): Rule => ({ apiGroups: [''], resources: resources.split(' '), verbs: verbs.split(' '), ...more });
const role = (name: string, rules: Rule[]) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules });
const binding = (name: string, account: string, roleRef: { kind: string; name: string } = { kind: 'Role', name }) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
  subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
});

/** A service account with these rights in its namespace; returns how to speak for it. */
async function anAccount(rules: Rule[] = []): Promise<{ name: string; user: string; as: RawOptions }> {
  const name = aName('robot');
  await api.post(inNamespace('/api/v1/namespaces/NS/serviceaccounts'), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
  if (rules.length > 0) {
    await api.post(roles, role(name, rules));
    await api.post(bindings, binding(name, name));
  }
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [], expirationSeconds: 600 } };
  const { body } = await api.post(inNamespace(`/api/v1/namespaces/NS/serviceaccounts/${name}/token`), request);
  const as = { token: String(body.status.token) };
  const user = `system:serviceaccount:${namespace}:${name}`;
  if (rules.length > 0) {
    const [verb, resource, group] = [rules[0].verbs[0], rules[0].resources?.[0], rules[0].apiGroups?.[0]];
    const ask = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { namespace, verb, resource, group, name: rules[0].resourceNames?.[0] } } };
    await api.eventually('the rights to hold', () => api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', ask, as), answer => String(answer.body.status?.allowed) === 'true');
  }
  return { name, user, as };
}

describe('a service account', () => {
  it('may do nothing but look around', async () => {
    const { user, as } = await anAccount();
    expect(await api.get(maps, as)).toMatchObject({
      code: 403,
      body: { kind: 'Status', reason: 'Forbidden', message: `configmaps is forbidden: User "${user}" cannot list resource "configmaps" in API group "" in the namespace "${namespace}"`, details: { kind: 'configmaps' } },
    });
    expect((await api.get(`${maps}/x`, as)).body.message).toBe(`configmaps "x" is forbidden: User "${user}" cannot get resource "configmaps" in API group "" in the namespace "${namespace}"`);
    expect((await api.get('/api/v1/nodes', as)).body.message).toBe(`nodes is forbidden: User "${user}" cannot list resource "nodes" in API group "" at the cluster scope`);
    expect((await api.get(`/api/v1/namespaces/${namespace}`, as)).body.message).toBe(`namespaces "${namespace}" is forbidden: User "${user}" cannot get resource "namespaces" in API group "" in the namespace "${namespace}"`);
    expect((await api.get('/metrics', as)).body.message).toBe(`forbidden: User "${user}" cannot get path "/metrics"`);
    for (const path of ['/api', '/apis', '/api/v1', '/version', '/healthz', '/openapi/v3']) expect((await api.get(path, as)).code).toBe(200);
  });

  it('may do what its roles say, where they say it', async () => {
    const { as, user } = await anAccount([rule('get list create', 'configmaps'), rule('get', 'secrets', { resourceNames: ['mine'] })]);
    expect((await api.get(maps, as)).code).toBe(200);
    expect((await api.post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: aName() } }, as)).code).toBe(201);
    expect((await api.get(maps.replace(namespace, other), as)).code).toBe(403);
    expect((await api.get('/api/v1/configmaps', as)).body.message).toBe(`configmaps is forbidden: User "${user}" cannot list resource "configmaps" in API group "" at the cluster scope`);
    expect((await api.get(`${maps}?watch=true&timeoutSeconds=1`, as)).code).toBe(403);
    expect((await api.delete(`${maps}/any`, undefined, as)).code).toBe(403);
    const secrets = inNamespace('/api/v1/namespaces/NS/secrets');
    expect((await api.get(`${secrets}/mine`, as)).code).toBe(404);
    expect((await api.get(`${secrets}/other`, as)).code).toBe(403);
    expect((await api.get(secrets, as)).code).toBe(403);
  });

  it('needs the right to create to apply what is not there', async () => {
    const { as, user } = await anAccount([rule('patch get', 'configmaps')]);
    const apply = (name: string) => api.call('PATCH', `${maps}/${name}?fieldManager=x`, { ...as, type: 'application/apply-patch+yaml', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } });
    expect((await apply('missing')).body.message).toBe(`configmaps "missing" is forbidden: User "${user}" cannot create resource "configmaps" in API group "" in the namespace "${namespace}"`);
    await api.post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there' } });
    expect((await apply('there')).code).toBe(200);
  });

  it('may write a status where its role names it', async () => {
    const { as } = await anAccount([rule('patch', 'services/status')]);
    const services = inNamespace('/api/v1/namespaces/NS/services');
    await api.post(services, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'svc' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } });
    const headers = { type: 'application/merge-patch+json', body: { metadata: {} }, ...as };
    expect((await api.call('PATCH', `${services}/svc/status`, headers)).code).toBe(200);
    expect((await api.call('PATCH', `${services}/svc`, headers)).code).toBe(403);
  });

  it('loses its rights with its binding', async () => {
    const { as, name } = await anAccount([rule('list', 'configmaps')]);
    await api.delete(`${bindings}/${name}`);
    await api.eventually('a refusal', () => api.get(maps, as), ({ code }) => code === 403);
  });

  it('is not known with a token that is none', async () => {
    expect(await api.get(maps, { token: 'a.b.c' })).toMatchObject({ code: 401, body: { reason: 'Unauthorized', message: 'Unauthorized' } });
  });
});

describe('nobody gives away more than he has', () => {
  const mayWriteRoles = rule('create update patch get', 'roles rolebindings', { apiGroups: ['rbac.authorization.k8s.io'] });

  it('by writing a role', async () => {
    const { as, user } = await anAccount([mayWriteRoles, rule('get', 'configmaps')]);
    expect((await api.post(roles, role(aName(), [rule('get', 'configmaps')]), as)).code).toBe(201);
    const refused = await api.post(roles, role('grabs', [rule('get list', 'configmaps secrets')]), as);
    expect(refused.code).toBe(403);
    expect(refused.body.message).toBe(
      [
        `roles.rbac.authorization.k8s.io "grabs" is forbidden: user "${user}" (groups=["system:serviceaccounts" "system:serviceaccounts:${namespace}" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:`,
        '{APIGroups:[""], Resources:["configmaps"], Verbs:["list"]}',
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
      ].join('\n'),
    );
  });

  it('by binding one', async () => {
    const { as, name } = await anAccount([mayWriteRoles]);
    const reader = aName();
    await api.post(roles, role(reader, [rule('list', 'secrets')]));
    const refused = await api.post(bindings, binding(aName(), name, { kind: 'Role', name: reader }), as);
    expect(refused).toMatchObject({ code: 403, body: { message: expect.stringContaining('is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["list"]}') } });
    expect(await api.post(bindings, binding(aName(), name, { kind: 'Role', name: 'missing' }), as)).toMatchObject({ code: 404, body: { message: 'rolebindings.rbac.authorization.k8s.io "missing" not found' } });
  });

  it('but with the verbs escalate and bind', async () => {
    const rbac = { apiGroups: ['rbac.authorization.k8s.io'] };
    const { as, name } = await anAccount([mayWriteRoles, rule('escalate', 'roles', rbac), rule('bind', 'roles', { ...rbac, resourceNames: ['bindable'] })]);
    expect((await api.post(roles, role('bindable', [rule('list', 'secrets')]), as)).code).toBe(201);
    expect((await api.post(bindings, binding(aName(), name, { kind: 'Role', name: 'bindable' }), as)).code).toBe(201);
    await api.post(roles, role('unbindable', [rule('delete', 'secrets')]), as);
    expect((await api.post(bindings, binding(aName(), name, { kind: 'Role', name: 'unbindable' }), as)).code).toBe(403);
  });
});

describe('reviews', () => {
  const review = (kind: string, spec: object) => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec });

  it('tell what somebody may do', async () => {
    const { user, as, name } = await anAccount([rule('list', 'configmaps')]);
    const ask = (attributes: object, spec: object = {}) => api.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', review('SubjectAccessReview', { user, resourceAttributes: { namespace, ...attributes }, ...spec }));
    expect((await ask({ verb: 'list', resource: 'configmaps' })).body.status).toEqual({ allowed: true, reason: `RBAC: allowed by RoleBinding "${name}/${namespace}" of Role "${name}" to ServiceAccount "${name}/${namespace}"` });
    expect((await ask({ verb: 'get', resource: 'configmaps' })).body.status).toEqual({ allowed: false });
    expect((await ask({ verb: 'get', resource: 'anything' }, { groups: ['system:masters'] })).body.status).toMatchObject({ allowed: true });
    const self = await api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review('SelfSubjectAccessReview', { resourceAttributes: { namespace, verb: 'list', resource: 'configmaps' } }), as);
    expect(self).toMatchObject({ code: 201, body: { status: { allowed: true } } });
    const rules = await api.post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', review('SelfSubjectRulesReview', { namespace }), as);
    expect(rules.body.status.resourceRules).toContainEqual(expect.objectContaining({ verbs: ['list'], resources: ['configmaps'] }));
  });
});

describe('acting as somebody else', () => {
  it('takes the other one\'s rights, for who may', async () => {
    const { user } = await anAccount([rule('list', 'configmaps')]);
    const headers = { 'Impersonate-User': user };
    expect((await api.get(maps, { headers })).code).toBe(200);
    expect((await api.get(inNamespace('/api/v1/namespaces/NS/secrets'), { headers })).code).toBe(403);
    expect((await api.get(maps, { headers: { 'Impersonate-User': 'jane' } })).body.message).toBe(`configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "${namespace}"`);
  });

  it('is not for everybody', async () => {
    const { as, user } = await anAccount([rule('list', 'configmaps')]);
    expect((await api.get(maps, { ...as, headers: { 'Impersonate-User': 'jane' } })).body.message).toBe(`users "jane" is forbidden: User "${user}" cannot impersonate resource "users" in API group "" at the cluster scope`);
    const them = await anAccount([rule('impersonate', 'serviceaccounts')]);
    expect((await api.get(maps, { ...them.as, headers: { 'Impersonate-User': user } })).code).toBe(200);
  });
});

describe('roles of the whole cluster', () => {
  it('hold in one namespace where they are bound there, and may collect the rules of others', async () => {
    const { as, name } = await anAccount([rule('list', 'configmaps')]);
    const label = aName('collect');
    const clusterRole = (role_: object) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', ...role_ });
    for (const path of [`${RBAC}/clusterroles/${label}-a`, `${RBAC}/clusterroles/${label}`]) made.push(path);
    await api.post(`${RBAC}/clusterroles`, clusterRole({ metadata: { name: label }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'yes' } }] }, rules: [] }));
    await api.post(`${RBAC}/clusterroles`, clusterRole({ metadata: { name: `${label}-a`, labels: { [label]: 'yes' } }, rules: [rule('list', 'secrets')] }));
    await api.eventually('the rules to be collected', () => api.get(`${RBAC}/clusterroles/${label}`), ({ body }) => JSON.stringify(body.rules).includes('secrets'));
    await api.post(bindings, binding(aName(), name, { kind: 'ClusterRole', name: label }));
    await api.eventually('the right to hold', () => api.get(inNamespace('/api/v1/namespaces/NS/secrets'), as), ({ code }) => code === 200);
    expect((await api.get(inNamespace('/api/v1/namespaces/NS/secrets', other), as)).code).toBe(403);
  });

  it('are there from the start', async () => {
    for (const name of ['cluster-admin', 'admin', 'edit', 'view', 'system:discovery', 'system:basic-user', 'system:public-info-viewer']) {
      expect((await api.get(`${RBAC}/clusterroles/${name}`)).code).toBe(200);
    }
    const viewer = await anAccount();
    await api.post(bindings, binding(aName(), viewer.name, { kind: 'ClusterRole', name: 'view' }));
    await api.eventually('the right to hold', () => api.get(maps, viewer.as), ({ code }) => code === 200);
    expect((await api.get(inNamespace('/api/v1/namespaces/NS/secrets'), viewer.as)).code).toBe(403);
  });
});
