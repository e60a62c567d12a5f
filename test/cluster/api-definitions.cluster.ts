import { aName } from './support/names';
import { RawClient } from './support/raw';

/* What custom resource definitions make of a cluster: the same on every cluster. */

const kubeconfig = process.env.KRATIX_TEST_KUBECONFIG ?? '';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const namespace = aName('kinds-');

let api: RawClient;
const made: string[] = [];

beforeAll(async () => {
  api = new RawClient(kubeconfig);
  await api.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});

afterAll(async () => {
  for (const path of made) await api.delete(path);
  await api?.delete(`/api/v1/namespaces/${namespace}`);
  api?.close();
});

interface Version {
  name: string;
  served?: boolean;
  storage?: boolean;
  [field: string]: unknown;
}
const anySchema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };

function aDefinition(versions: Version[], names: object = {}, group = `${aName('g')}.example.com`) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: { group, scope: 'Namespaced', names: { kind: 'Thing', plural: 'things', ...names }, versions: versions.map((version, index) => ({ served: true, storage: index === 0, schema: anySchema, ...version })) },
  };
}

const withSchema = (properties: object, more: object = {}) => aDefinition([{ name: 'v1', subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties, ...more } } }]);

/** Stores a definition; returns where its objects are, and how to make one. */
async function install(definition: ReturnType<typeof aDefinition>) {
  const { group, versions } = definition.spec;
  const { code, body } = await api.post(definitions, definition);
  if (code !== 201) throw new Error(`${code} ${JSON.stringify(body.message)}`);
  const path = `${definitions}/${definition.metadata.name}`;
  made.push(path);
  const objects = (version = versions[0].name) => `/apis/${group}/${version}/namespaces/${namespace}/things`;
  const [first] = versions.filter(({ served }) => served);
  await api.eventually('the kind to be served', () => api.get(objects(first.name)), answer => answer.code === 200);
  const thing = (name: string, more: object = {}, version = first.name) => ({ apiVersion: `${group}/${version}`, kind: 'Thing', metadata: { name }, ...more });
  return { group, path, objects, thing };
}

const condition = (body: unknown, type: string) => (body as { status?: { conditions?: { type: string; status: string; reason: string; message: string }[] } }).status?.conditions?.find(known => known.type === type);

