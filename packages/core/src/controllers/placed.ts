import { specHash, type DestinationObject, type FileLocation, type WorkPlacementObject } from '../api';
import { StoreError, type DeliveryTarget, type PlacedFiles, type StateStore } from '../statestore';
import { decodeContent } from '../wire/encoding';
import { joinFiles, partDigest, type PackedFile } from '../wire/work-parts';
import { annotations, labels } from '../wire/names';
import type { EngineContext } from './context';
import type { StoreAddress } from '../statestore/overlap';
import type { StoreRef } from './stores';

/** Kinds whose address is known; of others the whole spec counts. */
const BUILT_IN = new Set<string>(['GitStateStore', 'BucketStateStore']);

const AGGREGATED = 'aggregatedYAML';

/** Name of the one file where a Destination does not say. Source: B-WH-10. */
const DEFAULT_FILENAME = 'aggregated.yaml';

/** What the store of a reference writes to; undefined where there is none. What a plugin's store writes to is its own. */
export function storeAddress(engine: EngineContext, ref: StoreRef | undefined): StoreAddress | undefined {
  const spec = ref && engine.storeObject(ref)?.spec;
  if (!ref || !spec) return undefined;
  return BUILT_IN.has(ref.kind) ? spec : { url: `${ref.kind}/${ref.name}`, path: spec.path };
}

/** Which repository is meant when a store's name is the same tells its address. */
export function locationOf(engine: EngineContext, destination: DestinationObject): FileLocation {
  const { path = '', stateStoreRef, filepath } = destination.spec ?? {};
  const spec: Record<string, unknown> = (stateStoreRef && engine.storeObject(stateStoreRef)?.spec) ?? {};
  const { url, branch, endpoint, bucketName, path: root } = spec;
  const layout = filepath?.mode === AGGREGATED ? `${AGGREGATED}/${filepath.filename || DEFAULT_FILENAME}` : filepath?.mode;
  return {
    store: `${stateStoreRef?.kind}/${stateStoreRef?.name}`,
    repository: specHash(BUILT_IN.has(stateStoreRef?.kind ?? '') ? { url, branch, endpoint, bucketName, path: root } : spec),
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
    placements: () => engine.informers.placements.byIndex('destination', destination.metadata.name).map(each => placedFiles(each, engine)),
  };
}

/** The files of a placement, wherever they are kept. Throws StoreError when a Work that holds a part of them is not what it was. */
function workloadsOf(placement: WorkPlacementObject, { informers }: EngineContext): PackedFile[] {
  const { parts = [], workloads = [], id = '' } = placement.spec ?? {};
  if (parts.length === 0) return workloads;
  const pieces = parts.map(({ name, digest }) => {
    const piece = informers.works.get(`${placement.metadata.namespace}/${name}`)?.spec?.part?.piece;
    if (piece !== undefined && partDigest(piece) === digest) return piece;
    throw new StoreError('Incomplete', `Work "${name}", which holds a part of the files, ${piece === undefined ? 'is missing' : 'is not what its pipeline wrote'}; run the workflow again`);
  });
  return joinFiles(pieces, id);
}

/** Where a placement's files go, but for its Destination's path. */
export function placementPlace({ metadata, spec = {} }: WorkPlacementObject): PlacedFiles['place'] {
  const { promiseName = '', resourceName, id = '' } = spec;
  // where pipelines run in a namespace of their own, two requests may bear one name
  const namespace = metadata.labels?.[labels.resourceNamespace] ?? metadata.namespace ?? '';
  return { namespace, promise: promiseName, resource: resourceName, pipeline: metadata.labels?.[labels.pipelineName], groupId: id };
}

/** A placement as stores see it. */
export function placedFiles(placement: WorkPlacementObject, engine: EngineContext): PlacedFiles {
  const place = placementPlace(placement);
  const workloads = () => workloadsOf(placement, engine);
  const { name, namespace = '', uid, generation, deletionTimestamp } = placement.metadata;
  const requestedBy = placement.metadata.annotations?.[annotations.requestedBy];
  return {
    namespace,
    name,
    revision: `${uid}/${generation}`,
    isLeaving: deletionTimestamp !== undefined,
    origin: { id: name, promise: place.promise, ...(place.resource && { request: `${place.namespace}/${place.resource}` }), ...(requestedBy && { requestedBy }), ...(generation && { generation }) },
    place,
    paths: () => workloads().map(({ filepath = '' }) => filepath),
    files: () => workloads().map(({ filepath = '', content = '' }) => [filepath, decoded(filepath, content)]),
  };
}

function decoded(path: string, content: string): Uint8Array {
  try {
    return decodeContent(content);
  } catch (error) {
    throw new StoreError('InvalidContent', `file ${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}
