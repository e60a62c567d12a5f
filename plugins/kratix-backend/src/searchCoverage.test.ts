import type { SchedulerServiceTaskInvocationDefinition } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import searchPlugin from '@backstage/plugin-search-backend';
import { signalKey, signalRef } from '@kratix-ts/backstage-plugin-kratix-common';
import { eventually } from '@kratix-ts/core/testing';
import { A, B, startGuardedPortal, type GuardedPortal } from './__testUtils__/guardedPortal';
import { searchModuleKratix } from './search/module';

jest.setTimeout(60_000);

/** The types of documents: the permission that decides them, and whether that is asked for each single one. */
const documents: Record<string, { needs: string; isLimited: boolean }> = {
  kratix: { needs: 'kratix.request.read', isLimited: true },
  'kratix-promise': { needs: 'kratix.promise.read', isLimited: false },
};

let portal: GuardedPortal;
const tasks: SchedulerServiceTaskInvocationDefinition[] = [];

interface Found {
  type: string;
  document: { namespace?: string };
}

async function search(types: string[] = []): Promise<{ results: Found[]; text: string }> {
  const filter = types.map(type => `&types[]=${type}`).join('');
  const { body, text } = await portal.send('get', `/api/search/query?term=${portal.offer.promise}${filter}`).expect(200);
  return { results: body.results, text };
}

beforeAll(async () => {
  const scheduler = mockServices.scheduler.mock({ createScheduledTaskRunner: () => ({ run: async task => void tasks.push(task) }) });
  portal = await startGuardedPortal({ features: [searchPlugin, searchModuleKratix, scheduler.factory] });
  for (const { fn } of tasks) await fn(new AbortController().signal);
  await eventually('the index', async () => (await search()).results.length >= 3 || undefined);
});

afterAll(() => portal?.stop());

beforeEach(() => Object.assign(portal.policy, { denied: [], isLimited: false }));

it('covers every type of document, and finds one of each', async () => {
  expect(tasks.map(({ id }) => id.replace(/^search_index_/, '').replaceAll('_', '-')).sort()).toEqual(Object.keys(documents).sort());
  const { results } = await search();
  expect([...new Set(results.map(({ type }) => type))].sort()).toEqual(Object.keys(documents).sort());
  expect(results.filter(({ type }) => type === 'kratix').map(({ document }) => document.namespace).sort()).toEqual([A, B]);
});

describe.each(Object.entries(documents))('results of type %s', (type, { needs, isLimited }) => {
  it('are for whom the policy allows, and for nobody whom it denies', async () => {
    expect((await search([type])).results.length).toBeGreaterThan(0);
    portal.policy.denied = [needs];
    expect((await search()).results.filter(result => result.type === type)).toEqual([]);
    expect((await portal.send('get', `/api/search/query?term=${portal.offer.promise}&types[]=${type}`)).text).not.toMatch(new RegExp(`${A}|${B}|"document"`));
  });

  it('item 83: show nothing of B to whom the policy limits to A', async () => {
    portal.policy.isLimited = true;
    const { results, text } = await search([type]);
    expect(results).toHaveLength(1);
    expect(text).not.toContain(B);
    expect(isLimited ? results[0].document.namespace : A).toBe(A);
  });
});

it('item 83: signals tell of a change in B, and name neither namespace nor request', async () => {
  portal.signals.length = 0;
  const { offer, cluster, signals } = portal;
  const keys = [A, B].map(namespace => signalKey(signalRef({ ...offer.type, namespace, name: `in-${namespace}` })));
  for (const namespace of [A, B]) {
    await cluster.client.patch(offer.type, { namespace, name: `in-${namespace}` }, { status: { message: 'news' } }, { kind: 'merge', subresource: 'status' });
  }
  await eventually('both signals', () => keys.every(key => JSON.stringify(signals).includes(key)) || undefined);
  expect(JSON.stringify(signals)).not.toMatch(new RegExp(`${A}|${B}|${offer.type.group}`));
  expect(signals).toEqual(signals.map(() => ({ cluster: 'demo', refs: expect.any(Array) })));
});
