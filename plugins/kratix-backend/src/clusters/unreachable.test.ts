import { mockServices } from '@backstage/backend-test-utils';
import type { EntityProviderMutation } from '@backstage/plugin-catalog-node';
import { requestState } from '@kratix-ts/backstage-plugin-kratix-common';
import { connect } from '@kratix-ts/core/kube';
import { aLogger, eventually, installOffer } from '@kratix-ts/core/testing';
import { startCluster } from '@kratix-ts/local-cluster';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterEntityProvider } from '../catalog/ClusterEntityProvider';
import { Transformers } from '../catalog/extensionPoint';
import { parseCatalogOptions } from '../catalog/options';
import { parseTemplateOptions } from '../catalog/templateOptions';
import { Clusters } from './Clusters';

jest.setTimeout(120_000);

it('keeps state and entities of a cluster that cannot be reached, says so, and goes on when it is back', async () => {
  const logger = mockServices.logger.mock();
  const dir = await mkdtemp(join(tmpdir(), 'kratix-portal-'));
  const first = await startCluster({ dir, pods: false, log: aLogger() });
  const client = await connect({ file: first.kubeconfig });
  const offer = await installOffer(client);
  await eventually('the API to be served', () => client.create(offer.type, offer.request('kept')), 20_000);

  const mutations: EntityProviderMutation[] = [];
  const clusters = new Clusters([{ name: 'demo', source: { file: first.kubeconfig } }], logger);
  clusters.start();
  const context = { cluster: 'demo', defaultCluster: 'demo', options: parseCatalogOptions({}), templates: parseTemplateOptions({}) };
  const provider = new ClusterEntityProvider(clusters, { context, transformers: new Transformers() }, logger);
  await provider.connect({ refresh: async () => {}, applyMutation: async mutation => void mutations.push(mutation) });
  await eventually('the first entities', () => mutations.length > 0, 20_000);
  const watch = await eventually('the cluster', () => clusters.get('demo'));
  const state = () => {
    const api = watch.api(offer.type);
    const request = api && watch.request(api, 'default', 'kept');
    return api && request && requestState(watch.sources(api, request), new Date());
  };
  expect(state()).toMatchObject({ staleSince: undefined, summary: { phase: 'Queued' } });

  await first.stop();
  await eventually('the loss to be noticed', () => watch.staleSince, 20_000);
  expect(state()).toMatchObject({ name: 'kept', staleSince: watch.staleSince, summary: { phase: 'Unknown', lastKnown: { phase: 'Queued' } } });
  expect(clusters.trouble('demo')).toBeDefined();
  expect(mutations.filter(({ type }) => type === 'full')).toHaveLength(1);
  expect(mutations.some(mutation => mutation.type === 'delta' && mutation.removed.length > 0)).toBe(false);
  const told = await eventually('the offer to say so', () => mutations.find(({ type }) => type === 'delta'));
  expect(told).toMatchObject({
    added: [
      { entity: { kind: 'Component', spec: { type: 'kratix-promise' }, metadata: { annotations: { 'kratix-ts.dev/stale-since': watch.staleSince } } } },
      { entity: { kind: 'Template', metadata: { description: expect.stringMatching(/^Not available now: its cluster cannot be reached\./) } } },
    ],
  });

  const again = await startCluster({ dir, pods: false, log: aLogger(), port: Number(new URL(first.server).port) });
  await eventually('the cluster to be back', () => watch.staleSince === undefined, 60_000);
  await client.delete(offer.type, { namespace: 'default', name: 'kept' });
  await eventually('the removal of the entity', () => mutations.some(mutation => mutation.type === 'delta' && mutation.removed.length > 0), 20_000);
  expect(state()).toBeUndefined();

  provider.stop();
  await clusters.stop();
  await client.close();
  await again.stop();
  await rm(dir, { recursive: true, force: true });
});
