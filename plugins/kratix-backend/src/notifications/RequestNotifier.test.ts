import { mockServices } from '@backstage/backend-test-utils';
import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import type { DynamicObject } from '@kratix-ts/core/kube';
import { eventually, installOffer, type TestOffer } from '@kratix-ts/core/testing';
import { startTestCluster, type TestCluster } from '../__testUtils__/testCluster';
import { parseCatalogOptions } from '../catalog/options';
import { Clusters } from '../clusters/Clusters';
import { RequestNotifier } from './RequestNotifier';

jest.setTimeout(240_000);

const LONG = 60_000;
const logger = mockServices.logger.mock();
let cluster: TestCluster;
let offer: TestOffer;
let clusters: Clusters;

beforeAll(async () => {
  cluster = await startTestCluster();
  offer = await installOffer(cluster.client);
  clusters = new Clusters([{ name: 'demo', source: { file: cluster.kubeconfig } }], logger);
  clusters.start();
});

afterAll(async () => {
  await clusters?.stop();
  await offer?.remove();
  await cluster?.stop();
});

/** Makes a request that fails, and waits until the portal's copy has it. Resolves with the time of its creation. */
async function aFailure(name: string): Promise<number> {
  const { metadata } = await cluster.client.create<DynamicObject>(offer.type, offer.request(name));
  const conditions = [{ type: 'ConfigureWorkflowCompleted', status: 'False', reason: 'ConfigureWorkflowFailed', message: 'A Configure Pipeline has failed: act' }];
  await cluster.client.patch(offer.type, { namespace: 'default', name }, { status: { conditions } }, { kind: 'merge', subresource: 'status' });
  await eventually(`${name} in the copy`, () => clusters.all().some(watch => watch.isComplete && watch.request(offer.type as never, 'default', name)?.status?.conditions), LONG);
  return Date.parse(metadata.creationTimestamp ?? '');
}

it('tells of what was made since it began, however late it looks, and not of what it found', async () => {
  const createdAt = await aFailure('early');
  // Times of creation are whole seconds.
  await eventually('the next second', () => Date.now() >= createdAt + 1000, LONG);
  const sent: NotificationSendOptions[] = [];
  const known = new Map<string, string>();
  let read: (known: Map<string, string>) => void = () => {};
  const notifier = new RequestNotifier({
    clusters,
    notifications: { send: async message => void sent.push(message) },
    store: {
      all: () => new Promise(resolve => (read = resolve)),
      get: async ref => known.get(ref),
      swap: async (ref, _, next) => Boolean(next && known.set(ref, next)),
    },
    catalog: parseCatalogOptions(undefined),
    logger,
  });
  await aFailure('late');
  read(new Map());
  await eventually('both to be known', () => known.size === 2, LONG);
  await eventually('the word of the late one', () => sent.length > 0, LONG);
  notifier.stop();
  expect(sent.map(({ payload }) => payload.title)).toEqual([expect.stringMatching(/ late does not work$/)]);
});
