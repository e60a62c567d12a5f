import {
  destinationSummary,
  eventSummary,
  promiseDetail,
  requestDetail,
  storeSummary,
  type EventSource,
  type PlacementSource,
  type PromiseSource,
  type RequestDetailSources,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { toYaml, type DynamicObject } from '@kratix-ts/core/kube';
import { dataDir, recordedMoments, recordedObjects } from '@kratix-ts/core/testing';

const NOW = new Date('2026-11-22T12:00:00Z');
const withData = dataDir ? describe : describe.skip;

function sourcesOf(objects: DynamicObject[]): RequestDetailSources {
  const of = <T>(kind: string) => objects.filter(object => object.kind === kind) as unknown as T[];
  const [promise] = of<PromiseSource>('Promise');
  const [request] = of<RequestDetailSources['request']>('Recorded');
  const isWorkflow = (type: string) => ({ metadata: { labels = {} } }: { metadata: { labels?: Record<string, string> } }) => labels['kratix.io/workflow-type'] === type;
  const works = of<RequestDetailSources['works'][number]>('Work').filter(({ metadata }) => metadata.labels?.['kratix.io/resource-name'] === request?.metadata.name);
  const isOfWorks = ({ metadata }: PlacementSource) => works.some(work => work.metadata.name === metadata.labels?.['kratix.io/work']);
  return {
    cluster: 'demo',
    type: { group: 'demo.example.org', version: 'v1', kind: 'Recorded', plural: 'recordeds' },
    request,
    promiseName: 'recorded',
    promise,
    works,
    placements: of<PlacementSource>('WorkPlacement').filter(isOfWorks),
    destinations: of('Destination'),
    runs: [],
    jobs: of<RequestDetailSources['jobs'][number]>('Job').filter(isWorkflow('resource')),
    pods: of<RequestDetailSources['pods'][number]>('Pod').filter(isWorkflow('resource')),
    stores: [...of<RequestDetailSources['stores'][number]>('GitStateStore'), ...of<RequestDetailSources['stores'][number]>('BucketStateStore')],
    revisions: of('PromiseRevision'),
    binding: of<NonNullable<RequestDetailSources['binding']>>('ResourceBinding')[0],
    healthRecords: of('HealthRecord'),
    events: of<EventSource>('Event').map(eventSummary),
    children: [],
  };
}

withData('objects of a cluster that another engine runs', () => {
  it.each(recordedMoments)('%s: the request is shown in full, its runs from Jobs, pods or the status', moment => {
    const detail = requestDetail(sourcesOf(recordedObjects(moment)), NOW);
    expect(detail.summary.sentence).toMatch(/\S/);
    expect(detail.summary.sentence).not.toContain('…');
    expect(detail).toMatchObject({ promise: 'recorded', paused: undefined, parent: undefined });
    expect(detail.runs.some(({ steps }) => steps.length > 0) || moment === 'pending').toBe(true);
  });

  it.each([
    // Its engine says Reconciled while one of the files is still on its way.
    ['ready', 'Delivering'],
    ['failed', 'Failed'],
    ['suspended', 'PausedByStep'],
    ['retry-after', 'Retrying'],
    ['running-long', 'Running'],
    // What its pipeline asked for was overruled by the Promise: all of it is delivered.
    ['misplaced', 'Ready'],
    ['deleting', 'Deleting'],
  ] as const)('%s is %s', (moment, phase) => {
    expect(requestDetail(sourcesOf(recordedObjects(moment)), NOW).summary.phase).toBe(phase);
  });

  it('shows what was delivered, with sizes and where', () => {
    const { delivery, destinations } = requestDetail(sourcesOf(recordedObjects('ready')), NOW);
    expect(delivery.bundles.map(({ step, files }) => [step, files])).toEqual(expect.arrayContaining([['prepare', 1], ['act', 1]]));
    expect(delivery.bundles.every(({ size, destinations: names }) => size > 0 && names.length > 0)).toBe(true);
    expect(destinations.flatMap(({ files }) => files).every(({ size }) => size > 0)).toBe(true);
  });

  it('shows the Promise in full, its own workflow from what its status lists', () => {
    const [promise] = recordedObjects('ready').filter(({ kind }) => kind === 'Promise') as unknown as PromiseSource[];
    const revisions = sourcesOf(recordedObjects('platform')).revisions.filter(({ spec }) => spec?.promiseRef?.name === 'recorded');
    const detail = promiseDetail({ cluster: 'demo', promise, revisions, runs: [], jobs: [], pods: [], counts: {}, requests: 0, requestsOfVersion: new Map() }, toYaml);
    expect(detail).toMatchObject({ available: true, version: 'v1.0.0', canDryRun: false, requires: [], destinationSelectors: [{ environment: 'dev' }] });
    expect(detail.workflows.map(({ type, action, pipelines }) => [type, action, pipelines.length])).toEqual([['promise', 'configure', 1], ['resource', 'configure', 2], ['resource', 'delete', 1]]);
    expect(detail.runs).toMatchObject([{ type: 'promise', phase: 'Succeeded', steps: [{ name: 'setup' }] }]);
    expect(detail.example).toContain('kind: Recorded');
  });

  it('shows Destinations and stores, without credentials', () => {
    const { destinations, stores } = sourcesOf(recordedObjects('platform'));
    const placements = recordedObjects('ready').filter(({ kind }) => kind === 'WorkPlacement') as unknown as PlacementSource[];
    const at = (name: string) => placements.filter(({ spec }) => spec?.targetDestinationName === name);
    const shown = destinations.map(destination => destinationSummary('demo', destination, at(destination.metadata.name)));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.every(({ ready }) => ready)).toBe(true);
    expect(shown.some(({ placements: counts }) => counts.delivered > 0)).toBe(true);
    const states = stores.map(store => storeSummary('demo', store, destinations, at));
    expect(states.every(({ ready, url }) => ready && url !== undefined && !url.includes('@'))).toBe(true);
  });
});
