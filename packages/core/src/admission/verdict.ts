import type { DestinationObject, PromiseObject, PromiseRevisionObject } from '../api';
import type { KubeObject } from '../kube/types';

/** What admission thinks of a write. It is refused when there are problems; warnings are shown to who writes. */
export interface Verdict {
  problems: string[];
  warnings: string[];
}

export const admitted: Verdict = { problems: [], warnings: [] };

/** A verdict without warnings. */
export const refusedFor = (problems: string[]): Verdict => ({ problems, warnings: [] });

/** A write as a rule sees it. `previous` is there for updates. */
export interface Write<T extends KubeObject> {
  object: T;
  previous?: T;
}

/** What is stored, as rules over more than one object need it; read from the cache, so it may be a moment old. */
export interface StoredObjects {
  promises(): readonly PromiseObject[];
  promise(name: string): PromiseObject | undefined;
  revisions(promise: string): readonly PromiseRevisionObject[];
  /** Definitions that bear a Promise's label. */
  definitions(): readonly KubeObject[];
  destinations(): readonly DestinationObject[];
  hasStore(ref: { kind: string; name: string }): boolean;
}
