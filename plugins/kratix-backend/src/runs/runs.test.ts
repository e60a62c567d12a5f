import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { RunContent } from '@kratix-ts/backstage-plugin-kratix-common';
import { Promise as PromiseKind, Work, WorkflowRun } from '@kratix-ts/core/api';
import type { DynamicObject, KubeClient } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import { decodeContent, encodeContent } from '@kratix-ts/core/wire';
import type { Knex } from 'knex';
import { startTestPortal, type TestPortal } from '../__testUtils__/testPortal';
import { DatabaseRunStore, type RunBounds } from './DatabaseRunStore';
import { runOptions } from './keepRuns';
import type { PartName, RunPart } from './RunStore';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const part = (uid: string, run: string, name: PartName, content: RunContent): RunPart => ({ uid, run, part: name, version: '1', content });

describe('the store', () => {
  const keptOf = async (store: DatabaseRunStore) => (await Promise.all((await store.requests('demo')).map(uid => store.kept('demo', uid)))).flat();
  async function open(bounds: Partial<RunBounds> = {}) {
    let now = 0;
    const client = await databases.init('SQLITE_3');
    const again = () => DatabaseRunStore.open({ getClient: async () => client }, { perRequest: 20, maxTotalBytes: 1_000_000, ...bounds }, () => (now += 1));
    return { store: await again(), again };
  }

  it('puts the parts of a run together, and replaces what is there', async () => {
    const { store } = await open();
    await store.save('demo', [part('a', 'one', 'input', { spec: { size: 'small' } }), part('b', 'one', 'input', { spec: {} })]);
    await store.save('demo', [part('a', 'one', 'outcome', { files: [] })]);
    await store.save('demo', [{ ...part('a', 'one', 'outcome', { promiseVersion: 'v2', files: [{ step: 's', path: 'a.yaml', content: 'x' }] }), version: '2' }]);
    expect(await store.find('demo', 'a', 'one')).toEqual({ spec: { size: 'small' }, promiseVersion: 'v2', files: [{ step: 's', path: 'a.yaml', content: 'x' }] });
    expect(await store.find('eu-1', 'a', 'one')).toEqual({});
    expect(await store.kept('demo', 'a')).toEqual([
      { uid: 'a', run: 'one', part: 'input', version: '1' },
      { uid: 'a', run: 'one', part: 'outcome', version: '2' },
    ]);
    await store.forget('demo', 'a');
    expect(await store.requests('demo')).toEqual(['b']);
  });

  it('keeps the newest runs of each request', async () => {
    const { store } = await open({ perRequest: 2 });
    for (const run of ['one', 'two', 'three']) {
      await store.save('demo', [part('a', run, 'input', { spec: {} }), part('b', run, 'input', { spec: {} })]);
      await store.save('demo', [part('a', run, 'outcome', { files: [] })]);
    }
    const kept = (await keptOf(store)).map(({ uid, run }) => `${uid} ${run}`);
    expect(new Set(kept)).toEqual(new Set(['a two', 'a three', 'b one', 'b two', 'b three']));
  });

  it('drops the oldest where there is too much', async () => {
    const { store, again } = await open({ maxTotalBytes: 200 });
    for (let run = 0; run < 10; run += 1) await store.save('demo', [part('a', `run-${run}`, 'input', { spec: { run } })]);
    await again();
    const runs = (await keptOf(store)).map(({ run }) => run);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs).toEqual(['run-6', 'run-7', 'run-8', 'run-9'].slice(-runs.length));
  });
});

describe('the configuration', () => {
  const options = (runs?: object) => runOptions(mockServices.rootConfig({ data: { kratix: { clusters: [], ...(runs && { runs: { ...runs } }) } } }));
  it('keeps runs unless it is told not to', () => {
    expect(options()).toEqual({ perRequest: 20, maxTotalBytes: 256 * 1024 * 1024 });
    expect(options({ maxTotalBytes: 1000 })).toMatchObject({ maxTotalBytes: 1000 });
    expect(options({ keep: 'none' })).toBeUndefined();
    expect(() => options({ keep: 'always' })).toThrow('kratix.runs.keep must be database or none, not always');
    expect(() => options({ maxTotalBytes: 0 })).toThrow('kratix.runs.maxTotalBytes must be 1 or more');
  });
});

