import { AggregateFile } from './aggregate-file';
import { nestedDirectory, nestedLayout } from './layout';
import type { DeliveryTarget, PlacedFiles } from './placed-files';
import { RecordedFiles } from './recorded-files';
import type { StateStore, StoreChange, StoreVersion } from './store';

interface Remembered {
  recorded: Map<string, RecordedFiles>;
  aggregates: Map<string, AggregateFile>;
}

/** Brings the files of placements into stores, as the mode of their Destination says. */
export class Delivery {
  /** What is known of a store goes with it: one that is opened anew is read anew. */
  private readonly stores = new WeakMap<StateStore, Remembered>();

  /** Settles when the placement's files, and no earlier ones of it, are in the store. Throws StoreError. */
  deliver(target: DeliveryTarget, placed: PlacedFiles): Promise<StoreVersion> {
    if (target.mode === 'none') return this.recorded(target).deliver(target, placed);
    if (target.mode === 'aggregatedYAML') return this.aggregate(target).deliver(target, placed);
    return this.inTurn(() => target.store.submit(nestedChange(target, placed)));
  }

  /** Takes the placement's files away. Throws StoreError. */
  withdraw(target: DeliveryTarget, placed: PlacedFiles): Promise<StoreVersion> {
    if (target.mode === 'none') return this.recorded(target).withdraw(target, placed);
    if (target.mode === 'aggregatedYAML') return this.aggregate(target).deliver(target, { ...placed, isLeaving: true });
    const owns = () => nestedDirectory({ ...placed.place, destinationPath: target.path });
    return this.inTurn(() => target.store.submit({ ...placed.origin, owns: owns(), put: new Map(), remove: [] }));
  }

  /** Takes the placement's files away from where its Destination was before: what many share there goes as a whole. Throws StoreError. */
  vacate(former: DeliveryTarget, placed: PlacedFiles): Promise<StoreVersion> {
    if (former.mode !== 'aggregatedYAML') return this.withdraw(former, placed);
    return this.inTurn(() => former.store.submit(this.aggregate(former).change({ ...former, placements: () => [] }, placed.origin)));
  }

  /** What {@link deliver} asks the store for. Throws StoreError. */
  async change(target: DeliveryTarget, placed: PlacedFiles): Promise<StoreChange> {
    if (target.mode === 'none') return this.recorded(target).change(target, placed);
    if (target.mode === 'aggregatedYAML') return this.aggregate(target).change(target, placed.origin);
    return nestedChange(target, placed);
  }

  /** What a plan throws is an answer like any other. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  private recorded(target: DeliveryTarget): RecordedFiles {
    return known(this.of(target.store).recorded, target.path, () => new RecordedFiles(target));
  }

  private aggregate(target: DeliveryTarget): AggregateFile {
    return known(this.of(target.store).aggregates, JSON.stringify([target.path, target.filename]), () => new AggregateFile(target));
  }

  private of(store: StateStore): Remembered {
    const remembered = this.stores.get(store) ?? { recorded: new Map(), aggregates: new Map() };
    this.stores.set(store, remembered);
    return remembered;
  }
}

function known<T>(all: Map<string, T>, key: string, make: () => T): T {
  const found = all.get(key) ?? make();
  all.set(key, found);
  return found;
}

function nestedChange(target: DeliveryTarget, placed: PlacedFiles): StoreChange {
  return { ...placed.origin, ...nestedLayout({ ...placed.place, destinationPath: target.path }, placed.files()), remove: [] };
}
