import { findCondition, type ConditionChange, type DestinationObject, type WorkPlacementObject } from '../api';
import { keyOf } from '../kube';
import type { Key } from '../kube/types';
import { canaryFiles, ChangedPaths, cleanDirectory, driftWords, nestedDirectory, StoreError, type Difference, type FilepathMode, type ForeignChange, type StateStore, type StoreChange } from '../statestore';
import type { EngineContext } from './context';
import { placementPlace } from './placed';
import type { StoreRef } from './stores';

const DRIFTED = 'Drifted';

/** Objects whose files somebody else may have changed, until they have been looked at. */
export class Suspects {
  private readonly found = new Map<Key, ForeignChange>();

  add(keys: readonly Key[], change: ForeignChange): void {
    for (const key of keys) this.found.set(key, change);
  }

  /** What the object is suspected of; it is not any more. */
  take(key: Key): ForeignChange | undefined {
    const change = this.found.get(key);
    this.found.delete(key);
    return change;
  }
}

/** Compares files that somebody else may have changed with what they should be. */
export class Comparison {
  private readonly looks = new WeakMap<ForeignChange, Promise<void>>();

  /**
   * A difference counts when it is there still at a second look: what another process wrote just now may be younger than
   * the first, though its status is known already. Those who are suspected for one reason share that look. Throws
   * {@link StoreError}.
   */
  async differences(store: StateStore, wanted: () => Promise<StoreChange>, reason: ForeignChange): Promise<readonly Difference[]> {
    const { differences } = await store.compare(await wanted());
    if (differences.length === 0) return differences;
    const look = this.looks.get(reason) ?? store.refetch();
    this.looks.set(reason, look);
    await look.catch(error => {
      this.looks.delete(reason);
      throw error;
    });
    return (await store.compare(await wanted())).differences;
  }
}

/** Keys of the placements whose files in the store a foreign change may have met. */
export function placementsTouchedBy({ informers }: EngineContext, { kind, name }: StoreRef, { paths }: ForeignChange): Key[] {
  const changed = new ChangedPaths(paths);
  const destinations = informers.destinations.byIndex('store', `${kind}/${name}`);
  const placements = destinations.flatMap(destination => informers.placements.byIndex('destination', destination.metadata.name));
  return placements.filter(placement => holds(placement, changed)).map(keyOf);
}

const modeOf = (spec: DestinationObject['spec']): FilepathMode => spec?.filepath?.mode ?? 'nestedByMetadata';

/** Names of the Destinations whose test documents a foreign change may have met. */
export function destinationsTouchedBy({ informers }: EngineContext, { kind, name }: StoreRef, { paths }: ForeignChange): Key[] {
  const changed = new ChangedPaths(paths);
  const isTouched = ({ spec, status }: DestinationObject) =>
    status?.location !== undefined && orNone(() => [...canaryFiles(status.location?.path ?? '', modeOf(spec)).keys()]).some(path => changed.touch(path));
  return informers.destinations.byIndex('store', `${kind}/${name}`).filter(isTouched).map(keyOf);
}

/** In mode nestedByMetadata a placement has a directory of its own; otherwise any file of the Destination may be its own. */
function holds(placement: WorkPlacementObject, changed: ChangedPaths): boolean {
  const { location } = placement.status ?? {};
  if (!location) return false;
  const directories = orNone(() => [location.layout ? cleanDirectory(location.path, 'path') : nestedDirectory({ ...placementPlace(placement), destinationPath: location.path })]);
  return directories.some(directory => changed.touch(directory));
}

/** A place that no store would take holds nothing. */
function orNone(paths: () => string[]): string[] {
  try {
    return paths();
  } catch (error) {
    if (error instanceof StoreError) return [];
    throw error;
  }
}

/** What a store does about files that somebody else changed, and what to say of them. */
export function driftOf(engine: EngineContext, ref: StoreRef | undefined, differences: readonly Difference[], change: ForeignChange): { repairs: boolean; words: string } {
  const { drift, path = '' } = (ref && engine.storeObject(ref)?.spec) ?? {};
  const root = path.split('/').filter(name => name !== '' && name !== '.').join('/');
  return { repairs: drift !== 'report', words: driftWords(differences, change, root) };
}

/** What a placement says of files that were changed and were left so, or put right. */
export function driftCondition(repairs: boolean, words: string): ConditionChange {
  return repairs
    ? { type: DRIFTED, status: 'False', reason: 'Repaired', message: `put right: ${words}` }
    : { type: DRIFTED, status: 'True', reason: 'FilesChanged', message: `${words}; the store only reports this (spec.drift: report)` };
}

/** What a placement that said so before says when its files are as they should be. */
export function noDrift(placement: WorkPlacementObject): ConditionChange[] {
  const isDrifted = findCondition(placement.status?.conditions, DRIFTED)?.status === 'True';
  return isDrifted ? [{ type: DRIFTED, status: 'False', reason: 'AsWritten', message: 'the files in the store are as they were written' }] : [];
}
