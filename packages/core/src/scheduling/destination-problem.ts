import type { DestinationObject } from '../api';
import { directoryOf, overlappedBy, repositoryAddress, type Occupied, type StoreAddress } from '../statestore/overlap';
import { StoreError } from '../statestore/store';

/** What the store of a reference writes to; undefined where there is none. */
export type AddressOf = (ref: { kind: string; name: string }) => StoreAddress | undefined;

function occupied(destination: DestinationObject, addressOf: AddressOf): Occupied | undefined {
  const { path, stateStoreRef } = destination.spec ?? {};
  const address = stateStoreRef && addressOf(stateStoreRef);
  if (!address) return undefined;
  const { name, creationTimestamp } = destination.metadata;
  return { name, createdAt: creationTimestamp, repository: repositoryAddress(address), directory: directoryOf(address, path ?? '') };
}

/** As {@link occupied}; one that is wrong itself is in nobody's way. */
function occupiedIfSound(destination: DestinationObject, addressOf: AddressOf): Occupied[] {
  try {
    const found = occupied(destination, addressOf);
    return found ? [found] : [];
  } catch {
    return [];
  }
}

/**
 * Why nothing may be written to a Destination, which its schema lets pass; undefined when all is well. The sentence names
 * the field and the mend. Source: B-WH-11, Q-51.
 */
export function destinationProblem(destination: DestinationObject, all: readonly DestinationObject[], addressOf: AddressOf): string | undefined {
  const { path, stateStoreRef, filepath } = destination.spec ?? {};
  if (!path) return 'path field is required';
  if (!stateStoreRef) return 'stateStoreRef field is required';
  if (filepath?.filename?.includes('/')) return `spec.filepath.filename: ${JSON.stringify(filepath.filename)} is a path; name a file, such as aggregated.yaml`;
  try {
    const own = occupied(destination, addressOf);
    const other = own && overlappedBy(own, all.flatMap(each => occupiedIfSound(each, addressOf)));
    const theirs = other && all.find(({ metadata }) => metadata.name === other.name);
    return theirs && `spec.path: ${JSON.stringify(path)} overlaps with ${JSON.stringify(theirs.spec?.path)}, the path of Destination "${theirs.metadata.name}", which was there first and writes to the same place; give one of the two a directory of its own`;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}
