import { findCondition, notAPromise, Promise as PromiseKind, setConditions, type PromiseObject, type PromiseReleaseObject } from '../api';
import { parseAllYaml } from '../kube/yaml';
import { labels } from '../wire/names';

type ReleaseStatus = NonNullable<PromiseReleaseObject['status']>;

/** Why a release could not be installed; the reason of its condition. Source: B-REL-3. */
const MESSAGES = {
  FailedToFetchPromise: 'Failed to fetch Promise from URL',
  VersionLabelNotFound: 'Version label not found on Promise',
  VersionNotMatching: 'Version labels do not match',
  FailedToCreateOrUpdatePromise: 'Failed to create or update Promise',
} as const;

export type ReleaseFailure = keyof typeof MESSAGES;

/** A release could not be installed. The message tells the cause, and holds no secret. */
export class ReleaseError extends Error {
  /** `shown` stands in the condition in the place of the reason's own words. */
  constructor(readonly reason: ReleaseFailure, cause: string, readonly shown: string = MESSAGES[reason]) {
    super(cause);
  }
}

/** The one Promise that a text holds. Throws {@link ReleaseError} when it holds anything else. Source: B-REL-2. */
export function releasedPromise(text: string): PromiseObject {
  const failed = (cause: string) => new ReleaseError('FailedToFetchPromise', cause);
  const documents = parsed(text, failed);
  if (documents.length > 1) throw failed('expected single document yaml, but found multiple documents');
  const object = (documents[0] ?? {}) as Record<string, unknown>;
  if (object.kind !== 'Promise') throw failed(`expected single Promise object but found object of kind: ${typeof object.kind === 'string' ? object.kind : ''}`);
  const problems = [notAPromise(object) ?? [], typeof (object.metadata as { name?: unknown } | undefined)?.name === 'string' ? [] : 'metadata.name: must be a text', PromiseKind.problems(object)].flat();
  if (problems.length > 0) throw failed(`what was fetched is no Promise: ${problems.join('; ')}`);
  return object as PromiseObject & typeof object;
}

function parsed(text: string, failed: (cause: string) => ReleaseError): unknown[] {
  try {
    return parseAllYaml(text, 'what was fetched');
  } catch (error) {
    throw failed((error as Error).message);
  }
}

/** What is next for a release whose Promise has been fetched: to note the version, or to install. Source: B-REL-3. */
export function releasedVersion(release: PromiseReleaseObject, fetched: PromiseObject): { version: string; isNoted: boolean } {
  const version = fetched.metadata.labels?.[labels.promiseVersion];
  if (!version) throw new ReleaseError('VersionLabelNotFound', `the Promise has no label ${labels.promiseVersion}; its author must set it`);
  const wanted = release.spec?.version;
  if (wanted && wanted !== version) {
    const words = `Version labels do not match, found: ${version}, expected: ${wanted}`;
    throw new ReleaseError('VersionNotMatching', `${words}; set spec.version to ${version}, or spec.sourceRef.url to where ${wanted} is`, words);
  }
  return { version, isNoted: wanted === version };
}

/** Whether the release's Promise is there as it asks for. Source: B-REL-1. */
export function isInstalled(release: PromiseReleaseObject, promises: readonly PromiseObject[]): boolean {
  const [promise] = promises;
  return promise !== undefined && Boolean(release.spec?.version) && promise.metadata.labels?.[labels.promiseVersion] === release.spec?.version;
}

/** The Promise as the release installs it: its own spec, and what others put into metadata stays. Source: B-REL-4. */
export function installedPromise(release: PromiseReleaseObject, fetched: PromiseObject, existing: PromiseObject | undefined): PromiseObject {
  const { name, uid = '' } = release.metadata;
  const owner = { apiVersion: release.apiVersion, kind: 'PromiseRelease', name, uid, controller: true, blockOwnerDeletion: true };
  const other = existing?.metadata.ownerReferences?.find(each => each.controller && each.uid !== uid);
  if (other) throw new ReleaseError('FailedToCreateOrUpdatePromise', `Promise "${fetched.metadata.name}" belongs to ${other.kind} "${other.name}"; delete one of the two`);
  const annotations = { ...existing?.metadata.annotations, ...fetched.metadata.annotations };
  const others = existing?.metadata.ownerReferences?.filter(each => each.uid !== uid) ?? [];
  return {
    ...(existing ?? { apiVersion: fetched.apiVersion, kind: fetched.kind }),
    metadata: {
      ...(existing?.metadata ?? { name: fetched.metadata.name }),
      labels: { ...existing?.metadata.labels, ...fetched.metadata.labels, [labels.promiseReleaseName]: name },
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ownerReferences: [...others, owner],
    },
    spec: fetched.spec,
  };
}

/** Source: B-REL-3, B-REL-4. */
export function releaseStatus(before: ReleaseStatus | undefined, failure: ReleaseError | undefined, now: Date): ReleaseStatus {
  const change = failure
    ? { type: 'Installed', status: 'False' as const, reason: failure.reason, message: failure.shown }
    : { type: 'Installed', status: 'True' as const, reason: 'InstalledSuccessfully', message: 'Installed successfully' };
  return { status: failure ? 'Error installing' : 'Installed', conditions: setConditions(before?.conditions, [change], now) };
}

/** Whether the release said the same before. */
export function saidBefore(before: ReleaseStatus | undefined, failure: ReleaseError): boolean {
  const told = findCondition(before?.conditions, 'Installed');
  return told?.reason === failure.reason && told.message === failure.shown;
}
