import { PromiseRevision, type PromiseObject, type PromiseRevisionObject } from '../api';
import { annotations, finalizers, labels, stableName } from '../wire/names';
import { validInterval } from './interval';
import { latestRevision, versionOf } from './versions';

/** The name of a Promise's revision at a version. Source: B-PR-8. */
export function revisionName(promise: string, version: string): string {
  return stableName(promise, version);
}

/**
 * The revision of the Promise as it is now: a new one for a new version, the same one for a changed spec.
 * Source: B-PR-8, B-PR-9.
 */
export function wantedRevision(promise: PromiseObject, existing: PromiseRevisionObject | undefined): PromiseRevisionObject {
  const { name, uid = '' } = promise.metadata;
  const version = versionOf(promise);
  return {
    ...(existing ?? { apiVersion: PromiseRevision.apiVersion, kind: 'PromiseRevision' }),
    metadata: {
      ...existing?.metadata,
      name: revisionName(name, version),
      labels: { ...existing?.metadata.labels, [labels.promiseName]: name, [labels.latestRevision]: 'true' },
      annotations: withInterval(promise, existing),
      finalizers: isCleanedUp(existing) ? [...new Set([...(existing?.metadata.finalizers ?? []), finalizers.revision])] : existing?.metadata.finalizers,
      ownerReferences: [{ apiVersion: promise.apiVersion, kind: 'Promise', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: { promiseRef: { name }, promiseSpec: promise.spec ?? {}, version },
  };
}

/** Whether the requests that are bound to the revision go with it. */
export function isCleanedUp(revision: PromiseRevisionObject | undefined): boolean {
  return revision?.metadata.annotations?.[annotations.skipRequestCleanup] !== 'true';
}

/** Revisions of the name that was used once; they go, and leave their requests alone. Source: B-PR-7. */
export function legacyRevision(promise: PromiseObject, revisions: readonly PromiseRevisionObject[]): PromiseRevisionObject | undefined {
  return revisions.find(({ metadata }) => metadata.name === `${promise.metadata.name}-${versionOf(promise)}`);
}

/** What one revision's controller does about who is the latest. */
export interface LatestPlan {
  /** Revisions that lose the label. */
  unlabelled: PromiseRevisionObject[];
  /** What this revision's status says. */
  isLatest: boolean;
}

/** The label drives the status: whoever was labelled last is the latest, and alone. Source: B-REV-2. */
export function planLatest(revision: PromiseRevisionObject, all: readonly PromiseRevisionObject[]): LatestPlan {
  const isLabelled = ({ metadata }: PromiseRevisionObject) => metadata.labels?.[labels.latestRevision] === 'true';
  const isWinner = latestRevision(all)?.metadata.name === revision.metadata.name && isLabelled(revision);
  if (!isWinner) return { unlabelled: [], isLatest: isLabelled(revision) && Boolean(revision.status?.latest) };
  return { unlabelled: all.filter(each => each.metadata.name !== revision.metadata.name && isLabelled(each)), isLatest: true };
}

function withInterval(promise: PromiseObject, existing: PromiseRevisionObject | undefined): Record<string, string> | undefined {
  const before = existing?.metadata.annotations ?? {};
  if (promise.metadata.labels?.[labels.promiseReleaseName]) return existing?.metadata.annotations;
  const said = promise.metadata.annotations?.[annotations.reconciliationInterval];
  const { [annotations.reconciliationInterval]: interval, ...rest } = before;
  const kept = said !== undefined && validInterval(said) === undefined ? interval : said;
  const result = { ...rest, ...(kept !== undefined && { [annotations.reconciliationInterval]: kept }) };
  return Object.keys(result).length ? result : undefined;
}
