import type { DestinationSummary, StoreSummary } from './platform';
import type { StoreSource } from './platformObjects';
import { phaseOfPlacement } from './stateDelivery';
import { writtenAt } from './stateDetail';
import { conditionOf, type DestinationSource, type ObjectCondition, type PlacementSource } from './stateObjects';
import { withoutCredentials } from './storeUrl';

const FIELDS = { Delivered: 'delivered', Pending: 'pending', Failed: 'failed', Misplaced: 'misplaced' } as const;

function readiness(conditions: ObjectCondition[] | undefined, otherwise: boolean): { ready: boolean; message?: string } {
  const ready = conditionOf(conditions, 'Ready');
  const isReady = ready ? ready.status === 'True' : otherwise;
  return { ready: isReady, message: isReady ? undefined : ready?.message };
}

/** When these Destinations were written last, and as what: some have a record of placements that have gone since. */
function lastWriteOf(destinations: DestinationSource[], placements: PlacementSource[]): DestinationSummary['lastWrite'] {
  const writes = [
    ...destinations.map(({ status }) => ({ at: status?.lastWrite?.time, version: status?.lastWrite?.versionID })),
    ...placements.map(placement => ({ at: writtenAt(placement), version: placement.status?.versionID })),
  ];
  let newest: DestinationSummary['lastWrite'];
  for (const { at, version } of writes) if (at && (!newest || at > newest.at)) newest = { at, version };
  return newest;
}

/** A Destination with the placements that name it. Source: B-API-15, B-SS-10 to B-SS-13. */
export function destinationSummary(cluster: string, destination: DestinationSource, placements: PlacementSource[]): DestinationSummary {
  const { metadata, spec, status } = destination;
  const counts = { total: placements.length, delivered: 0, pending: 0, failed: 0, misplaced: 0 };
  for (const placement of placements) counts[FIELDS[phaseOfPlacement(placement).phase]] += 1;
  return {
    cluster,
    name: metadata.name,
    ...readiness(status?.conditions, false),
    labels: metadata.labels ?? {},
    path: spec?.path,
    strictMatchLabels: spec?.strictMatchLabels === true,
    mode: spec?.filepath?.mode ?? 'nestedByMetadata',
    store: spec?.stateStoreRef,
    placements: counts,
    lastWrite: lastWriteOf([destination], placements),
  };
}

/** A bucket's address is its endpoint and name; neither holds credentials, but a user may have put some there. */
function addressOf({ spec }: StoreSource): string | undefined {
  if (spec?.url) return withoutCredentials(spec.url);
  const endpoint = withoutCredentials(spec?.endpoint)?.replace(/\/+$/, '');
  return endpoint && [endpoint, spec?.bucketName].filter(Boolean).join('/');
}

/** A store with the Destinations that lie in it and their placements. Source: B-API-16, B-API-17, B-SS-1 to B-SS-4. */
export function storeSummary(
  cluster: string,
  store: StoreSource,
  destinations: DestinationSource[],
  placementsOf: (destination: string) => PlacementSource[],
): StoreSummary {
  const own = destinations.filter(({ spec }) => spec?.stateStoreRef?.kind === store.kind && spec.stateStoreRef.name === store.metadata.name);
  const names = own.map(({ metadata }) => metadata.name).sort();
  const placements = names.flatMap(placementsOf);
  const phases = placements.map(placement => phaseOfPlacement(placement).phase);
  return {
    cluster,
    kind: store.kind,
    name: store.metadata.name,
    ...readiness(store.status?.conditions, store.status?.status === 'Ready'),
    url: addressOf(store),
    branch: store.kind === 'GitStateStore' ? store.spec?.branch ?? 'main' : undefined,
    destinations: names,
    queued: phases.filter(phase => phase === 'Pending').length,
    failed: phases.filter(phase => phase === 'Failed').length,
    lastWrite: lastWriteOf(own, placements),
  };
}
