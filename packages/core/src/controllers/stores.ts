import type { DestinationObject } from '../api';
import type { StateStore } from '../statestore';

interface OpenStore {
  /** Says which spec and which Secret it was opened with. */
  fingerprint: string;
  store: StateStore;
}

/** The open stores of an engine, by kind and name. A store is opened once for each spec and Secret. */
export class Stores {
  private readonly opened = new Map<string, OpenStore>();
  private readonly problems = new Map<string, string>();

  /** The store that the Destination writes to, once it is ready. */
  of(destination: DestinationObject): StateStore | undefined {
    return this.opened.get(keyOfDestination(destination))?.store;
  }

  /** Why {@link of} gives nothing. */
  whyNot(destination: DestinationObject): string {
    const ref = destination.spec?.stateStoreRef;
    if (!ref) return 'spec.stateStoreRef is missing; name a GitStateStore';
    return this.problems.get(keyOfDestination(destination)) ?? `${ref.kind}/${ref.name}: not found`;
  }

  get(kind: string, name: string): StateStore | undefined {
    return this.opened.get(`${kind}/${name}`)?.store;
  }

  /** Opens the store anew when its fingerprint is another; `open` may throw. */
  async ensure(kind: string, name: string, fingerprint: string, open: () => StateStore): Promise<StateStore> {
    const before = this.opened.get(`${kind}/${name}`);
    if (before?.fingerprint === fingerprint) return before.store;
    const store = open();
    this.opened.set(`${kind}/${name}`, { fingerprint, store });
    this.problems.delete(`${kind}/${name}`);
    if (before) await before.store.close();
    return store;
  }

  /** Takes the store out of use, and says why. */
  async drop(kind: string, name: string, why: string): Promise<void> {
    const before = this.opened.get(`${kind}/${name}`);
    this.opened.delete(`${kind}/${name}`);
    this.problems.set(`${kind}/${name}`, why);
    if (before) await before.store.close();
  }

  async close(): Promise<void> {
    const all = [...this.opened.values()];
    this.opened.clear();
    await Promise.all(all.map(({ store }) => store.close()));
  }
}

function keyOfDestination(destination: DestinationObject): string {
  return `${destination.spec?.stateStoreRef?.kind}/${destination.spec?.stateStoreRef?.name}`;
}