describe('earlier runs', () => {
  let portal: TestPortal;
  let knex: Knex;
  const database = createServiceFactory({ service: coreServices.database, deps: {}, factory: () => ({ getClient: async () => knex }) });
  const file = (text: string) => [{ id: 'a', directory: '.', workloads: [{ filepath: 'one.yaml', content: encodeContent(text) }] }];
  const rows = (uid: string) => knex('run_parts').where({ uid }).select('run', 'part');
  const kept = (uid: string, count: number) => eventually(`${count} parts`, async () => ((await rows(uid)).length === count ? true : undefined), 20_000);
  const contentOf = async (name: string, run: string): Promise<RunContent> => (await portal.call('get', portal.url(name, `/runs/${run}`)).expect(200)).body;
  const workOf = (name: string) => ({ namespace: 'default', name: `work-of-${name}` });

  /** The Work of a request's only step. */
  const delivered = (client: KubeClient, name: string, promise: string, text: string) =>
    client.create(Work.type, {
      apiVersion: Work.apiVersion,
      kind: 'Work',
      metadata: { ...workOf(name), labels: { 'kratix.io/promise-name': promise, 'kratix.io/resource-name': name, 'kratix.io/pipeline-name': 'prepare' } },
      spec: { promiseName: promise, resourceName: name, workloadGroups: file(text) },
    } as DynamicObject);

  /** A run that has ended well. */
  const ended = (client: KubeClient, run: string, { metadata, apiVersion, kind }: DynamicObject, plural: string, promiseName: string, generation: number) =>
    client.create(WorkflowRun.type, {
      apiVersion: WorkflowRun.apiVersion,
      kind: 'WorkflowRun',
      metadata: { name: run, namespace: 'default' },
      spec: {
        target: { apiVersion, kind, plural, name: metadata.name, namespace: 'default', uid: metadata.uid, generation },
        promiseName, type: 'resource', action: 'configure', trigger: 'updated', hash: 'h', sequence: generation,
      },
      status: { phase: 'Succeeded', pipelines: [{ name: 'prepare', phase: 'Succeeded', attempt: 1, containers: [] }] },
    } as DynamicObject);

  const tidy = async (name: string, runs: string[]) => {
    await portal.cluster.client.delete(Work.type, workOf(name));
    for (const run of runs) await portal.cluster.client.delete(WorkflowRun.type, { namespace: 'default', name: run });
  };

  let old: DynamicObject;
  beforeAll(async () => {
    knex = await databases.init('SQLITE_3');
    portal = await startTestPortal({}, [database], async ({ client, kubeconfig }) => {
      const [offer] = (await client.list<DynamicObject>(PromiseKind.type)).items.slice(-1);
      const { group, names } = (offer.spec?.api as { spec: { group: string; names: { kind: string; plural: string } } }).spec;
      const type = { group, version: 'v1', kind: names.kind, plural: names.plural, namespaced: true };
      old = await client.create<DynamicObject>(type, { apiVersion: `${group}/v1`, kind: names.kind, metadata: { name: 'older', namespace: 'default' }, spec: { size: 'small' } } as DynamicObject);
      await delivered(client, 'older', offer.metadata.name, 'from before\n');
      await ended(client, 'older-first', old, names.plural, offer.metadata.name, 1);
      return { kubeconfig };
    });
  });
  afterAll(() => portal?.stop());

  it('can be looked at after the request has changed, until it has gone', async () => {
    const { cluster: { client }, offer } = portal;
    const name = 'compared';
    const object = await portal.made(name, { spec: { size: 'small', password: 'planted-hunter2' } });
    const uid = object.metadata.uid ?? '';
    await delivered(client, name, offer.promise, 'size: small\npassword: planted-hunter2\n');
    await ended(client, 'compared-first', object, offer.type.plural, offer.promise, 1);
    await kept(uid, 2);

    await client.patch(offer.type, { namespace: 'default', name }, { spec: { size: 'large' } }, { kind: 'merge' });
    await client.patch(Work.type, workOf(name), { spec: { workloadGroups: file('size: large\n') } }, { kind: 'merge' });
    await ended(client, 'compared-second', object, offer.type.plural, offer.promise, 2);
    await kept(uid, 4);

    expect(await contentOf(name, 'compared-first')).toEqual({
      spec: { size: 'small', password: 'kratix-secret:spec.password' },
      files: [{ step: 'prepare', path: 'one.yaml', content: 'size: small\npassword: (hidden)\n' }],
    });
    expect(await contentOf(name, 'compared-second')).toMatchObject({ spec: { size: 'large' }, files: [{ content: 'size: large\n' }] });
    const [{ content }] = await knex('run_parts').where({ uid, run: 'compared-first', part: 'outcome' });
    expect(decodeContent(content, 10_000).toString()).toContain('password: (hidden)');
    const refused = await portal.call('get', portal.url(name, '/runs/of-another')).expect(404);
    expect(refused.body.error.message).toBe(`${offer.type.kind} "default/${name}" has no run "of-another", or no longer`);

    await client.delete(offer.type, { namespace: 'default', name });
    await kept(uid, 0);
    await tidy(name, ['compared-first', 'compared-second']);
  });

  it('are kept from before the portal began, when their request changes', async () => {
    const { cluster: { client }, offer } = portal;
    const uid = old.metadata.uid ?? '';
    expect(await rows(uid)).toEqual([]);
    expect(await contentOf('older', 'older-first')).toMatchObject({ spec: { size: 'small' }, files: [{ content: 'from before\n' }] });
    await client.patch(offer.type, { namespace: 'default', name: 'older' }, { spec: { size: 'large' } }, { kind: 'merge' });
    await kept(uid, 2);
    await client.patch(Work.type, workOf('older'), { spec: { workloadGroups: file('now\n') } }, { kind: 'merge' });
    await ended(client, 'older-second', old, offer.type.plural, offer.promise, 2);
    await kept(uid, 4);
    expect(await contentOf('older', 'older-first')).toEqual({ spec: { size: 'small' }, files: [{ step: 'prepare', path: 'one.yaml', content: 'from before\n' }] });
    await client.delete(offer.type, { namespace: 'default', name: 'older' });
    await tidy('older', ['older-first', 'older-second']);
  });
});
