import { createHash } from 'node:crypto';
import { canonicalGoDuration } from '../wire/go-duration';
import { specHash } from '../wire/go-json';
import type { PromiseSpec } from './promise';

type Part = Record<string, unknown>;

/** A Promise may be megabytes, and thousands of requests ask for its hash; objects of the cache never change. */
const hashes = new WeakMap<PromiseSpec, string>();
/** One look at a request asks for its hash several times. */
const requestHashes = new WeakMap<object, string>();

/**
 * Hash that tells whether a Promise's workflow has run for its spec. Keys that no other engine knows do not count, nor
 * does how the same was written: what is empty is as absent. Source: B-RR-10, B-RR-11.
 */
export function promiseHash(spec: PromiseSpec = {}): string {
  const known = hashes.get(spec);
  if (known) return known;
  const hash = specHash(typedSpec(spec));
  hashes.set(spec, hash);
  return hash;
}

/** Hash that tells whether a request's workflow has run for this Promise and this request. Source: B-RR-10. */
export function requestHash(promiseSpec: PromiseSpec | undefined, requestSpec: unknown, { dryRun = false } = {}): string {
  const parts = [promiseHash(promiseSpec), requestSpecHash(requestSpec), ...(dryRun ? ['dry-run'] : [])];
  return createHash('md5').update(parts.join('-')).digest('hex');
}

function requestSpecHash(spec: unknown): string {
  if (typeof spec !== 'object' || spec === null) return specHash(spec);
  const known = requestHashes.get(spec) ?? specHash(spec);
  requestHashes.set(spec, known);
  return known;
}

/** A Promise's spec with every key that its Go type has, and no other. */
function typedSpec({ api, dependencies, destinationSelectors, requiredPromises, workflows }: PromiseSpec): Part {
  const { pipelineNamespace, reconciliationInterval } = workflows?.config ?? {};
  return {
    ...filled({
      api,
      dependencies,
      destinationSelectors: destinationSelectors?.map(({ matchLabels }) => filled({ matchLabels })),
      requiredPromises: requiredPromises?.map(({ name, version }) => filled({ name, version })),
    }),
    workflows: {
      config: filled({ pipelineNamespace, reconciliationInterval: reconciliationInterval && (canonicalGoDuration(reconciliationInterval) ?? reconciliationInterval) }),
      promise: filled({ configure: workflows?.promise?.configure, delete: workflows?.promise?.delete }),
      resource: filled({ configure: workflows?.resource?.configure, delete: workflows?.resource?.delete }),
    },
  };
}

/** Without the keys whose value is empty. */
function filled(part: Part): Part {
  const isEmpty = (value: unknown) => value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(part).filter(([, value]) => !isEmpty(value)));
}
