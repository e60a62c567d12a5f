import type { PromiseObject, PromiseRevisionObject, ResourceBindingObject } from '../api';
import type { DynamicObject } from '../kube/types';
import { LATEST, latestRevision, versionOf } from './versions';

/** What a request runs with. */
export interface Footing {
  /** The Promise, with the spec of the revision. */
  promise: PromiseObject;
  /** The revision's version; `status.promiseVersion` once a run has ended well. */
  version: string;
  /** What the binding asks for: `latest` or a version; `status.resourceBindingVersion`. */
  bindingVersion: string;
}

export interface FootingInput {
  request: DynamicObject;
  promise: PromiseObject;
  /** All revisions of the Promise. */
  revisions: readonly PromiseRevisionObject[];
  /** The bindings that bear the labels of this request, in its namespace. */
  bindings: readonly ResourceBindingObject[];
}

const named = (value: unknown) => (typeof value === 'string' && value !== LATEST ? value : '');

/**
 * Which Promise spec a request runs with: binding → revision → Promise. Nothing else decides it. A sentence where there is
 * none; undefined while the Promise has no revision at all, since its controller is about to make one.
 * Source: B-RR-4.
 */
export function promiseFor({ request, promise, revisions, bindings }: FootingInput): Footing | string | undefined {
  const { name } = promise.metadata;
  if (bindings.length > 1) {
    const list = bindings.map(({ metadata }) => `"${metadata.name}"`).sort().join(', ');
    return `multiple ResourceBindings for this request of Promise ${name}: ${list}; delete all but one`;
  }
  if (revisions.length === 0) return undefined;
  const bindingVersion = bindings[0]?.spec.version || named(request.status?.promiseVersion) || LATEST;
  const found = bindingVersion === LATEST ? latestOf(name, revisions) : exactly(name, bindingVersion, revisions);
  return typeof found === 'string' ? found : footing(promise, found, bindingVersion);
}

/**
 * What a request's deletion runs with: the version that was applied, else the newest, else the Promise as it is, since a
 * request that may go must be able to. Source: B-RR-5.
 */
export function promiseForDeletion({ request, promise, revisions, bindings }: FootingInput): Footing {
  const applied = named(request.status?.promiseVersion) || named(bindings[0]?.status?.lastAppliedVersion);
  const revision = revisions.find(({ spec }) => spec.version === applied) ?? latestRevision(revisions);
  const bindingVersion = bindings[0]?.spec.version ?? LATEST;
  return revision ? footing(promise, revision, bindingVersion) : { promise, version: versionOf(promise), bindingVersion };
}

function footing(promise: PromiseObject, revision: PromiseRevisionObject, bindingVersion: string): Footing {
  return { promise: { ...promise, spec: revision.spec.promiseSpec }, version: revision.spec.version, bindingVersion };
}

function latestOf(promise: string, revisions: readonly PromiseRevisionObject[]): PromiseRevisionObject | string {
  const problem = `cannot find any PromiseRevision for Promise ${promise} with status.latest set to true: there are ${versionsOf(revisions)}; label one of them kratix.io/latest-revision=true`;
  return latestRevision(revisions) ?? problem;
}

function exactly(promise: string, version: string, revisions: readonly PromiseRevisionObject[]): PromiseRevisionObject | string {
  const found = revisions.filter(({ spec }) => spec.version === version);
  if (found.length > 1) return `multiple PromiseRevisions for Promise ${promise} with version ${version}`;
  return found[0] ?? `cannot find a PromiseRevision for Promise ${promise} with version ${version}: there are ${versionsOf(revisions)}; set spec.version of the ResourceBinding to one of them, or to ${LATEST}`;
}

function versionsOf(revisions: readonly PromiseRevisionObject[]): string {
  return revisions.map(({ spec }) => spec.version).sort().join(', ');
}
