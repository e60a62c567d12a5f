import { aName } from './support/names';
import { RawClient } from './support/raw';
import { TestWebhook, type Asked } from './support/webhook';

/* How admission webhooks are asked, and how their answers reach a client: the same on every cluster. */

const kubeconfig = process.env.KRATIX_TEST_KUBECONFIG ?? '';
const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const group = `${aName('g')}.example.com`;
const namespace = aName('hooks-');
const name = `${aName('hook')}.example.com`;
const things = `/apis/${group}/v1/namespaces/${namespace}/things`;
const definitionPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const schema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { size: { type: 'integer', maximum: 5 }, color: { type: 'string', default: 'red' } } },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};
const version = (word: string, storage: boolean) => ({ name: word, served: true, storage, subresources: { status: {} }, schema: { openAPIV3Schema: schema } });
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `things.${group}` },
  spec: { group, scope: 'Namespaced', names: { kind: 'Thing', plural: 'things' }, versions: [version('v1', true), version('v1beta1', false)] },
};
const thing = (metadata: object, spec: object = {}) => ({ apiVersion: `${group}/v1`, kind: 'Thing', metadata, spec });

let api: RawClient;
let hook: TestWebhook;
const made: string[] = [];

beforeAll(async () => {
  api = new RawClient(kubeconfig);
  hook = await TestWebhook.open();
  await api.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { suite: namespace } } });
  await api.post(definitionPath, definition);
  await api.eventually('the kind to be served', () => api.get(things), ({ code }) => code === 200);
});

afterAll(async () => {
  await forget();
  await api?.delete(`${definitionPath}/things.${group}`);
  await api?.delete(`/api/v1/namespaces/${namespace}`);
  await hook?.close();
  api?.close();
});
afterEach(forget);

async function forget(): Promise<void> {
  for (const path of made.splice(0)) await api.delete(path);
}

const anyThing = { operations: ['CREATE', 'UPDATE', 'DELETE'], apiGroups: [group], apiVersions: ['v1'], resources: ['things', 'things/status'] };

/** Stores a configuration with one webhook and waits until it is asked. */
async function register(type: 'validating' | 'mutating', more: object = {}): Promise<void> {
  const path = `${CONFIGURATIONS}/${type}webhookconfigurations`;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: type === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
    metadata: { name: aName('suite-') },
    webhooks: [{ name, clientConfig: hook.clientConfig, rules: [anyThing], sideEffects: 'None', admissionReviewVersions: ['v1'], namespaceSelector: { matchLabels: { suite: namespace } }, timeoutSeconds: 5, ...more }],
  };
  const { code, body } = await api.post(path, configuration);
  if (code !== 201) throw new Error(`${code} ${JSON.stringify(body)}`);
  made.push(`${path}/${configuration.metadata.name}`);
}

const isProbe = (request: Asked) => JSON.stringify(request.object?.metadata?.labels ?? {}).includes('probe');

async function untilAsked(): Promise<void> {
  hook.on(() => ({ allowed: true }));
  const probe = () => api.post(`${things}?dryRun=All`, thing({ name: 'probe', labels: { probe: 'yes' } }));
  await api.eventually('the webhook to be asked', probe, () => hook.asked.some(isProbe));
  hook.asked.length = 0;
}

const deny = (status?: object) => () => ({ allowed: false, ...(status ? { status } : {}) });

