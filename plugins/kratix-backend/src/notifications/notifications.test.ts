import { createServiceFactory } from '@backstage/backend-plugin-api';
import { notificationService, type NotificationSendOptions } from '@backstage/plugin-notifications-node';
import { TestDatabases } from '@backstage/backend-test-utils';
import { eventually } from '@kratix-ts/core/testing';
import { startTestPortal, type TestPortal } from '../__testUtils__/testPortal';
import { DatabaseNoteStore } from './NoteStore';

jest.setTimeout(240_000);

describe('what replicas share', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

  it('lets one of two replicas tell, and forgets nothing over a restart', async () => {
    const knex = await databases.init('SQLITE_3');
    const database = { getClient: async () => knex };
    const one = await DatabaseNoteStore.create(database);
    const other = await DatabaseNoteStore.create(database);
    expect(await one.swap('a', undefined, 'Failed')).toBe(true);
    expect(await other.swap('a', undefined, 'Failed')).toBe(false);
    expect(await other.swap('a', 'Failed', 'NotPlaced')).toBe(true);
    expect(await one.swap('a', 'Failed', undefined)).toBe(false);
    expect(await (await DatabaseNoteStore.create(database)).all()).toEqual(new Map([['a', 'NotPlaced']]));
    expect(await one.swap('a', 'NotPlaced', undefined)).toBe(true);
    expect(await one.get('a')).toBeUndefined();
  });
});

describe('what owners are told', () => {
  const sent: NotificationSendOptions[] = [];
  let portal: TestPortal;

  const conditions = (isReady: boolean) => [
    { type: 'ConfigureWorkflowCompleted', status: isReady ? 'True' : 'False', reason: isReady ? 'PipelinesExecutedSuccessfully' : 'ConfigureWorkflowFailed', message: 'A Configure Pipeline has failed: act' },
    { type: 'Reconciled', status: isReady ? 'True' : 'False', reason: isReady ? 'Reconciled' : 'ConfigureWorkflowFailed', message: 'Failing' },
  ];
  const be = (name: string, isReady: boolean) =>
    portal.cluster.client.patch(portal.offer.type, { namespace: 'default', name }, { status: { conditions: conditions(isReady) } }, { kind: 'merge', subresource: 'status' });
  const told = (name: string) => sent.filter(({ payload }) => payload.title.includes(` ${name} `));

  beforeAll(async () => {
    const recorder = createServiceFactory({ service: notificationService, deps: {}, factory: () => ({ send: async message => void sent.push(message) }) });
    portal = await startTestPortal({ notifications: { enabled: true } }, [recorder]);
  });

  afterAll(async () => {
    await portal?.stop();
  });

  it('tells the owner once that a request fails, and that it is well again', async () => {
    await portal.made('broken', { metadata: { name: 'broken', namespace: 'default', annotations: { 'kratix-ts.dev/requested-by': 'user:default/ana' } } });
    await be('broken', false);
    const [first] = await eventually('the first word', () => (told('broken').length > 0 ? told('broken') : undefined), 60_000);
    expect(first).toMatchObject({
      recipients: { type: 'entity', entityRef: 'user:default/ana' },
      payload: { severity: 'high', topic: 'kratix', link: `/catalog/default/component/broken.${portal.offer.promise}`, description: expect.stringContaining('failed') },
    });
    expect(first.payload.title).toMatch(/ broken does not work$/);
    await be('broken', true);
    const [, second] = await eventually('the second word', () => (told('broken').length > 1 ? told('broken') : undefined), 60_000);
    expect(second.payload).toMatchObject({ severity: 'low', scope: first.payload.scope, title: expect.stringMatching(/ is ready again$/) });
  });

  it('says nothing of what goes well, or of dry runs', async () => {
    const labels = { 'kratix.io/dry-run': 'true' };
    await portal.cluster.client.create(portal.offer.type, portal.offer.request('trial', { metadata: { name: 'trial', namespace: 'default', labels } }));
    await portal.made('fine');
    await be('trial', false);
    await be('fine', true);
    await portal.made('last');
    await be('last', false);
    await eventually('a word of the last one', () => told('last').length > 0, 60_000);
    expect(told('trial')).toEqual([]);
    expect(told('fine')).toEqual([]);
  });
});
