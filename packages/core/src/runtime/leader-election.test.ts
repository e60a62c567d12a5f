import { connect } from '../kube/client';
import { coreTypes } from '../kube/gvk';
import type { KubeClient } from '../kube/types';
import { eventually } from '../testing/eventually';
import { FakeApiServer } from '../testing/fake-api-server';
import { FakeClock } from '../testing/fake-clock';
import { FaultProxy } from '../testing/fault-proxy';
import { aLogger } from '../testing/silent-logger';
import { LeaderElection } from './leader-election';

let server: FakeApiServer;
let proxy: FaultProxy;
let client: KubeClient;
const elections: LeaderElection[] = [];

/** Each competitor has a clock of its own, as other machines have. */
function aCompetitor(identity: string, through: KubeClient = client) {
  const clock = new FakeClock(Math.random() * 1e12);
  const election = new LeaderElection({
    client: through,
    name: 'engine',
    namespace: 'default',
    identity,
    log: aLogger(),
    clock,
  });
  elections.push(election);
  const abort = new AbortController();
  const lost: string[] = [];
  election.onLost(error => lost.push(error.message));
  return { clock, election, lost, abort, signal: abort.signal };
}

const lease = () => server.stored(coreTypes.Lease).get('default/engine')?.spec;
const calls = (method: string) => proxy.count(call => call.method === method);

beforeEach(async () => {
  server = await FakeApiServer.start(coreTypes.Lease);
  proxy = await FaultProxy.start({ server: server.server });
  client = await connect({ text: proxy.kubeconfig });
});

afterEach(async () => {
  proxy.heal();
  await Promise.all(elections.splice(0).map(election => election.release()));
  await client.close();
  await proxy.stop();
  await server.stop();
});

it('is won at once where nobody leads, and kept by renewing', async () => {
  const a = aCompetitor('a');
  await a.election.acquire(a.signal);
  expect(lease()).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
  const first = lease()?.renewTime;
  await a.clock.advance(2000);
  await eventually('a renewal', () => lease()?.renewTime !== first);
  expect(lease()?.acquireTime).toBe(first);
  expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

it('waits while another renews, and takes over when it has been silent for its duration', async () => {
  const a = aCompetitor('a');
  const b = aCompetitor('b');
  await a.election.acquire(a.signal);
  const won = b.election.acquire(b.signal);
  await eventually('the first look', () => calls('GET') >= 2);
  for (let second = 0; second < 14; second += 2) {
    const looks = calls('GET');
    await b.clock.advance(2000);
    await eventually('another look', () => calls('GET') > looks);
  }
  expect(b.election.isLeading).toBe(false);
  const winning = eventually('b takes over', async () => {
    await b.clock.advance(2000);
    return b.election.isLeading;
  });
  await Promise.all([won, winning]);
  expect(lease()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
});

it('passes on at once when the leader ends in peace', async () => {
  const a = aCompetitor('a');
  const b = aCompetitor('b');
  await a.election.acquire(a.signal);
  await a.election.release();
  expect(lease()).toMatchObject({ holderIdentity: '' });
  await b.election.acquire(b.signal);
  expect(b.election.isLeading).toBe(true);
  expect(a.lost).toEqual([]);
});

it('is lost when it cannot be renewed in time', async () => {
  const a = aCompetitor('a');
  await a.election.acquire(a.signal);
  proxy.fail(() => true, { status: 500 });
  await eventually('the loss', async () => {
    await a.clock.advance(2000);
    return a.lost.length === 1;
  });
  expect(a.lost).toEqual(['lease default/engine: it could not be renewed in time']);
  expect(a.election.isLeading).toBe(false);
});

it('outlives an outage that is shorter than that', async () => {
  const a = aCompetitor('a');
  await a.election.acquire(a.signal);
  proxy.fail(() => true, { status: 500 }, 3);
  const before = calls('PUT');
  await eventually('a renewal', async () => {
    await a.clock.advance(1000);
    return calls('PUT') > before;
  });
  expect(a.lost).toEqual([]);
});

it('is lost at once when another has it', async () => {
  const a = aCompetitor('a');
  await a.election.acquire(a.signal);
  const stolen = server.stored(coreTypes.Lease).get('default/engine')!;
  server.put(coreTypes.Lease, { ...stolen, spec: { ...stolen.spec, holderIdentity: 'b' } });
  await eventually('the loss', async () => {
    await a.clock.advance(2000);
    return a.lost.length === 1;
  });
  expect(a.lost).toEqual(['lease default/engine: another process took it']);
  await a.election.release();
  expect(lease()).toMatchObject({ holderIdentity: 'b' });
});

it('is won by one of many who begin at once', async () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map(name => aCompetitor(name));
  const ends = all.map(({ election, signal }) => election.acquire(signal).catch(() => {}));
  await eventually('a leader', () => all.some(({ election }) => election.isLeading));
  await eventually('everyone has looked', () => calls('GET') >= 5);
  expect(all.filter(({ election }) => election.isLeading)).toHaveLength(1);
  all.forEach(({ abort }) => abort.abort());
  await Promise.all(ends);
});