describe('a validating webhook', () => {
  beforeEach(async () => {
    await register('validating');
    await untilAsked();
  });

  it.each([
    [deny({ message: 'too big', code: 403, reason: 'Forbidden' }), 403, 'Forbidden', `admission webhook "${name}" denied the request: too big`],
    [deny({ reason: 'Broken' }), 400, 'Broken', `admission webhook "${name}" denied the request: Broken`],
    [deny(), 400, '', `admission webhook "${name}" denied the request without explanation`],
    [deny({ message: 'there is one', code: 409, reason: 'AlreadyExists' }), 409, 'AlreadyExists', `admission webhook "${name}" denied the request: there is one`],
  ])('refuses in its own words (%#)', async (answer, code, reason, message) => {
    hook.on(answer);
    const refused = await api.post(things, thing({ name: 'refused' }));
    expect(refused).toMatchObject({ code, body: { kind: 'Status', status: 'Failure', message, code } });
    expect(refused.body.reason ?? '').toEqual(reason);
    expect((await api.get(`${things}/refused`)).code).toBe(404);
  });

  it('is told what is to be written, by whom, and what was there before', async () => {
    hook.on(() => ({ allowed: true, warnings: ['mind the gap'] }));
    const created = await api.post(`${things}?fieldManager=tester`, thing({ name: 'seen' }, { size: 1 }));
    expect(created).toMatchObject({ code: 201, warnings: ['mind the gap'] });
    await api.merge(`${things}/seen`, { spec: { size: 2 } });
    await api.merge(`${things}/seen/status`, { status: { done: true } });
    await api.delete(`${things}/seen`);
    const [onCreate, onUpdate, onStatus, onDelete] = hook.asked;
    expect(hook.asked).toHaveLength(4);
    expect(onCreate).toMatchObject({
      operation: 'CREATE',
      kind: { group, version: 'v1', kind: 'Thing' },
      resource: { group, version: 'v1', resource: 'things' },
      requestKind: { group, version: 'v1', kind: 'Thing' },
      requestResource: { group, version: 'v1', resource: 'things' },
      name: 'seen',
      namespace,
      dryRun: false,
      userInfo: { groups: expect.arrayContaining(['system:authenticated']) },
      object: { metadata: { name: 'seen', namespace, generation: 1, uid: created.body.metadata.uid }, spec: { size: 1, color: 'red' } },
      oldObject: null,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'tester' },
    });
    expect(onUpdate).toMatchObject({ operation: 'UPDATE', object: { metadata: { generation: 2 }, spec: { size: 2 } }, oldObject: { metadata: { generation: 1 }, spec: { size: 1 } }, options: { kind: 'UpdateOptions' } });
    expect(onUpdate).not.toHaveProperty('subResource');
    expect(onStatus).toMatchObject({ operation: 'UPDATE', subResource: 'status', object: { spec: { size: 2 }, status: { done: true } } });
    expect(onDelete).toMatchObject({ operation: 'DELETE', name: 'seen', object: null, oldObject: { status: { done: true } }, options: { kind: 'DeleteOptions' } });
  });

  it('is asked after the schema, and not about what the schema refuses', async () => {
    hook.on(deny());
    const refused = await api.post(things, thing({ name: 'large' }, { size: 6 }));
    expect(refused.code).toBe(422);
    expect(hook.asked).toHaveLength(0);
  });

  it('is told of a dry run', async () => {
    hook.on(() => ({ allowed: true }));
    expect((await api.post(`${things}?dryRun=All`, thing({ name: 'dry' }))).code).toBe(201);
    expect(hook.asked).toMatchObject([{ dryRun: true, options: { dryRun: ['All'] } }]);
    expect((await api.get(`${things}/dry`)).code).toBe(404);
  });

  it('is asked about a write that changes nothing, and about each object of a deletion of all', async () => {
    hook.on(() => ({ allowed: true }));
    await api.post(things, thing({ name: 'still' }, { size: 1 }));
    await api.merge(`${things}/still`, { spec: { size: 1 } });
    await api.delete(things);
    expect(hook.asked.map(({ operation }) => operation)).toEqual(['CREATE', 'UPDATE', 'DELETE']);
  });

  it('sees an equivalent version in the version of its rules', async () => {
    hook.on(() => ({ allowed: true }));
    await api.post(things.replace('/v1/', '/v1beta1/'), { ...thing({ name: 'old' }), apiVersion: `${group}/v1beta1` });
    expect(hook.asked).toMatchObject([{ kind: { version: 'v1' }, requestKind: { version: 'v1beta1' }, object: { apiVersion: `${group}/v1` } }]);
    hook.on(() => ({ allowed: true }));
    await api.delete(`${things}/old`);
  });

  it('may look at the cluster while it is asked', async () => {
    hook.on(async ({ object, operation }) => {
      if (operation !== 'CREATE') return { allowed: true };
      const { code } = await api.get(`${things}/${object?.metadata.name}`);
      return { allowed: code === 404 };
    });
    expect((await api.post(things, thing({ name: 'looking' }))).code).toBe(201);
    await api.delete(`${things}/looking`);
  });

  it('judges the newest state when another write came first', async () => {
    hook.on(() => ({ allowed: true }));
    await api.post(things, thing({ name: 'busy' }, { size: 1 }));
    let raced = false;
    hook.on(async ({ object }) => {
      if (raced || object?.spec?.size !== 2) return { allowed: true };
      raced = true;
      await api.merge(`${things}/busy`, { spec: { color: 'blue' } });
      return { allowed: true };
    });
    const { code, body } = await api.merge(`${things}/busy`, { spec: { size: 2 } });
    expect({ code, spec: body.spec }).toEqual({ code: 200, spec: { size: 2, color: 'blue' } });
    hook.on(() => ({ allowed: true }));
    await api.delete(`${things}/busy`);
  });
});

