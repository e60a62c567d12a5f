import { ConflictError, InputError } from '@backstage/errors';
import type { RequestObject } from '@kratix-ts/backstage-plugin-kratix-common';
import { API_VERSION, ResourceBinding, type PromiseRevisionObject, type ResourceBindingObject } from '@kratix-ts/core/api';
import type { DynamicObject } from '@kratix-ts/core/kube';
import { labels, stableName } from '@kratix-ts/core/wire';

/** Follows the newest version. */
const LATEST = 'latest';

export interface VersionTarget {
  request: RequestObject;
  promise: string;
  revisions: PromiseRevisionObject[];
  bindings: ResourceBindingObject[];
}

/** Stay at a version, or follow with `latest`; or go to a newer one and stay pinned or floating, as it was. */
export type VersionWish = { do: 'pin'; version: string } | { do: 'upgrade'; version?: string };

export type BindingWrite = { create: DynamicObject } | { name: string; patch: { metadata?: object; spec?: { version: string } } };

const newest = (revisions: PromiseRevisionObject[]) => {
  const labelled = revisions.filter(({ metadata }) => metadata.labels?.[labels.latestRevision] === 'true');
  return (labelled.length === 1 ? labelled[0] : revisions.find(({ status }) => status?.latest) ?? labelled[0])?.spec.version;
};

function knownVersion(version: string, { promise, revisions }: VersionTarget): void {
  if (version === LATEST || revisions.some(({ spec }) => spec.version === version)) return;
  const names = [LATEST, ...revisions.map(({ spec }) => spec.version)].join(', ');
  throw new InputError(`version: Promise "${promise}" has no version "${version}"; it has: ${names}`);
}

function newBinding({ request: { metadata }, promise }: VersionTarget, version: string): DynamicObject {
  const { name, namespace = '' } = metadata;
  return {
    apiVersion: API_VERSION,
    kind: ResourceBinding.type.kind,
    metadata: {
      name: stableName(`${name}-${promise}`),
      namespace,
      labels: { [labels.promiseName]: promise, [labels.resourceName]: name.length > 63 ? stableName(name) : name },
    },
    spec: { version, promiseRef: { name: promise }, resourceRef: { name, namespace } },
  };
}

/**
 * What to write to the request's ResourceBinding so that it runs with another version of its Promise. The binding's own
 * label asks once more for a version that it has been given before. Source: B-RB-1, B-RB-4 to B-RB-6, B-RB-10.
 * Throws ConflictError with a sentence where there is nothing to do, and InputError for a version that is not there.
 */
export function planVersion(wish: VersionWish, target: VersionTarget): BindingWrite {
  const { request, promise, revisions, bindings } = target;
  const what = `${request.kind} "${request.metadata.namespace}/${request.metadata.name}"`;
  const applied = request.status?.promiseVersion;
  const latest = newest(revisions);
  if (!latest || applied === 'not-set') {
    throw new ConflictError(`${what} has no version to choose: Promise "${promise}" bears no label ${labels.promiseVersion}; set it on the Promise`);
  }
  if (bindings.length > 1) {
    const names = bindings.map(({ metadata }) => metadata.name).join(', ');
    throw new ConflictError(`${what} has several ResourceBindings (${names}); delete all but one`);
  }
  const [binding] = bindings;
  const current = binding?.spec.version || LATEST;
  const wanted = wish.version ?? latest;
  knownVersion(wanted, target);
  const goal = wish.do === 'upgrade' && current === LATEST && wanted === latest ? LATEST : wanted;
  if (!binding) return { create: newBinding(target, goal) };
  const write = { name: binding.metadata.name };
  const askAgain = { labels: { [labels.manualReconciliation]: 'true' } };
  const concrete = goal === LATEST ? latest : goal;
  const hasFailed = binding.status?.failedVersion === concrete;
  if (goal !== current) return { ...write, patch: { spec: { version: goal }, ...(hasFailed && { metadata: askAgain }) } };
  if (hasFailed || applied !== concrete) return { ...write, patch: { metadata: askAgain } };
  const state = goal === LATEST ? `follows the newest version, which is ${latest}` : `is pinned at version ${goal}`;
  throw new ConflictError(`${what} ${state}, and runs with it already; choose another version`);
}
