import type { BindingSource, HealthRecordSource, RevisionSource, StoreSource } from './platformObjects';
import { byEventTime } from './stateEvents';
import { packedSize } from './stateDelivery';
import { conditionOf, isNewerFirst, kratixLabels, type PlacementSource, type WorkSource } from './stateObjects';
import type { ParentRef } from './stateRelations';
import { requestState, type RequestSources } from './state';
import { commitUrl } from './storeUrl';
import type { BundleState, DeliveryState, EventSummary, HealthState, RequestDetail } from './requestDetail';
import type { Condition, DestinationState, RequestSummary } from './types';

/** A request with every object that its page says something about. */
export interface RequestDetailSources extends RequestSources {
  stores: StoreSource[];
  /** Of the request's Promise. */
  revisions: RevisionSource[];
  binding?: BindingSource;
  /** About this request. */
  healthRecords: HealthRecordSource[];
  events: EventSummary[];
  children: RequestSummary[];
  parent?: ParentRef;
}

/** At most this many events are shown. */
const EVENTS = 100;
const LATEST = 'latest';

type Group = NonNullable<NonNullable<WorkSource['spec']>['workloadGroups']>[number];

function bundleOf(work: WorkSource, group: Group, placements: PlacementSource[]): BundleState {
  const own = placements.filter(({ metadata, spec }) => metadata.labels?.[kratixLabels.work] === work.metadata.name && spec?.id === group.id);
  const destinations = [...new Set(own.map(({ spec }) => spec?.targetDestinationName ?? ''))].filter(Boolean).sort();
  const scheduled = conditionOf(work.status?.conditions, 'ScheduleSucceeded');
  const files = group.workloads ?? [];
  return {
    work: work.metadata.name,
    group: group.id ?? '',
    step: work.metadata.labels?.[kratixLabels.pipeline] ?? '',
    directory: group.directory,
    files: files.length,
    size: files.reduce((sum, { size, content }) => sum + (size ?? packedSize(content)), 0),
    destinations,
    message: scheduled?.status === 'False' && destinations.length === 0 ? scheduled.message : undefined,
  };
}

function bundlesOf({ works, placements }: RequestSources): BundleState[] {
  const inOrder = [...works].sort((a, b) => -isNewerFirst(a, b) || a.metadata.name.localeCompare(b.metadata.name));
  return inOrder.flatMap(work => (work.spec?.workloadGroups ?? []).map(group => bundleOf(work, group, placements)));
}

function time(seconds: number | undefined): string | undefined {
  return seconds ? new Date(seconds * 1000).toISOString() : undefined;
}

/** HealthRecords name no destination; who writes them may, by the label that placements bear too. */
function healthOf(records: HealthRecordSource[]): HealthState[] {
  return records.map(({ metadata, data }) => ({
    record: metadata.name,
    destination: metadata.labels?.[kratixLabels.destination] ?? '',
    state: data?.state ?? 'unknown',
    lastRun: time(data?.lastRun),
    details: data?.details,
  }));
}

/** When a placement was written last, as far as it says so. */
export function writtenAt({ status }: PlacementSource): string | undefined {
  const written = conditionOf(status?.conditions, 'WriteSucceeded');
  return status?.lastWrite?.time ?? (written?.status === 'True' ? written.lastTransitionTime : undefined);
}

function commitsOf({ placements }: RequestSources, destinations: DestinationState[], stores: StoreSource[]): DeliveryState['commits'] {
  const commits = placements.flatMap(placement => {
    const destination = placement.spec?.targetDestinationName ?? '';
    const version = placement.status?.versionID;
    if (!version) return [];
    const ref = destinations.find(({ name }) => name === destination)?.store;
    const store = stores.find(({ kind, metadata }) => kind === ref?.kind && metadata.name === ref?.name);
    return [{ destination, version, url: commitUrl(store?.spec?.url, version), at: writtenAt(placement) }];
  });
  const unique = new Map(commits.map(commit => [`${commit.destination} ${commit.version}`, commit]));
  return [...unique.values()].sort((a, b) => (b.at ?? '').localeCompare(a.at ?? '') || a.destination.localeCompare(b.destination));
}

function versionsOf({ binding, revisions }: RequestDetailSources, current: string | undefined): RequestDetail['versions'] {
  const wanted = binding?.spec?.version;
  const available = [...revisions].sort(isNewerFirst).map(({ spec }) => spec?.version ?? '');
  return {
    current,
    pinned: wanted && wanted !== LATEST ? wanted : undefined,
    available: [...new Set(available.filter(Boolean))],
  };
}

function pausedBy({ request, promise }: RequestSources): RequestDetail['paused'] {
  if (request.metadata.labels?.[kratixLabels.paused] === 'true') return { by: 'request' };
  return promise?.metadata.labels?.[kratixLabels.paused] === 'true' ? { by: 'promise' } : undefined;
}

/** Conditions of the Promise that are not as they should be. */
function promiseConditions({ promise }: RequestSources): Condition[] {
  return (promise?.status?.conditions ?? [])
    .filter(({ status }) => status !== 'True')
    .map(({ type, status, reason, message, lastTransitionTime }) => ({ type, status, reason, message, lastTransitionTime }));
}

/** A request as its page shows it, all but what its reader may do. Source: kratix-behaviour.md §1, §8.2–8.4. */
export function requestDetail(sources: RequestDetailSources, now: Date): Omit<RequestDetail, 'abilities'> {
  const state = requestState(sources, now);
  const { parent } = sources;
  return {
    ...state,
    delivery: {
      bundles: bundlesOf(sources),
      health: healthOf(sources.healthRecords),
      commits: commitsOf(sources, state.destinations, sources.stores),
    },
    events: [...sources.events].sort(byEventTime).slice(0, EVENTS),
    versions: versionsOf(sources, state.promiseVersion),
    paused: pausedBy(sources),
    children: sources.children,
    parent: parent && { kind: parent.kind ?? parent.promise ?? '', namespace: parent.namespace, name: parent.name },
    promiseConditions: promiseConditions(sources),
  };
}