describe('a webhook that cannot be asked', () => {
  const nobody = { clientConfig: { url: 'https://127.0.0.1:1/check' } };

  it('refuses everything with failurePolicy Fail', async () => {
    await register('validating', nobody);
    const ask = () => api.post(`${things}?dryRun=All`, thing({ name: 'lost' }));
    const { body } = await api.eventually('a refusal', ask, ({ code }) => code === 500);
    const why = `failed calling webhook "${name}": failed to call webhook: Post "https://127.0.0.1:1/check?timeout=5s": dial tcp 127.0.0.1:1: connect: connection refused`;
    expect(body).toMatchObject({ reason: 'InternalError', message: `Internal error occurred: ${why}` });
  });

  it('is passed over with failurePolicy Ignore', async () => {
    await register('validating', { ...nobody, failurePolicy: 'Ignore' });
    expect((await api.post(`${things}?dryRun=All`, thing({ name: 'kept' }))).code).toBe(201);
  });

  it('is given up after its timeout', async () => {
    await register('validating', { timeoutSeconds: 1 });
    await untilAsked();
    let release = () => {};
    hook.on(() => new Promise(resolve => (release = () => resolve({ allowed: true }))));
    const { code, body } = await api.post(things, thing({ name: 'slow' }));
    expect(code).toBe(500);
    expect(body.message).toContain(`failed calling webhook "${name}": failed to call webhook: Post "${hook.clientConfig.url}?timeout=1s": context deadline exceeded`);
    release();
  });

  it('names the Service that is missing', async () => {
    await register('validating', { clientConfig: { service: { name: 'nobody', namespace, path: '/check' } } });
    const ask = () => api.post(`${things}?dryRun=All`, thing({ name: 'lost' }));
    const { body } = await api.eventually('a refusal', ask, ({ code }) => code === 500);
    expect(body.message).toBe(
      `Internal error occurred: failed calling webhook "${name}": failed to call webhook: Post "https://nobody.${namespace}.svc:443/check?timeout=5s": service "nobody" not found`,
    );
  });
});

describe('a mutating webhook', () => {
  it('changes the object before it is judged, and its change is read like any other', async () => {
    await register('mutating');
    await untilAsked();
    const changes = [{ op: 'add', path: '/spec/size', value: 3 }, { op: 'replace', path: '/spec/color', value: 'red' }];
    const unknown = { op: 'add', path: '/spec/unknown', value: 1 };
    hook.on(({ operation }) => {
      if (operation === 'DELETE') return { allowed: true };
      return { allowed: true, patch: operation === 'CREATE' ? [...changes, unknown] : changes };
    });
    const created = await api.post(things, thing({ name: 'changed' }, { size: 9 }));
    expect(created).toMatchObject({ code: 201, body: { spec: { size: 3, color: 'red' } } });
    expect(created.body.spec).not.toHaveProperty('unknown');
    expect(hook.asked[0]).toMatchObject({ object: { spec: { size: 9, color: 'red' } } });
    const updated = await api.merge(`${things}/changed`, { spec: { color: 'blue' } });
    expect(updated.body).toMatchObject({ spec: { size: 3, color: 'red' }, metadata: { generation: 1 } });
    await api.delete(`${things}/changed`);
  });

  it('may not make it worse', async () => {
    await register('mutating');
    await untilAsked();
    hook.on(() => ({ allowed: true, patch: [{ op: 'add', path: '/spec/size', value: 7 }] }));
    expect(await api.post(things, thing({ name: 'worse' }))).toMatchObject({ code: 422, body: { message: `Thing.${group} "worse" is invalid: spec.size: Invalid value: 7: spec.size in body should be less than or equal to 5` } });
  });

  it('refuses as well', async () => {
    await register('mutating');
    await untilAsked();
    hook.on(deny({ message: 'no', code: 403 }));
    expect(await api.post(things, thing({ name: 'refused' }))).toMatchObject({ code: 403, body: { message: `admission webhook "${name}" denied the request: no` } });
  });
});

describe('a configuration', () => {
  const good = { name, clientConfig: { url: 'https://127.0.0.1:1/' }, rules: [{ operations: ['CREATE'], apiGroups: ['none.example.com'], apiVersions: ['v1'], resources: ['nones'] }], sideEffects: 'None', admissionReviewVersions: ['v1'] };
  const path = `${CONFIGURATIONS}/validatingwebhookconfigurations`;
  const configuration = (webhooks: object[]) => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'checked' }, webhooks });

  it.each<[string, object[], string]>([
    ['a short name', [{ ...good, name: 'short' }], 'webhooks[0].name: Invalid value: "short": should be a domain with at least three segments separated by dots'],
    ['a name twice', [good, good], `webhooks[1].name: Duplicate value: "${name}"`],
    ['side effects', [{ ...good, sideEffects: 'Some' }], 'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    ['no address', [{ ...good, clientConfig: {} }], 'webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    ['plain HTTP', [{ ...good, clientConfig: { url: 'http://a/' } }], `webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`],
    ['a long wait', [{ ...good, timeoutSeconds: 31 }], 'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
    ['an unknown policy', [{ ...good, failurePolicy: 'Maybe' }], 'webhooks[0].failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"'],
  ])('is refused for %s', async (_title, webhooks, message) => {
    const { code, body } = await api.post(`${path}?dryRun=All`, configuration(webhooks));
    expect({ code, message: body.message }).toEqual({ code: 422, message: `ValidatingWebhookConfiguration.admissionregistration.k8s.io "checked" is invalid: ${message}` });
  });

  it('says what was left out', async () => {
    const { body } = await api.post(`${path}?dryRun=All`, configuration([good]));
    expect(body.webhooks[0]).toMatchObject({ failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, namespaceSelector: {}, objectSelector: {}, rules: [{ scope: '*' }] });
  });
});