describe('rules in CEL', () => {
  const rules = (list: object[], properties: object = { size: { type: 'integer' }, mode: { type: 'string', maxLength: 9 }, tags: { type: 'array', maxItems: 9, items: { type: 'string', maxLength: 9 } } }) =>
    withSchema({ spec: { type: 'object', properties, 'x-kubernetes-validations': list } });

  it.each<[string, object[], RegExp]>([
    ['bad syntax', [{ rule: 'self.size >' }], /spec\.validation\.openAPIV3Schema\.properties\[spec\]\.x-kubernetes-validations\[0\]\.rule: Invalid value: \{"Rule":"self\.size \\u003e",.*compilation failed: ERROR: <input>:1:/],
    ['an unknown field', [{ rule: 'self.siz > 1' }], /compilation failed: ERROR: <input>:1:5: undefined field 'siz'\n \| self\.siz > 1\n \| \.\.\.\.\^$/],
    ['an unknown name', [{ rule: 'size > 1' }], /undeclared reference to 'size'/],
    ['another result', [{ rule: 'self.size + 1' }], /: cel expression must evaluate to a bool$/],
    ['another type', [{ rule: "self.size > 'a'" }], /<input>:1:11: found no matching overload for '_>_' applied to '\(int, string\)'/],
    ['no rule', [{ rule: '' }], /x-kubernetes-validations\[0\]\.rule: Required value/],
    ['a message of another type', [{ rule: 'true', messageExpression: '1 + 1' }], /messageExpression: Invalid value: .*: messageExpression must evaluate to a string$/],
    ['an unknown reason', [{ rule: 'true', reason: 'Because' }], /reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"/],
    ['a path to nowhere', [{ rule: 'true', fieldPath: '.none' }], /fieldPath: Invalid value: ".none": must be a valid path$/],
  ])('are refused with the definition for %s', async (_title, list, message) => {
    const { code, body } = await api.post(`${definitions}?dryRun=All`, rules(list));
    expect(code).toBe(422);
    expect(body.message).toMatch(message);
  });

  it('hold for objects, with their words', async () => {
    const { objects, thing } = await install(
      rules([
        { rule: 'self.size <= 5', message: 'must be small' },
        { rule: "self.mode != 'x' || self.size > 1", messageExpression: "'mode ' + self.mode + ' needs more'", fieldPath: '.size', reason: 'FieldValueForbidden' },
        { rule: 'self.size >= oldSelf.size', message: 'may only grow' },
        { rule: "!has(self.tags) || self.tags.all(tag, tag.matches('^[a-z]+$') && tag.size() < 5)", message: 'odd tag' },
        { rule: 'oldSelf.hasValue() || self.size > 0', optionalOldSelf: true, message: 'must begin above 0' },
      ]),
    );
    const create = async (spec: object) => (await api.post(objects(), thing('ruled', { spec }))).body.message;
    expect(await create({ size: 6, mode: 'a' })).toMatch(/ "ruled" is invalid: spec: Invalid value: ("object"|\{.*\}): must be small$/);
    expect(await create({ size: 1, mode: 'x' })).toMatch(/ "ruled" is invalid: spec\.size: Forbidden: mode x needs more$/);
    expect(await create({ size: 1, mode: 'a', tags: ['A'] })).toMatch(/: odd tag$/);
    expect(await create({ size: 0, mode: 'a' })).toMatch(/: must begin above 0$/);
    expect((await api.post(objects(), thing('ruled', { spec: { size: 2, mode: 'a' } }))).code).toBe(201);
    expect(await api.merge(`${objects()}/ruled`, { spec: { size: 1 } })).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
    expect((await api.merge(`${objects()}/ruled`, { spec: { size: 3 } })).code).toBe(200);
    expect((await create({ mode: 'a' }))).toMatch(/no such key: size/);
  });

  it('may use what Kubernetes adds to CEL', async () => {
    const { objects, thing } = await install(
      rules(
        [
          { rule: "quantity(self.memory).isLessThan(quantity('2Gi'))", message: 'too much' },
          { rule: "url(self.url).getScheme() == 'https'", message: 'not secure' },
          { rule: "cidr('10.0.0.0/8').containsIP(self.ip)", message: 'outside' },
          { rule: "!format.dns1123Label().validate(self.name).hasValue()", message: 'no label' },
          { rule: "sets.contains(['a', 'b'], self.tags)", message: 'unknown tag' },
          { rule: "self.name.lowerAscii() == self.name && self.name.split('-').size() < 3", message: 'odd name' },
        ],
        { memory: { type: 'string' }, url: { type: 'string' }, ip: { type: 'string' }, name: { type: 'string', maxLength: 60 }, tags: { type: 'array', maxItems: 5, items: { type: 'string' } } },
      ),
    );
    const good = { memory: '1Gi', url: 'https://a/', ip: '10.1.2.3', name: 'a-b', tags: ['a'] };
    expect((await api.post(`${objects()}?dryRun=All`, thing('good', { spec: good }))).code).toBe(201);
    const bad: [object, string][] = [
      [{ memory: '3Gi' }, 'too much'],
      [{ url: 'http://a/' }, 'not secure'],
      [{ ip: '11.0.0.1' }, 'outside'],
      [{ name: 'a_b' }, 'no label'],
      [{ tags: ['c'] }, 'unknown tag'],
      [{ name: 'a-b-c' }, 'odd name'],
    ];
    for (const [change, message] of bad) {
      const refused = await api.post(`${objects()}?dryRun=All`, thing('bad', { spec: { ...good, ...change } }));
      expect(refused.body.message).toMatch(new RegExp(`: ${message}$`));
    }
  });
});

describe('versions', () => {
  it('share their objects, each under its own name', async () => {
    const { group, objects, thing, path } = await install(aDefinition([{ name: 'v1' }, { name: 'v1beta1', deprecated: true }]));
    expect((await api.post(objects('v1beta1'), thing('old', {}, 'v1beta1'))).warnings).toEqual([`${group}/v1beta1 Thing is deprecated; use ${group}/v1 Thing`]);
    expect((await api.get(`${objects()}/old`)).body).toMatchObject({ apiVersion: `${group}/v1` });
    expect((await api.get(path)).body.status.storedVersions).toEqual(['v1']);
  });

  it('may be moved, and taken away when nothing is stored in them', async () => {
    const definition = aDefinition([{ name: 'v1' }, { name: 'v2', storage: false }]);
    const { group, objects, thing, path } = await install(definition);
    await api.post(objects(), thing('kept'));
    const next = { spec: { versions: [{ ...definition.spec.versions[0], storage: false, served: false }, { ...definition.spec.versions[1], storage: true }] } };
    expect((await api.merge(path, next)).code).toBe(200);
    const moved = await api.eventually('both stored versions', () => api.get(path), ({ body }) => JSON.stringify(body.status.storedVersions) === '["v1","v2"]');
    expect(moved.code).toBe(200);
    await api.eventually('the first version to go', () => api.get(objects()), ({ code }) => code === 404);
    expect((await api.get(`${objects('v2')}/kept`)).body).toMatchObject({ apiVersion: `${group}/v2` });
    await api.merge(`${objects('v2')}/kept`, { metadata: { labels: { stored: 'anew' } } });
    const only = { spec: { versions: [{ ...definition.spec.versions[1], storage: true }] } };
    expect((await api.merge(path, only)).body.message).toBe(
      `CustomResourceDefinition.apiextensions.k8s.io "things.${group}" is invalid: status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions`,
    );
    expect((await api.merge(`${path}/status`, { status: { storedVersions: ['v2'] } })).code).toBe(200);
    expect((await api.merge(path, only)).code).toBe(200);
    expect((await api.get(`${objects('v2')}/kept`)).code).toBe(200);
  });
});

describe('names', () => {
  it('belong to the first that takes them', async () => {
    const group = `${aName('g')}.example.com`;
    await install(aDefinition([{ name: 'v1' }], { shortNames: ['tng'] }, group));
    const second = aDefinition([{ name: 'v1' }], { plural: 'others', shortNames: ['tng'] }, group);
    second.metadata.name = `others.${group}`;
    await api.post(definitions, second);
    const path = `${definitions}/others.${group}`;
    made.push(path);
    const { body } = await api.eventually('a verdict', () => api.get(path), answer => condition(answer.body, 'NamesAccepted') !== undefined);
    expect(condition(body, 'NamesAccepted')).toMatchObject({ status: 'False', reason: 'ListKindConflict', message: '"ThingList" is already in use' });
    expect(condition(body, 'Established')).toMatchObject({ status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' });
    expect((await api.get(`/apis/${group}/v1/namespaces/${namespace}/others`)).code).toBe(404);
    await api.delete(`${definitions}/things.${group}`);
    await api.eventually('the name to be free', () => api.get(path), answer => condition(answer.body, 'Established')?.status === 'True');
    await api.eventually('the second to be served', () => api.get(`/apis/${group}/v1/namespaces/${namespace}/others`), ({ code }) => code === 200);
  });
});

describe('the end of a kind', () => {
  it('waits for its objects, and takes no new ones', async () => {
    const { objects, thing, path } = await install(withSchema({ spec: { type: 'object' } }));
    await api.post(objects(), thing('held', { metadata: { name: 'held', finalizers: ['example.com/hold'] } }));
    await api.delete(path);
    const { body } = await api.eventually('its deletion to be told of', () => api.get(path), answer => condition(answer.body, 'Terminating')?.status === 'True');
    expect(body.metadata.deletionTimestamp).toBeDefined();
    await api.eventually('the object to be deleted', () => api.get(`${objects()}/held`), answer => answer.body.metadata.deletionTimestamp !== undefined);
    const refused = await api.post(objects(), thing('late'));
    expect(refused).toMatchObject({ code: 403, body: { reason: 'Forbidden', message: expect.stringContaining('"late" is forbidden: create not allowed while custom resource definition is terminating') } });
    await api.merge(`${objects()}/held`, { metadata: { finalizers: null } });
    await api.eventually('the definition to be gone', () => api.get(path), ({ code }) => code === 404);
    await api.eventually('the kind to be gone', () => api.get(objects()), ({ code }) => code === 404);
  });
});

describe('objects', () => {
  it('count the changes of what is not their status', async () => {
    const { objects, thing } = await install(withSchema({ spec: { type: 'object', properties: { a: { type: 'string' } } }, status: { type: 'object', properties: { done: { type: 'boolean' } } } }));
    const created = await api.post(objects(), thing('counted', { spec: { a: '1' }, status: { done: true } }));
    expect(created.body).toMatchObject({ metadata: { generation: 1 } });
    expect(created.body).not.toHaveProperty('status');
    const at = `${objects()}/counted`;
    expect((await api.merge(at, { metadata: { labels: { x: 'y' } } })).body.metadata.generation).toBe(1);
    expect((await api.merge(`${at}/status`, { spec: { a: '9' }, status: { done: true } })).body).toMatchObject({ metadata: { generation: 1 }, spec: { a: '1' }, status: { done: true } });
    expect((await api.merge(at, { spec: { a: '2' }, status: { done: false } })).body).toMatchObject({ metadata: { generation: 2 }, status: { done: true } });
    const same = await api.merge(at, { spec: { a: '2' } });
    expect(same.body.metadata).toMatchObject({ generation: 2 });
  });

  it('are found by the fields that the definition names', async () => {
    const fields = { spec: { type: 'object', properties: { color: { type: 'string' }, size: { type: 'integer' } } } };
    const { objects, thing } = await install(aDefinition([{ name: 'v1', schema: { openAPIV3Schema: { type: 'object', properties: fields } }, selectableFields: [{ jsonPath: '.spec.color' }, { jsonPath: '.spec.size' }] }]));
    await api.post(objects(), thing('red', { spec: { color: 'red', size: 1 } }));
    await api.post(objects(), thing('blue', { spec: { color: 'blue' } }));
    const found = async (selector: string) => (await api.get<{ items: { metadata: { name: string } }[] }>(`${objects()}?fieldSelector=${selector}`)).body.items.map(({ metadata }) => metadata.name);
    expect(await found('spec.color%3Dred')).toEqual(['red']);
    expect(await found('spec.color!%3Dred')).toEqual(['blue']);
    expect(await found('spec.size%3D1')).toEqual(['red']);
    expect((await api.get(`${objects()}?fieldSelector=spec.none%3D1`)).body.message).toBe('field label not supported: spec.none');
  });

  it('are scaled by their scale subresource', async () => {
    const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' };
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { replicas: { type: 'integer', maximum: 5 } } }, status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } } } } };
    const { objects, thing } = await install(aDefinition([{ name: 'v1', schema, subresources: { status: {}, scale } }]));
    await api.post(objects(), thing('scaled', { spec: { replicas: 1 } }));
    const at = `${objects()}/scaled`;
    await api.merge(`${at}/status`, { status: { replicas: 1, selector: 'a=b' } });
    const { body } = await api.get(`${at}/scale`);
    expect(body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'scaled', namespace }, spec: { replicas: 1 }, status: { replicas: 1, selector: 'a=b' } });
    const put = await api.put(`${at}/scale`, { ...body, spec: { replicas: 3 } });
    expect(put).toMatchObject({ code: 200, body: { kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 1 } } });
    expect((await api.merge(`${at}/scale`, { spec: { replicas: 4 } })).body.spec).toEqual({ replicas: 4 });
    expect((await api.get(at)).body).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 3 } });
    expect((await api.merge(`${at}/scale`, { spec: { replicas: 9 } })).code).toBe(422);
    expect((await api.put(`${at}/scale`, { ...body, spec: { replicas: 2 } })).code).toBe(409);
  });

  it('are completed, pruned and judged by the schema', async () => {
    const { objects, thing } = await install(
      withSchema({
        spec: {
          type: 'object',
          properties: {
            given: { type: 'string', default: 'x' },
            inner: { type: 'object', default: {}, properties: { deep: { type: 'integer', default: 7 } } },
            open: { type: 'string', nullable: true },
            shut: { type: 'string' },
            port: { 'x-kubernetes-int-or-string': true },
            free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
            map: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', required: ['k'], properties: { k: { type: 'string' } } } },
          },
        },
      }),
    );
    const dry = (spec: object) => api.post(`${objects()}?dryRun=All`, thing('judged', { spec }));
    expect((await dry({ unknown: 1, free: { any: [1] }, open: null, shut: null, port: '80%' })).body.spec).toEqual({ given: 'x', inner: { deep: 7 }, free: { any: [1] }, open: null, port: '80%' });
    expect((await dry({ port: 80 })).body.spec).toMatchObject({ port: 80 });
    const refusals: [object, RegExp][] = [
      [{ port: true }, /spec\.port in body must be of type (integer,string|int-or-string)|spec\.port: Invalid value: "boolean"/],
      [{ set: ['a', 'b', 'a'] }, /spec\.set\[2\]: Duplicate value: "a"/],
      [{ map: [{ k: 'a' }, { k: 'a' }] }, /spec\.map\[1\]: Duplicate value: \{"k":"a"\}/],
      [{ map: [{}] }, /spec\.map\[0\]\.k: Required value/],
      [{ given: 1 }, /spec\.given: Invalid value: "integer": spec\.given in body must be of type string: "integer"/],
    ];
    for (const [spec, message] of refusals) expect((await dry(spec)).body.message).toMatch(message);
  });

  it('are shown in the columns of the definition', async () => {
    const columns = [{ name: 'Color', type: 'string', jsonPath: '.spec.color' }, { name: 'Born', type: 'date', jsonPath: '.metadata.creationTimestamp', priority: 1 }];
    const { objects, thing } = await install(aDefinition([{ name: 'v1', additionalPrinterColumns: columns }], { categories: ['everything'] }));
    await api.post(objects(), thing('shown', { spec: { color: 'red' } }));
    const { body } = await api.get(objects(), { headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
    expect(body).toMatchObject({ kind: 'Table', columnDefinitions: [{ name: 'Name' }, { name: 'Color' }, { name: 'Born', priority: 1 }], rows: [{ cells: ['shown', 'red', expect.any(String)] }] });
  });
});
