import type { BucketStateStoreObject, DestinationObject, PromiseReleaseObject, PromiseRevisionObject } from '../api';
import { words } from '../api/refusals';
import { SYSTEM_NAMESPACE } from '../wire/names';
import { annotatedIntervalProblems } from './interval-rules';
import { refusedFor, type StoredObjects, type Verdict, type Write } from './verdict';

/** What a Destination is completed with before it is stored, as JSON patch operations. Source: B-WH-10. */
export function destinationPatch(destination: DestinationObject): { op: 'add'; path: string; value: unknown }[] {
  const { mode, filename } = destination.spec?.filepath ?? {};
  return mode === 'aggregatedYAML' && !filename ? [{ op: 'add', path: '/spec/filepath/filename', value: 'aggregated.yaml' }] : [];
}

/** Whether two Destinations would write to one place; the words of the problem, for the one that comes later. */
export type FindOverlap = (destination: DestinationObject) => string | undefined;

/** Source: B-WH-11; places that only look different are told by `overlap`. */
export function destinationVerdict({ object }: Write<DestinationObject>, stored: StoredObjects, overlap: FindOverlap): Verdict {
  const { path, stateStoreRef } = object.spec ?? {};
  if (object.metadata.deletionTimestamp) return refusedFor([]);
  if (!path) return refusedFor([words.destinationPath]);
  if (!stateStoreRef) return refusedFor([words.destinationStore]);
  const { kind, name } = stateStoreRef;
  const warnings = stored.hasStore(stateStoreRef) ? [] : [`Warning: referenced ${kind} "${name}" does not exist`];
  const twin = stored.destinations().some(({ metadata, spec }) => metadata.name !== object.metadata.name && spec?.path === path && spec.stateStoreRef?.kind === kind && spec.stateStoreRef.name === name);
  const problem = twin ? `destination path '${path}' already exists for state store '${name}'` : overlap(object);
  return { problems: problem ? [problem] : [], warnings };
}

/** Source: B-WH-20. */
export function bucketStoreVerdict({ object }: Write<BucketStateStoreObject>): Verdict {
  const { authMethod = 'accessKey', secretRef } = object.spec ?? {};
  if (object.metadata.deletionTimestamp || authMethod !== 'accessKey') return refusedFor([]);
  if (!secretRef) return refusedFor([words.bucketSecret]);
  return refusedFor([...(secretRef.name ? [] : [words.bucketSecretName]), ...(secretRef.namespace ? [] : [words.bucketSecretNamespace])]);
}

/** What the URL holds is read by the controller, and said in a condition: nobody's network holds up a write. Source: B-WH-25. */
export function releaseVerdict({ object }: Write<PromiseReleaseObject>): Verdict {
  return refusedFor(object.metadata.deletionTimestamp || object.spec?.sourceRef.url ? [] : [words.releaseUrl]);
}

/** Source: B-WH-30. */
export function revisionVerdict({ object, previous }: Write<PromiseRevisionObject>): Verdict {
  return refusedFor(object.metadata.deletionTimestamp ? [] : annotatedIntervalProblems(object, previous));
}

const ENGINES = `system:serviceaccount:${SYSTEM_NAMESPACE}`;
const GARBAGE_COLLECTOR = 'system:serviceaccount:kube-system:generic-garbage-collector';

/** `self` is the user that this engine works as, where that is not a service account. Source: B-WH-31. */
export function revisionDeletionVerdict(revision: PromiseRevisionObject, username: string, self: string | undefined): Verdict {
  const isOurs = username.startsWith(ENGINES) || username === GARBAGE_COLLECTOR || (self !== undefined && username === self);
  return refusedFor(revision.status?.latest && !isOurs ? ['can not delete the latest PromiseRevision'] : []);
}
