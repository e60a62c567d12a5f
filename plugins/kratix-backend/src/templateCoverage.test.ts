import type { LoggerService } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { scaffolderActionsExtensionPoint, type TemplateAction } from '@backstage/plugin-scaffolder-node';
import { scaffolderAutocompleteExtensionPoint } from '@backstage/plugin-scaffolder-node/alpha';
import scaffolderModule from '@kratix-ts/backstage-plugin-scaffolder-backend-module-kratix';
import type { DynamicObject } from '@kratix-ts/core/kube';
import type { TestOffer } from '@kratix-ts/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { A, B, startGuardedPortal, type GuardedPortal } from './__testUtils__/guardedPortal';

jest.setTimeout(60_000);

/** One way of using an action, and the permission without which it does nothing. */
interface Entry {
  action: string;
  needs: string;
  /** What it is asked for; in a namespace, where it is about a request. */
  input: (namespace: string) => object;
  /** Nothing that it is asked for is in a namespace. */
  isPlatform?: boolean;
  /** Only tried, as the template editor does: the permission is asked for all the same. */
  isDryRun?: boolean;
}

interface Completer {
  id: string;
  handler: (question: { resource: string; token: string; context: Record<string, string> }) => Promise<{ results: { id: string }[] }>;
}

/** Stands in the status of a request: who may not see it must not read it anywhere. */
const answerOf = (namespace: string) => `answer-of-${namespace}`;

let portal: GuardedPortal;
let offer: TestOffer;
let workspacePath: string;
const registered = new Map<string, TemplateAction>();
const completers: Completer[] = [];

const named = (name: string) => (namespace: string) => ({ apiVersion: offer.apiVersion, kind: offer.type.kind, name: `${name}-${namespace}`, namespace });
const asking = (name: string, spec: object = { size: 'small' }) => (namespace: string) => ({ ...named(name)(namespace), spec });
const [CREATE, UPDATE, READ, DELETE] = ['create', 'update', 'read', 'delete'].map(verb => `kratix.request.${verb}`);
/** What is said to who may not even see whether there is such a request. */
const UNSEEN = `You need the permission "${CREATE}" for this, or "${UPDATE}" where there is such a request already`;
const promise = { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'another' }, spec: {} };

const entries: Entry[] = [
  { action: 'kratix:resource:apply', needs: CREATE, input: asking('new') },
  { action: 'kratix:resource:apply', needs: UPDATE, input: asking('in', { size: 'large' }) },
  { action: 'kratix:resource:diff', needs: CREATE, input: asking('other') },
  { action: 'kratix:resource:diff', needs: UPDATE, input: asking('in') },
  { action: 'kratix:resource:manifest', needs: CREATE, input: asking('other') },
  { action: 'kratix:resource:manifest', needs: UPDATE, input: asking('in') },
  { action: 'kratix:resource:wait', needs: READ, input: named('ready') },
  { action: 'kratix:resource:delete', needs: DELETE, input: named('ends') },
  { action: 'kratix:promise:install', needs: 'kratix.promise.install', isPlatform: true, isDryRun: true, input: () => ({ manifest: promise }) },
  { action: 'kratix:branch:push', needs: 'kratix.branch.push', isPlatform: true, isDryRun: true, input: () => ({ repository: 'requests', branch: 'x', path: 'x', message: 'x' }) },
];

/** Runs an action in a task of the signed-in user; resolves with everything that the user sees of it. */
async function run({ action, input, isDryRun = false }: Entry, namespace: string): Promise<{ failure: string; seen: string }> {
  const seen: unknown[] = [];
  const write = (...words: unknown[]) => void seen.push(words);
  const ctx = {
    input: input(namespace),
    isDryRun,
    workspacePath,
    logger: mockServices.logger.mock({ debug: write, info: write, warn: write, error: write } as Partial<LoggerService>),
    output: write,
    user: { ref: 'user:default/mock' },
    getInitiatorCredentials: async () => mockCredentials.user(),
    checkpoint: async ({ fn }: { fn: () => Promise<unknown> }) => fn(),
    secrets: {},
  };
  const handler = registered.get(action)?.handler as ((ctx: object) => Promise<void>) | undefined;
  const failure = await (handler?.(ctx) ?? Promise.reject(new Error('not registered'))).then(() => '', (error: Error) => error.message);
  return { failure, seen: `${JSON.stringify(seen)}${failure}` };
}

const stateOfB = async () => {
  const { items } = await portal.cluster.client.list<DynamicObject>(offer.type, { namespace: B });
  return items.map(({ metadata, spec }) => [metadata.name, metadata.generation, metadata.annotations, spec]);
};

