import { createServiceFactory } from '@backstage/backend-plugin-api';
import { actionsRegistryServiceFactory, actionsServiceFactory } from '@backstage/backend-defaults/alpha';
import { mockCredentials, mockServices, startTestBackend, type TestBackend } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import searchPlugin from '@backstage/plugin-search-backend';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import type { RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import { dataDir, eventually, recordedMoments, recordedObjects } from '@kratix-ts/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { serveRecorded, type RecordedCluster } from './__testUtils__/recordedCluster';
import { catalogModuleKratix } from './catalog/module';
import { kratixPlugin } from './plugin';
import { searchModuleKratix } from './search/module';

jest.setTimeout(120_000);

type Moment = (typeof recordedMoments)[number];

/**
 * What people are to see at each moment, and the step that it is about. One of the placements of `ready` was not written
 * yet, though the request said so already; what was to be misplaced had found a place; the pod that failed was gone.
 */
const expected: Record<Moment, object> = {
  pending: { phase: 'Running' },
  running: { phase: 'Running' },
  ready: { phase: 'Delivering' },
  failed: { phase: 'Failed', step: 'act' },
  suspended: { phase: 'PausedByStep', step: 'act' },
  'retry-after': { phase: 'Retrying', step: 'act' },
  misplaced: { phase: 'Ready' },
  'running-long': { phase: 'Running', step: 'act' },
  updating: { phase: 'Running' },
  deleting: { phase: 'Deleting', step: 'archive' },
};

/** Each moment is a cluster of its own. */
(dataDir ? describe : describe.skip)('beside upstream: what its clusters were recorded with, unchanged', () => {
  const servers: RecordedCluster[] = [];
  let dir: string;
  let backend: TestBackend;

  const get = (path: string) => request(backend.server).get(path).set('authorization', mockCredentials.user.header());
  const nameOf = (moment: Moment) => {
    const { metadata } = recordedObjects(moment).find(({ kind }) => kind === 'Recorded')!;
    return { namespace: metadata.namespace, name: metadata.name };
  };
  const act = async (action: string, input: object) => {
    const path = `/api/kratix/.backstage/actions/v1/actions/kratix:${action}/invoke`;
    return (await request(backend.server).post(path).set('authorization', mockCredentials.user.header()).send(input).expect(200)).body.output;
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kratix-recorded-'));
    const platform = recordedObjects('platform');
    for (const moment of recordedMoments) servers.push(await serveRecorded(dir, moment, [...recordedObjects(moment), ...platform]));
    const clusters = recordedMoments.map((name, index) => ({ name, kubeconfig: servers[index].kubeconfig }));
    const data = {
      backend: { actions: { pluginSources: ['kratix'] } },
      catalog: { processingInterval: { milliseconds: 500 }, rules: [{ allow: ['Component', 'Resource'] }] },
      kratix: { clusters, catalog: { destinations: { enabled: true }, templates: { enabled: false } } },
    };
    backend = await startTestBackend({
      features: [
        kratixPlugin,
        catalogPlugin,
        catalogModuleKratix,
        searchPlugin,
        searchModuleKratix,
        actionsRegistryServiceFactory,
        actionsServiceFactory,
        // Every task runs once, a moment after it is known: the clusters are asked first.
        mockServices.scheduler.mock({ createScheduledTaskRunner: () => ({ run: async task => void setTimeout(() => void task.fn(new AbortController().signal), 3000) }) }).factory,
        mockServices.rootConfig.factory({ data }),
        createServiceFactory({ service: signalsServiceRef, deps: {}, factory: () => ({ publish: async () => {} }) }),
      ],
    });
    await eventually('every cluster', async () => (await get('/api/kratix/v1/requests?limit=50')).body.total === recordedMoments.length, 30_000);
  });

  afterAll(async () => {
    await backend?.stop();
    await Promise.all(servers.map(server => server.stop()));
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  it.each([...recordedMoments])('shows the moment "%s" as it was', async moment => {
    const { namespace, name } = nameOf(moment);
    const { body }: { body: RequestDetail } = await get(`/api/kratix/v1/requests/${moment}/demo.example.org/v1/recordeds/${namespace}/${name}`).expect(200);
    expect(body.summary).toMatchObject(expected[moment]);
    expect(body.summary.sentence).not.toContain('…');
  });

  it('has an entity of each in the catalog, and offer and Destination of their clusters', async () => {
    const refs = await eventually('the entities', async () => {
      const found: Entity[] = (await get('/api/catalog/entities').expect(200)).body;
      const names = found.map(({ kind, metadata }) => `${kind}:${metadata.namespace}/${metadata.name}`);
      return names.length >= 3 * recordedMoments.length ? names : undefined;
    }, 60_000);
    for (const moment of recordedMoments) {
      const { namespace, name } = nameOf(moment);
      const suffix = moment === 'pending' ? '' : `_${moment}`;
      expect(refs).toEqual(expect.arrayContaining([`Component:${namespace}/${name}.recorded${suffix}`, `Component:default/recorded-promise${suffix}`, `Resource:default/worker-1-destination${suffix}`]));
    }
  });

  it('finds each of them', async () => {
    const found = async (term: string) => (await get(`/api/search/query?term=${term}`).expect(200)).body.results as { document: { cluster: string } }[];
    for (const moment of recordedMoments) {
      const { name } = nameOf(moment);
      const clusters = async () => (await found(name)).map(({ document }) => document.cluster);
      expect(await eventually(`${moment} in the index`, async () => ((await clusters()).includes(moment) ? clusters() : undefined), 20_000)).toContain(moment);
    }
  });

  it('lists, describes and explains them to language models', async () => {
    expect((await act('list-promises', {})).promises).toHaveLength(recordedMoments.length);
    expect(await act('describe-promise', { cluster: 'ready', promise: 'recorded' })).toMatchObject({ kind: 'Recorded', pipelines: ['prepare', 'act'] });
    expect((await act('list-requests', { limit: 100 })).total).toBe(recordedMoments.length);
    for (const moment of recordedMoments) {
      const input = { cluster: moment, promise: 'recorded', ...nameOf(moment) };
      expect((await act('get-request', input)).phase).toBe((await act('explain-request', input)).phase);
    }
    expect(await act('explain-request', { cluster: 'failed', promise: 'recorded', ...nameOf('failed') })).toMatchObject({ step: 'act', nextStep: expect.stringContaining('rerun-request') });
  });
});
