import type { EventSummary } from './requestDetail';
import { requestDetail, type RequestDetailSources } from './stateDetail';

const NOW = new Date('2026-11-22T10:00:00Z');
// "hello\n", packed as Go and Node pack it.
const HELLO = 'H4sIAAAAAAAAA8tIzcnJ5wIAIDA6NgYAAAA=';
const SHA = '0123456789abcdef0123456789abcdef01234567';
const meta = (name: string, extra = {}) => ({ name, namespace: 'default', creationTimestamp: '2026-11-22T09:00:00Z', ...extra });
const kratix = (kind: string) => ({ apiVersion: 'platform.kratix.io/v1alpha1', kind });
const condition = (type: string, status: 'True' | 'False', message = type) => ({ type, status, reason: type, message, lastTransitionTime: '2026-11-22T09:30:00Z' });

function sources(extra: Partial<RequestDetailSources> = {}): RequestDetailSources {
  return {
    cluster: 'demo',
    type: { group: 'g', version: 'v1', kind: 'Redis', plural: 'redis' },
    request: { apiVersion: 'g/v1', kind: 'Redis', metadata: meta('one', { uid: 'u' }), status: { promiseVersion: 'v1.0.0' } },
    promiseName: 'redis',
    works: [],
    placements: [],
    destinations: [],
    runs: [],
    jobs: [],
    pods: [],
    stores: [],
    revisions: [],
    healthRecords: [],
    events: [],
    children: [],
    ...extra,
  };
}

const work = {
  ...kratix('Work'),
  metadata: meta('w', { labels: { 'kratix.io/pipeline-name': 'prepare' } }),
  spec: {
    workloadGroups: [
      { id: 'a', directory: '.', workloads: [{ filepath: 'one.yaml', content: HELLO }] },
      { id: 'b', directory: 'infra', workloads: [{ filepath: 'two.yaml', size: 5_000_000 }, { filepath: 'three.yaml', content: HELLO }] },
    ],
  },
  status: { conditions: [condition('ScheduleSucceeded', 'False', 'No matching destination found for workloadGroups: [b]')] },
};
const placement = {
  ...kratix('WorkPlacement'),
  metadata: meta('w.eu-1', { labels: { 'kratix.io/work': 'w' } }),
  spec: { id: 'a', targetDestinationName: 'eu-1', workloads: [{ filepath: 'one.yaml', content: HELLO }] },
  status: { versionID: SHA, conditions: [condition('WriteSucceeded', 'True')] },
};

it('B-SCH-31: tells bundle by bundle what is delivered where, and what is not', () => {
  const { delivery } = requestDetail(sources({ works: [work], placements: [placement] }), NOW);
  expect(delivery.bundles).toEqual([
    { work: 'w', group: 'a', step: 'prepare', directory: '.', files: 1, size: 6, destinations: ['eu-1'], message: undefined },
    { work: 'w', group: 'b', step: 'prepare', directory: 'infra', files: 2, size: 5_000_006, destinations: [], message: 'No matching destination found for workloadGroups: [b]' },
  ]);
});

it('B-SS-24: links the commit of each destination, without the credentials of its store', () => {
  const destinations = [{ ...kratix('Destination'), metadata: { name: 'eu-1' }, spec: { stateStoreRef: { kind: 'GitStateStore', name: 'git' } } }];
  const stores = [
    { ...kratix('BucketStateStore'), metadata: { name: 'git' }, spec: { endpoint: 'minio' } },
    { ...kratix('GitStateStore'), metadata: { name: 'git' }, spec: { url: 'https://bot:hunter2@github.com/acme/state.git' } },
  ];
  const twice = { ...placement, metadata: meta('w.eu-1-b', { labels: { 'kratix.io/work': 'w' } }) };
  const { delivery } = requestDetail(sources({ works: [work], placements: [placement, twice], destinations, stores }), NOW);
  expect(delivery.commits).toEqual([
    { destination: 'eu-1', version: SHA, url: `https://github.com/acme/state/commit/${SHA}`, at: '2026-11-22T09:30:00Z' },
  ]);
});