beforeAll(async () => {
  workspacePath = await mkdtemp(join(tmpdir(), 'kratix-coverage-'));
  portal = await startGuardedPortal({
    features: [scaffolderModule],
    extensionPoints: [
      [scaffolderActionsExtensionPoint, { addActions: (...actions: TemplateAction[]) => actions.forEach(action => registered.set(action.id, action)) }],
      [scaffolderAutocompleteExtensionPoint, { addAutocompleteProvider: (completer: Completer) => void completers.push(completer) }],
    ],
    kratix: { repositories: [{ name: 'requests', url: 'http://127.0.0.1:9/requests.git' }] },
  });
  offer = portal.offer;
  const { client } = portal.cluster;
  const conditions = [{ type: 'Reconciled', status: 'True', reason: 'Reconciled', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }];
  for (const namespace of [A, B]) {
    for (const name of ['ready', 'ends']) await client.create(offer.type, offer.request(name, { metadata: { name: `${name}-${namespace}`, namespace } }));
    const status = { conditions, observedGeneration: 1, answer: answerOf(namespace) };
    await client.patch(offer.type, { namespace, name: `ready-${namespace}` }, { status }, { kind: 'merge', subresource: 'status' });
  }
});

afterAll(async () => {
  await portal?.stop();
  await rm(workspacePath, { recursive: true, force: true });
});

beforeEach(() => Object.assign(portal.policy, { denied: [], isLimited: false }));

it('covers every action that templates have', () => {
  expect([...registered.keys()].sort()).toEqual([...new Set(entries.map(({ action }) => action))].sort());
});

describe.each(entries)('$action by $needs', entry => {
  it('refuses whom the policy denies', async () => {
    portal.policy.denied = [entry.needs];
    const { failure, seen } = await run(entry, A);
    expect(failure).toBe(`You need the permission "${entry.needs}" for this`);
    expect(seen).not.toMatch(/small|answer-of/);
  });

  if (!entry.isPlatform) {
    it('item 83: shows and does nothing in B for whom the policy limits to A', async () => {
      const before = await stateOfB();
      portal.policy.isLimited = true;
      const there = await run(entry, B);
      expect(there.failure).toBe([CREATE, UPDATE].includes(entry.needs) ? UNSEEN : `You need the permission "${entry.needs}" for this`);
      expect(there.seen).not.toMatch(/small|answer-of/);
      expect(await stateOfB()).toEqual(before);
      expect((await run(entry, A)).failure).toBe('');
    });
  }

  it('lets in whom the policy allows', async () => {
    // what the test before made is there now, so that one is made in B
    const { failure, seen } = await run(entry, entry.isPlatform ? A : B);
    expect(failure).toBe('');
    expect(entry.action !== 'kratix:resource:wait' || seen.includes(answerOf(B))).toBe(true);
  });
});

describe.each(['kratix:resource:apply', 'kratix:resource:diff', 'kratix:resource:manifest', 'kratix:resource:wait', 'kratix:resource:delete'])('item 83: %s', action => {
  const ask = (name: string) => run({ action, needs: '', input: asking(name) }, B);

  it('tells nobody who may not read requests in B whether there is one of a name', async () => {
    portal.policy.isLimited = true;
    const there = await ask('ready');
    const missing = await ask('nobody');
    expect(there.failure).not.toBe('');
    expect(there).toEqual(missing);
  });

  it('nor who may read none at all', async () => {
    portal.policy.denied = [CREATE, UPDATE, READ, DELETE];
    expect(await ask('ready')).toEqual(await ask('nobody'));
  });
});

it('item 83: shows what is there, in a difference, only to who may read it, however much they may change', async () => {
  const difference = () => run({ action: 'kratix:resource:diff', needs: UPDATE, input: asking('ready', { size: 'large' }) }, A);
  expect((await difference()).seen).toContain('small');
  portal.policy.denied = [READ];
  const { failure, seen } = await difference();
  expect(failure).toBe(`You need the permission "${READ}" for this`);
  expect(seen).not.toContain('small');
});

it.each(['clusters', 'promises'])('completes %s for whom the policy allows to see Promises', async resource => {
  expect(completers).toHaveLength(1);
  const complete = () => completers[0].handler({ resource, token: mockCredentials.user.token(), context: {} });
  expect((await complete()).results.map(({ id }) => id)).toEqual([resource === 'clusters' ? 'demo' : offer.promise]);
  portal.policy.denied = ['kratix.promise.read'];
  await expect(complete()).rejects.toThrow('kratix.promise.read');
});
