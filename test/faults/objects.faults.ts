import { aContainer, aDestination, aName, aPipeline, type APromise, aPromise, complaintsOf, conditionOf, isTrue, types } from '../cluster/support';
import { echo, World } from './support/world';

/* Objects that users write: odd, too large, too early, too often. */

let world: World;
/** How long pods take, in milliseconds. */
let podMs = 0;

const pipelines = (...names: string[]) => names.map(name => aPipeline([aContainer('true')], { name }));
const offer = (options: Parameters<typeof aPromise>[0] = {}): APromise => aPromise({ workflows: { resource: { configure: pipelines('write') } }, ...options });
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
/** What the request's pipeline was given last. */
const lastRun = (name: string) => world.kubelet.ran.filter(({ request }) => request === name).at(-1);
const given = (name: string) => lastRun(name)?.object;

beforeAll(async () => {
  world = await World.open({
    run: async pod => {
      await sleep(podMs);
      return pod.input.length > 100_000 ? {} : echo(pod);
    },
  });
  await (await world.engine()).started;
});
afterEach(() => {
  podMs = 0;
});
afterAll(() => world?.close());

describe('names', () => {
  const long = (length: number) => aName('n').padEnd(length, 'x');

  it('A1: a Promise with a name of 63 characters serves requests; where its pipelines’ names get too long, it says so', async () => {
    const { object } = offer({ name: long(63) });
    await world.kube.create(types.Promise, object);
    await world.untilSays(types.Promise, object.metadata, 'has 88 characters, and may have 60');
    await world.merge(types.Promise, object.metadata, { spec: { workflows: null } });
    await world.until('it to be Available', () => isTrue(world.get(types.Promise, object.metadata), 'Available'));
  });

  it.each([64, 253])('A1: one with a name of %i characters says that no label holds it, and is deleted like any other', async length => {
    const { object } = offer({ name: long(length) });
    await world.kube.create(types.Promise, object);
    await world.untilSays(types.Promise, object.metadata, 'longer than 63 characters');
    await world.delete(types.Promise, object.metadata);
    await world.untilGone(types.Promise, object.metadata);
  });

  it('A1: a request with a name of 253 characters is refused by the API', async () => {
    const promise = await world.install(offer());
    await expect(world.request(promise, {}, long(253))).rejects.toThrow(/metadata\.name/);
  });

  it('A2, A3: long names that begin alike, and end in what names must not end in when they are cut, stay apart', async () => {
    const promise = await world.install(offer({ name: aName('n').padEnd(35, 'y') }));
    const requests = await Promise.all(['-1', '.2', '.3'].map(end => world.request(promise, { word: `w${end.slice(1)}` }, `${'r'.padEnd(55, 'z')}${end}`)));
    for (const { metadata } of requests) await world.untilReady(promise.type, metadata);
    const files = Object.entries(await world.files()).filter(([path]) => path.includes(promise.name));
    expect(new Set(world.list(types.Job).filter(({ metadata }) => metadata.labels?.['kratix.io/promise-name'] === promise.name).map(({ metadata }) => metadata.name)).size).toBe(3);
    expect(files.map(([, text]) => text.trim()).sort()).toEqual(['word: w1', 'word: w2', 'word: w3']);
  });
});

describe('what a Promise says', () => {
  it.each([
    ['a kind that is no definition', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }, 'spec.api'],
    ['no versions', { ...definition(), spec: { ...definition().spec, versions: [] } }, 'version'],
    ['no stored version', { ...definition(), spec: { ...definition().spec, versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } }] } }, 'stor'],
    ['a schema that is not structural', { ...definition(), spec: { ...definition().spec, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { properties: { spec: {} } } } }] } }, 'type'],
  ])('A4: an API with %s is refused, with the field', async (_what, api, words) => {
    const { object } = aPromise({ api });
    await world.kube.create(types.Promise, object).catch(error => error);
    if (!world.get(types.Promise, object.metadata)) return;
    await world.untilSays(types.Promise, object.metadata, words);
  });

  it('A5: a definition whose name is not plural and group is refused', async () => {
    const { object } = aPromise({ api: { ...definition(), metadata: { name: 'wrong.example.com' } } });
    await world.kube.create(types.Promise, object);
    await world.untilSays(types.Promise, object.metadata, /metadata\.name/);
  });

  it('A9: one without workflows, API and dependencies is Available', async () => {
    const name = aName('bare-');
    await world.kube.create(types.Promise, { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name }, spec: {} });
    await world.until('it to be Available', () => isTrue(world.get(types.Promise, { name }), 'Available'), { seen: () => world.get(types.Promise, { name }) });
  });

  it('A18: selectors that match no Destination are told, and a Destination that comes later gets the files', async () => {
    const pool = aName('pool');
    const promise = await world.install(offer({ selector: { pool } }));
    const request = await world.request(promise, { word: 'late' });
    await world.untilSays(promise.type, request.metadata, `wanted pool: ${pool}`);
    expect(isTrue(world.get(promise.type, request.metadata), 'Reconciled')).toBe(false);
    await world.kube.create(types.Destination, aDestination({ name: pool, labels: { pool }, store: 'store' }));
    await world.untilReady(promise.type, request.metadata);
    expect(Object.keys(await world.files()).some(path => path.startsWith(`${pool}/`) && path.endsWith('write.yaml'))).toBe(true);
  });

  function definition() {
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'odds.example.com' },
      spec: {
        group: 'example.com', scope: 'Namespaced', names: { kind: 'Odd', plural: 'odds', singular: 'odd' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] as object[],
      },
    };
  }
});