it('B-API-18: shows what health records say', () => {
  const record = { ...kratix('HealthRecord'), metadata: meta('one-health'), data: { state: 'degraded', lastRun: 1_800_000_000, details: { message: 'slow' } } };
  const silent = { ...kratix('HealthRecord'), metadata: meta('other', { labels: { 'kratix.io/targetDestinationName': 'eu-1' } }) };
  expect(requestDetail(sources({ healthRecords: [record, silent] }), NOW).delivery.health).toEqual([
    { record: 'one-health', destination: '', state: 'degraded', lastRun: '2027-01-15T08:00:00.000Z', details: { message: 'slow' } },
    { record: 'other', destination: 'eu-1', state: 'unknown', lastRun: undefined, details: undefined },
  ]);
});

it('shows the newest events first, and a hundred at most', () => {
  const event = (index: number): EventSummary => ({
    type: 'Normal', reason: `r${index}`, message: '', count: 1, lastAt: new Date(index * 1000).toISOString(), about: { kind: 'Pod', name: 'p' },
  });
  const { events } = requestDetail(sources({ events: Array.from({ length: 150 }, (_, index) => event(index)) }), NOW);
  expect(events).toHaveLength(100);
  expect(events[0].reason).toBe('r149');
});

it('leaves events of one time in their order', () => {
  const at = (reason: string, second: number): EventSummary => ({ type: 'Normal', reason, message: '', count: 1, lastAt: new Date(second * 1000).toISOString(), about: { kind: 'Pod', name: 'p' } });
  const { events } = requestDetail(sources({ events: [at('Started', 1), at('Created', 1), at('Scheduled', 1), at('Killed', 2)] }), NOW);
  expect(events.map(({ reason }) => reason)).toEqual(['Killed', 'Started', 'Created', 'Scheduled']);
});

it.each<[string, string | undefined, string | undefined]>([
  ['follows the newest version', 'latest', undefined],
  ['stays at a version', 'v1.0.0', 'v1.0.0'],
  ['has no binding', undefined, undefined],
])('B-API-12: says which versions there are when a request %s', (_, version, pinned) => {
  const revision = (name: string, at: string) => ({ ...kratix('PromiseRevision'), metadata: { name, creationTimestamp: at }, spec: { version: name } });
  const binding = version ? { ...kratix('ResourceBinding'), metadata: meta('b'), spec: { version } } : undefined;
  const revisions = [revision('v1.0.0', '2026-11-20T00:00:00Z'), revision('v1.1.0', '2026-11-21T00:00:00Z')];
  expect(requestDetail(sources({ binding, revisions }), NOW).versions).toEqual({ current: 'v1.0.0', pinned, available: ['v1.1.0', 'v1.0.0'] });
});

it('tells who paused it, and what of the Promise is not as it should be', () => {
  const paused = { labels: { 'kratix.io/paused': 'true' } };
  const promise = { ...kratix('Promise'), metadata: { name: 'redis', ...paused }, status: { conditions: [condition('Available', 'False', 'no'), condition('Reconciled', 'True')] } };
  expect(requestDetail(sources({ promise }), NOW)).toMatchObject({ paused: { by: 'promise' }, promiseConditions: [{ type: 'Available', message: 'no' }] });
  const request = { apiVersion: 'g/v1', kind: 'Redis', metadata: meta('one', paused) };
  expect(requestDetail(sources({ promise, request }), NOW).paused).toEqual({ by: 'request' });
  expect(requestDetail(sources(), NOW)).toMatchObject({ paused: undefined, promiseConditions: [] });
});

it('B-DR-3: names the request that made it, by kind where that is known', () => {
  expect(requestDetail(sources({ parent: { promise: 'stack', kind: 'Stack', namespace: 'team', name: 'shop' } }), NOW).parent).toEqual({ kind: 'Stack', namespace: 'team', name: 'shop' });
  expect(requestDetail(sources({ parent: { promise: 'stack', namespace: 'team', name: 'shop' } }), NOW).parent).toMatchObject({ kind: 'stack' });
});
