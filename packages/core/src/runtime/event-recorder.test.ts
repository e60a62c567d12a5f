import { connect } from '../kube/client';
import { coreTypes } from '../kube/gvk';
import type { KubeClient } from '../kube/types';
import { eventually } from '../testing/eventually';
import { FakeApiServer } from '../testing/fake-api-server';
import { FakeClock } from '../testing/fake-clock';
import { FaultProxy } from '../testing/fault-proxy';
import { anObject } from '../testing/objects';
import { aLogger } from '../testing/silent-logger';
import { EventRecorder, EventRecorderOptions } from './event-recorder';

let server: FakeApiServer;
let proxy: FaultProxy;
let client: KubeClient;
let clock: FakeClock;
let log = aLogger();

beforeEach(async () => {
  server = await FakeApiServer.start(coreTypes.Event);
  proxy = await FaultProxy.start({ server: server.server });
  client = await connect({ text: proxy.kubeconfig });
  clock = new FakeClock(Date.UTC(2026, 10, 22, 13));
  log = aLogger();
});

afterEach(async () => {
  await client.close();
  await proxy.stop();
  await server.stop();
});

const aRecorder = (options: Partial<EventRecorderOptions> = {}) =>
  new EventRecorder({ client, controller: 'kratix-ts/engine', instance: 'engine-0', log, clock, ...options });
const events = () => [...server.stored(coreTypes.Event).values()];
const widget = anObject('w', { metadata: { uid: 'u' } });

it('writes an event of the object, in its namespace', async () => {
  const recorder = aRecorder();
  recorder.warning(widget, 'Failed', 'it did not work');
  await recorder.stop();
  expect(events()).toEqual([
    expect.objectContaining({
      apiVersion: 'events.k8s.io/v1',
      metadata: expect.objectContaining({ namespace: 'default', name: expect.stringMatching(/^w\.[0-9a-f]{16}$/) }),
      eventTime: '2026-11-22T13:00:00.000000Z',
      type: 'Warning',
      reason: 'Failed',
      note: 'it did not work',
      action: 'Reconcile',
      reportingController: 'kratix-ts/engine',
      reportingInstance: 'engine-0',
      regarding: expect.objectContaining({ kind: 'Widget', name: 'w', namespace: 'default', uid: 'u' }),
    }),
  ]);
});

it('makes one object with a count of what repeats, and writes the count seldom', async () => {
  const recorder = aRecorder();
  for (let i = 0; i < 50; i += 1) recorder.normal(widget, 'Done', 'as before');
  await clock.advance(30_000);
  await eventually('the count', () => events()[0]?.series);
  expect(events()).toHaveLength(1);
  expect(events()[0].series).toMatchObject({ count: 50 });
  expect(proxy.count()).toBe(2);
  recorder.normal(widget, 'Done', 'as before');
  await recorder.stop();
  expect(events()[0].series).toMatchObject({ count: 51 });
});

it('begins anew after ten quiet minutes', async () => {
  const recorder = aRecorder();
  recorder.normal(widget, 'Done', 'again');
  await clock.advance(10 * 60_000);
  recorder.normal(widget, 'Done', 'again');
  await recorder.stop();
  expect(events()).toHaveLength(2);
});

it('cuts what is too long', async () => {
  const recorder = aRecorder();
  recorder.normal(widget, 'Done', 'x'.repeat(5000));
  await recorder.stop();
  expect(String(events()[0].note)).toHaveLength(1024);
});

it('never throws, and drops what it cannot write', async () => {
  proxy.fail(() => true, { status: 403 }, 1);
  const recorder = aRecorder();
  recorder.normal(widget, 'Done', 'refused');
  recorder.normal(widget, 'Done', 'written');
  await recorder.stop();
  expect(events().map(({ note }) => note)).toEqual(['written']);
});

it('is bounded, and says when it drops', async () => {
  const recorder = aRecorder({ maxWaiting: 10 });
  for (let i = 0; i < 100; i += 1) recorder.normal(widget, 'Done', `number ${i}`);
  await recorder.stop();
  expect(events().length).toBeLessThanOrEqual(11);
  expect(log.lines).toContainEqual(expect.objectContaining({ level: 'warn', fields: { dropped: 89 } }));
});