describe('what a request says', () => {
  let promise: APromise;
  beforeAll(async () => {
    promise = await world.install(offer());
  });

  const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>(inner => ({ a: inner }), 'end');
  it.each<[string, () => Record<string, unknown>]>([
    ['nothing', () => ({})],
    ['900 kB', () => ({ text: 'x'.repeat(900_000) })],
    ['10,000 keys', () => Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index]))],
    ['a depth of 90', () => nested(90) as Record<string, unknown>],
  ])('A11: a spec with %s reaches the containers whole', async (_what, spec) => {
    const request = await world.request(promise, spec());
    await world.untilReady(promise.type, request.metadata, { timeout: 60_000 });
    expect(given(request.metadata.name)?.spec ?? {}).toEqual(spec());
  });

  it('A11: one with a depth of 500 reaches them, too', async () => {
    const request = await world.request(promise, nested(500) as Record<string, unknown>);
    await world.untilReady(promise.type, request.metadata, { timeout: 60_000 });
    expect(lastRun(request.metadata.name)?.input).toMatch(/^ {1000,}a: end$/m);
  });

  it('A13, A14, F82: any text and number reaches the containers as it was', async () => {
    const spec = {
      word: 'plain',
      texts: ['no', 'yes', '0o17', '1e3', '12:30', '~', 'null', '', ' ', '-', '1_000', '0x1F', '=', '<<', '2001-01-01', '.inf'],
      odd: ['tab\there', 'line\nbreak', 'carriage\r\nreturn', '\uFEFFmark', 'emoji 🦜', 'עברית', 'trailing ', '# no comment', "it's", '"quoted"', '\\', '\u0085', '\u2028'],
      code: ['$(touch x)', '`id`', '{{ .Values }}', '${{ secrets.x }}', '$(KRATIX_PROMISE_NAME)', '%s', '!!js/function x'],
      numbers: [0, -1, 1.5, 1e21, 9007199254740991],
      other: [true, false, null, [], {}],
    };
    const request = await world.request(promise, spec);
    await world.untilReady(promise.type, request.metadata);
    expect(given(request.metadata.name)?.spec).toEqual(spec);
  });

  it('A22: two users who edit at once lose nothing of each other', async () => {
    const request = await world.request(promise, { word: 'x', mine: 0, yours: 0 });
    const edits = (field: string) => Promise.all(Array.from({ length: 20 }, (_, count) => world.merge(promise.type, request.metadata, { spec: { [field]: count + 1 } })));
    await Promise.all([edits('mine'), edits('yours')]);
    const spec = () => world.get(promise.type, request.metadata)?.spec;
    expect([spec()?.mine, spec()?.yours].every(Number)).toBe(true);
    await world.untilReady(promise.type, request.metadata);
    expect(given(request.metadata.name)?.spec).toEqual(spec());
  });

  it('A21: a hundred edits in 3 s (instead of 10) end in the last one, after a run for each second that pods take, and one more', async () => {
    podMs = 1_000;
    const request = await world.request(promise, { word: 'w0' });
    for (let count = 1; count <= 100; count += 1) {
      await world.merge(promise.type, request.metadata, { spec: { word: `w${count}` } });
      await sleep(20);
    }
    await world.untilReady(promise.type, request.metadata);
    expect(given(request.metadata.name)?.spec?.word).toBe('w100');
    expect(Object.values(await world.files())).toContain('word: w100\n');
    const runs = world.runsOf(request.metadata);
    expect(runs.length).toBeLessThanOrEqual(6);
    expect(runs.filter(({ status }) => status?.phase === 'Superseded').length).toBeLessThanOrEqual(1);
  });

  it('A20: the manual label, set thirty times in 3 s (instead of a hundred in 10), begins two runs at most', async () => {
    const request = await world.request(promise, { word: 'again' });
    await world.untilReady(promise.type, request.metadata);
    for (let count = 0; count < 30; count += 1) {
      await world.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/manual-reconciliation': 'true' } } });
      await sleep(100);
    }
    const manual = () => world.runsOf(request.metadata).filter(({ spec }) => spec?.trigger === 'manual');
    expect(manual()).toHaveLength(1);
    await world.until('the label to be answered', () => !world.get(promise.type, request.metadata)?.metadata.labels?.['kratix.io/manual-reconciliation']);
    expect(manual()).toHaveLength(2);
  });

  it('A10: one that is made before its Promise is Available waits, and goes on', async () => {
    const base = aName('base-');
    const upper = offer();
    Object.assign(upper.object.spec as object, { requiredPromises: [{ name: base }] });
    await world.kube.create(types.Promise, upper.object);
    await world.untilSays(types.Promise, upper.object.metadata, base);
    await world.until('its API', () => world.get(types.CustomResourceDefinition, { name: `${upper.type.plural}.${upper.type.group}` })?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True'));
    world.notice(upper.type);
    const request = await world.request(upper, { word: 'patient' });
    await world.untilSays(upper.type, request.metadata, 'not available|Pending');
    expect(lastRun(request.metadata.name)).toBeUndefined();
    await world.install(offer({ name: base }));
    await world.untilReady(upper.type, request.metadata);
  });

  it('E80: a Promise that required others goes, and they stay', async () => {
    const base = await world.install(offer());
    const upper = offer();
    Object.assign(upper.object.spec as object, { requiredPromises: [{ name: base.name }] });
    await world.install(upper);
    const child = await world.request(base, { word: 'child' });
    await world.untilReady(base.type, child.metadata);
    await world.delete(types.Promise, upper.object.metadata);
    await world.untilGone(types.Promise, upper.object.metadata);
    expect(conditionOf(world.get(types.Promise, base.object.metadata), 'Available')?.status).toBe('True');
    expect(complaintsOf(world.get(base.type, child.metadata))).not.toContain('Failing');
  });
});
