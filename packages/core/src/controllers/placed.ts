import { specHash, type DestinationObject, type FileLocation, type WorkPlacementObject } from '../api';
import { StoreError, type DeliveryTarget, type PlacedFiles, type StateStore } from '../statestore';
import { decodeContent } from '../wire/encoding';
import { annotations, labels } from '../wire/names';
import type { EngineContext } from './context';
import type { StoreRef } from './stores';

const AGGREGATED = 'aggregatedYAML';

/** Name of the one file where a Destination does not say. Source: B-WH-10. */
const DEFAULT_FILENAME = 'aggregated.yaml';

/** Spec of the store that a reference names; undefined where there is none. */
export function storeSpec({ informers }: EngineContext, ref: StoreRef | undefined) {
  const { bucketStores, gitStores } = informers;
  return ref?.kind === 'BucketStateStore' ? bucketStores.get(ref.name)?.spec : gitStores.get(ref?.name ?? '')?.spec;
}

/** Which repository is meant when a store's name is the same tells its address. */
export function locationOf(engine: EngineContext, destination: DestinationObject): FileLocation {
  const { path = '', stateStoreRef, filepath } = destination.spec ?? {};
  const { url, branch, endpoint, bucketName, path: root }: Record<string, unknown> = storeSpec(engine, stateStoreRef) ?? {};
  const layout = filepath?.mode === AGGREGATED ? `${AGGREGATED}/${filepath.filename || DEFAULT_FILENAME}` : filepath?.mode;
  return {
    store: `${stateStoreRef?.kind}/${stateStoreRef?.name}`,
    repository: specHash({ url, branch, endpoint, bucketName, path: root }),
    path,
    ...(layout && layout !== 'nestedByMetadata' && { layout }),
  };
}

/** The store object that a location names. */
export function storeOf({ store }: FileLocation): StoreRef {
  const [kind = '', name = ''] = store.split('/');
  return { kind, name };
}

export function isSameLocation(a: FileLocation, b: FileLocation): boolean {
  return a.store === b.store && a.repository === b.repository && a.path === b.path && a.layout === b.layout;
}

/** Where files are delivered to: the place that a location names. */
export function targetAt(engine: EngineContext, store: StateStore, location: FileLocation, destination: DestinationObject): DeliveryTarget {
  const [mode = '', filename = DEFAULT_FILENAME] = (location.layout ?? 'nestedByMetadata').split('/');
  return {
    store,
    path: location.path,
    mode: mode === 'none' || mode === AGGREGATED ? mode : 'nestedByMetadata',
    filename,
    placements: () => engine.informers.placements.byIndex('destination', destination.metadata.name).map(placedFiles),
  };
}

/** A placement as stores see it. */
export function placedFiles(placement: WorkPlacementObject): PlacedFiles {
  const { promiseName = '', resourceName, id = '', workloads = [] } = placement.spec ?? {};
  const { name, namespace = '', uid, generation, deletionTimestamp } = placement.metadata;
  // where pipelines run in a namespace of their own, two requests may bear one name
  const home = placement.metadata.labels?.[labels.resourceNamespace] ?? namespace;
  const requestedBy = placement.metadata.annotations?.[annotations.requestedBy];
  return {
    namespace,
    name,
    revision: `${uid}/${generation}`,
    isLeaving: deletionTimestamp !== undefined,
    origin: { id: name, promise: promiseName, ...(resourceName && { request: `${home}/${resourceName}` }), ...(requestedBy && { requestedBy }), ...(generation && { generation }) },
    place: { namespace: home, promise: promiseName, resource: resourceName, pipeline: placement.metadata.labels?.[labels.pipelineName], groupId: id },
    paths: () => workloads.map(({ filepath = '' }) => filepath),
    files: () => workloads.map(({ filepath = '', content = '' }) => [filepath, decoded(filepath, content)]),
  };
}

function decoded(path: string, content: string): Uint8Array {
  try {
    return decodeContent(content);
  } catch (error) {
    throw new StoreError('InvalidContent', `file ${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}
