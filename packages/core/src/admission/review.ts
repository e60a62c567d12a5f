import { z } from 'zod';
import { BucketStateStore, Destination, Promise as PromiseKind, PromiseRelease, PromiseRevision, type BucketStateStoreObject, type DestinationObject, type PromiseObject, type PromiseReleaseObject, type PromiseRevisionObject } from '../api';
import type { Kind } from '../api';
import type { KubeObject } from '../kube/types';
import { IDLE_PATH, mutatingHooks, validatingHooks } from './hooks';
import { bucketStoreVerdict, destinationPatch, destinationVerdict, releaseVerdict, revisionDeletionVerdict, revisionVerdict, type FindOverlap } from './object-rules';
import { isUntouched, promiseVerdict } from './promise-rules';
import { admitted, type StoredObjects, type Verdict, type Write } from './verdict';

const stored = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string().default('') }) });

const reviewSchema = z.object({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: z.string(),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    name: z.string().optional(),
    userInfo: z.object({ username: z.string().default('') }),
    object: stored.nullish(),
    oldObject: stored.nullish(),
  }),
});

export type AdmissionRequest = z.output<typeof reviewSchema>['request'];

/** An answer as the API server reads it. */
export interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  status?: { code: number; reason: string; message: string };
  warnings?: string[];
  patchType?: 'JSONPatch';
  /** In base64. */
  patch?: string;
}

export interface Rules {
  stored: StoredObjects;
  overlap: FindOverlap;
  /** What the API server says to a Promise's parts; settles soon, and never rejects. */
  ask(promise: PromiseObject, isKnown: boolean): Promise<string[]>;
  /** Rules of plugins; they never reject. */
  further(kind: string, object: KubeObject, previous: KubeObject | undefined): Promise<Verdict>;
  /** The user that this engine works as. */
  self?: string;
}

/** Throws an Error that says what is wrong with a review. */
export function parseReview(body: string): AdmissionRequest {
  return reviewSchema.parse(JSON.parse(body)).request;
}

/** The answer to a review at this path; undefined where nothing is served. */
export async function answer(path: string, request: AdmissionRequest, rules: Rules): Promise<AdmissionResponse | undefined> {
  if (path === IDLE_PATH) return { uid: request.uid, allowed: true };
  if (mutatingHooks.some(hook => hook.path === path)) return mutated(request);
  const hook = validatingHooks.find(each => each.path === path);
  if (!hook) return undefined;
  const { problems, warnings } = await verdictOn(hook.type.kind, request, rules);
  return {
    uid: request.uid,
    allowed: problems.length === 0,
    ...(problems.length > 0 && { status: { code: 403, reason: 'Forbidden', message: problems.join('\n') } }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function mutated({ uid, object }: AdmissionRequest): AdmissionResponse {
  const destination = read<DestinationObject>(Destination, object);
  const operations = destination ? destinationPatch(destination) : [];
  return { uid, allowed: true, ...(operations.length > 0 && { patchType: 'JSONPatch' as const, patch: Buffer.from(JSON.stringify(operations)).toString('base64') }) };
}

async function verdictOn(kind: string, request: AdmissionRequest, rules: Rules): Promise<Verdict> {
  const verdict = await ownVerdict(kind, request, rules);
  if (verdict.problems.length > 0 || request.operation === 'DELETE' || !request.object || request.object.metadata.deletionTimestamp) return verdict;
  const more = await rules.further(kind, request.object, request.oldObject ?? undefined);
  return { problems: more.problems, warnings: [...verdict.warnings, ...more.warnings] };
}

async function ownVerdict(kind: string, request: AdmissionRequest, rules: Rules): Promise<Verdict> {
  switch (kind) {
    case 'Promise':
      return on<PromiseObject>(PromiseKind, request, write => onPromise(write, rules));
    case 'Destination':
      return on<DestinationObject>(Destination, request, write => destinationVerdict(write, rules.stored, rules.overlap));
    case 'BucketStateStore':
      return on<BucketStateStoreObject>(BucketStateStore, request, bucketStoreVerdict);
    case 'PromiseRelease':
      return on<PromiseReleaseObject>(PromiseRelease, request, releaseVerdict);
    case 'PromiseRevision':
      return request.operation === 'DELETE' ? onRevisionDeletion(request, rules) : on<PromiseRevisionObject>(PromiseRevision, request, revisionVerdict);
    default:
      return admitted;
  }
}

/** What is wrong with an object alone is told at once; the API server is asked about what is left. */
async function onPromise(write: Write<PromiseObject>, { stored: known, ask }: Rules): Promise<Verdict> {
  const verdict = promiseVerdict(write, known);
  if (verdict.problems.length > 0 || isUntouched(write)) return verdict;
  return { ...verdict, problems: await ask(write.object, write.previous !== undefined) };
}

function onRevisionDeletion({ oldObject, userInfo }: AdmissionRequest, { self }: Rules): Verdict {
  const revision = read<PromiseRevisionObject>(PromiseRevision, oldObject);
  return revision ? revisionDeletionVerdict(revision, userInfo.username, self) : admitted;
}

/** An object that its definition does not let pass is none of our business: the API server says so itself. */
async function on<T extends KubeObject>(kind: Kind, { object, oldObject }: AdmissionRequest, rule: (write: Write<T>) => Verdict | Promise<Verdict>): Promise<Verdict> {
  const now = read<T>(kind, object);
  const previous = read<T>(kind, oldObject);
  return now ? rule({ object: now, ...(previous && { previous }) }) : admitted;
}

function read<T extends KubeObject>(kind: Kind, object: KubeObject | null | undefined): T | undefined {
  return object && kind.problems(object).length === 0 ? (object as T) : undefined;
}
