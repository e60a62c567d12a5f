import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { RunContent } from '@kratix-ts/backstage-plugin-kratix-common';
import { Work, WorkflowRun } from '@kratix-ts/core/api';
import type { DynamicObject } from '@kratix-ts/core/kube';
import { eventually } from '@kratix-ts/core/testing';
import { encodeContent } from '@kratix-ts/core/wire';
import type { Knex } from 'knex';
import { startTestPortal, type TestPortal } from '../__testUtils__/testPortal';
import { DatabaseRunStore, type RunBounds } from './DatabaseRunStore';
import { runOptions } from './keepRuns';
import type { PartName, RunPart } from './RunStore';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const part = (uid: string, run: string, name: PartName, content: RunContent): RunPart => ({ uid, run, part: name, version: '1', content });

describe('the store', () => {
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
    expect((await store.kept('demo')).filter(({ uid }) => uid === 'a')).toEqual([
      { uid: 'a', run: 'one', part: 'input', version: '1' },
      { uid: 'a', run: 'one', part: 'outcome', version: '2' },
    ]);
    await store.forget('demo', 'a');
    expect(await store.kept('demo')).toHaveLength(1);
  });

  it('keeps the newest runs of each request', async () => {
    const { store } = await open({ perRequest: 2 });
    for (const run of ['one', 'two', 'three']) {
      await store.save('demo', [part('a', run, 'input', { spec: {} }), part('b', run, 'input', { spec: {} })]);
      await store.save('demo', [part('a', run, 'outcome', { files: [] })]);
    }
    const kept = (await store.kept('demo')).map(({ uid, run }) => `${uid} ${run}`);
    expect(new Set(kept)).toEqual(new Set(['a two', 'a three', 'b one', 'b two', 'b three']));
  });

  it('drops the oldest where there is too much', async () => {
    const { store, again } = await open({ maxTotalBytes: 200 });
    for (let run = 0; run < 10; run += 1) await store.save('demo', [part('a', `run-${run}`, 'input', { spec: { run } })]);
    await again();
    const runs = (await store.kept('demo')).map(({ run }) => run);
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
  beforeAll(async () => {
    knex = await databases.init('SQLITE_3');
    portal = await startTestPortal({}, [createServiceFactory({ service: coreServices.database, deps: {}, factory: () => ({ getClient: async () => knex }) })]);
  });
  afterAll(() => portal?.stop());

  const file = (text: string) => [{ id: 'a', directory: '.', workloads: [{ filepath: 'one.yaml', content: encodeContent(text) }] }];
  const rows = (uid: string) => knex('run_parts').where({ uid }).select('run', 'part');
  const kept = (uid: string, count: number) => eventually(`${count} parts`, async () => ((await rows(uid)).length === count ? true : undefined), 20_000);
  const contentOf = async (name: string, run: string): Promise<RunContent> => (await portal.call('get', portal.url(name, `/runs/${run}`)).expect(200)).body;

  async function ended(name: string, object: DynamicObject, generation: number): Promise<void> {
    const { offer, cluster } = portal;
    await cluster.client.create(WorkflowRun.type, {
      apiVersion: WorkflowRun.apiVersion,
      kind: 'WorkflowRun',
      metadata: { name, namespace: 'default' },
      spec: {
        target: { apiVersion: offer.apiVersion, kind: offer.type.kind, plural: offer.type.plural, name: object.metadata.name, namespace: 'default', uid: object.metadata.uid, generation },
        promiseName: offer.promise, type: 'resource', action: 'configure', trigger: 'updated', hash: 'h', sequence: generation,
      },
      status: { phase: 'Succeeded', pipelines: [{ name: 'prepare', phase: 'Succeeded', attempt: 1, containers: [] }] },
    } as DynamicObject);
  }

  it('can be looked at after the request has changed, until it has gone', async () => {
    const { cluster, offer } = portal;
    const name = 'compared';
    const object = await portal.made(name, { spec: { size: 'small', password: 'planted-hunter2' } });
    const uid = object.metadata.uid ?? '';
    const labels = { 'kratix.io/promise-name': offer.promise, 'kratix.io/resource-name': name, 'kratix.io/pipeline-name': 'prepare' };
    const work = { namespace: 'default', name: `${offer.promise}-${name}` };
    await cluster.client.create(Work.type, {
      apiVersion: Work.apiVersion, kind: 'Work', metadata: { ...work, labels },
      spec: { promiseName: offer.promise, resourceName: name, workloadGroups: file('size: small\npassword: planted-hunter2\n') },
    } as DynamicObject);
    await ended(`${offer.promise}-first`, object, 1);
    await kept(uid, 2);

    await cluster.client.patch(offer.type, { namespace: 'default', name }, { spec: { size: 'large' } }, { kind: 'merge' });
    await cluster.client.patch(Work.type, work, { spec: { workloadGroups: file('size: large\n') } }, { kind: 'merge' });
    await ended(`${offer.promise}-second`, object, 2);
    await kept(uid, 4);

    const first = await contentOf(name, `${offer.promise}-first`);
    expect(first).toEqual({
      spec: { size: 'small', password: 'kratix-secret:spec.password' },
      files: [{ step: 'prepare', path: 'one.yaml', content: 'size: small\npassword: (hidden)\n' }],
    });
    expect(await contentOf(name, `${offer.promise}-second`)).toMatchObject({ spec: { size: 'large' }, files: [{ content: 'size: large\n' }] });
    expect(JSON.stringify(await knex('run_parts').select())).not.toContain('planted-hunter2');
    const refused = await portal.call('get', portal.url(name, '/runs/of-another')).expect(404);
    expect(refused.body.error.message).toBe(`${offer.type.kind} "default/${name}" has no run "of-another", or no longer`);

    await cluster.client.delete(offer.type, { namespace: 'default', name });
    await kept(uid, 0);
    await cluster.client.delete(Work.type, work);
    for (const which of ['first', 'second']) await cluster.client.delete(WorkflowRun.type, { namespace: 'default', name: `${offer.promise}-${which}` });
  });
});
