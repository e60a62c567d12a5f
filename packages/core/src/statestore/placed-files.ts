import type { FilepathMode, PlacementPlace } from './layout';
import type { ChangeOrigin, StateStore } from './store';

/** One placement, as far as its files are concerned. */
export interface PlacedFiles {
  namespace: string;
  name: string;
  /** Becomes another whenever its files do. */
  revision: string;
  /** It is being deleted. */
  isLeaving: boolean;
  origin: ChangeOrigin;
  place: Omit<PlacementPlace, 'destinationPath'>;
  /** Where its files go, relative to what the mode makes of it. */
  paths(): string[];
  /** Its files in their order. Throws StoreError where they cannot be had. */
  files(): Array<[path: string, content: Uint8Array]>;
}

/** A Destination and the store behind it. */
export interface DeliveryTarget {
  store: StateStore;
  /** `spec.path` of the Destination. */
  path: string;
  mode: FilepathMode;
  /** Mode aggregatedYAML: the name of the one file. */
  filename: string;
  /** All placements of the Destination, those that are being deleted among them. */
  placements(): readonly PlacedFiles[];
}

export const keyOfPlaced = ({ namespace, name }: Pick<PlacedFiles, 'namespace' | 'name'>) => `${namespace}/${name}`;
