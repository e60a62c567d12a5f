import { claimProblem, hasApi, promiseApi, type PromiseApi, type PromiseObject } from '../api';
import { nameProblems, workflowProblems, workflowWarnings } from '../api/workflow-problems';
import { isSame } from '../kube/diff';
import { annotatedIntervalProblems, specIntervalProblems } from './interval-rules';
import type { StoredObjects, Verdict, Write } from './verdict';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Whether the write changes nothing that rules look at: then it passes, so that what is stored can always be ended. */
export function isUntouched({ object, previous }: Write<PromiseObject>): boolean {
  return Boolean(object.metadata.deletionTimestamp) || (previous !== undefined && isSame(object.spec, previous.spec));
}

/**
 * A Promise against everything that is known without asking the API server. Source: B-WH-1 to B-WH-5, and for two
 * Promises with one API, of which the first keeps it, claimProblem.
 */
export function promiseVerdict(write: Write<PromiseObject>, stored: StoredObjects): Verdict {
  const { object, previous } = write;
  const annotated = annotatedIntervalProblems(object, previous);
  if (isUntouched(write)) return { problems: annotated, warnings: [] };
  const { api, problems } = promiseApi(object);
  const all = [
    ...annotated,
    ...nameProblems(object),
    ...problems,
    ...(previous ? changeProblems(object, previous) : []),
    ...(problems.length ? [] : apiClaims(object, api, stored)),
    ...workflowProblems(object),
    ...specIntervalProblems(object.spec?.workflows?.config?.reconciliationInterval),
  ];
  return { problems: all, warnings: [...workflowWarnings(object), ...requirementWarnings(object, stored)] };
}

/** Source: B-WH-4. */
function changeProblems(object: PromiseObject, previous: PromiseObject): string[] {
  if (!hasApi(previous)) return [];
  if (!hasApi(object)) return ['cannot remove API from existing promise'];
  const [before, after] = [partsOf(previous), partsOf(object)];
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(path => !isSame(before[path], after[path]));
  if (changed.length === 0) return [];
  const lines = changed.map(path => `* ${path}: Invalid value: ${JSON.stringify(after[path] ?? '')}: field is immutable`);
  return [[`promises.platform.kratix.io "${object.metadata.name}" was not valid:`, ...lines].join('\n')];
}

/** The parts of an API that stay what they are, by path. */
function partsOf(promise: PromiseObject): Record<string, unknown> {
  const api = promise.spec?.api ?? {};
  const names = isObject(api.spec) && isObject(api.spec.names) ? api.spec.names : {};
  return {
    'spec.api.metadata.name': isObject(api.metadata) ? api.metadata.name : undefined,
    'spec.api.kind': api.kind,
    'spec.api.apiVersion': api.apiVersion,
    ...Object.fromEntries(Object.entries(names).map(([name, value]) => [`spec.api.spec.names.${name}`, value])),
  };
}

/** One API belongs to one Promise, also before its definition is there. */
function apiClaims(promise: PromiseObject, api: PromiseApi | undefined, stored: StoredObjects): string[] {
  if (!api) return [];
  const claimed = stored.definitions().filter(({ metadata }) => metadata.name === api.crd.metadata.name);
  const problem = claimProblem(promise, api, claimed);
  if (problem) return [problem];
  const own = servedNames(promise);
  const rival = stored.promises().find(other => other.metadata.name !== promise.metadata.name && isRival(own, servedNames(other)));
  return rival ? [`spec.api: kind "${own.kind}" of group "${own.group}" is the API of Promise "${rival.metadata.name}"; choose another group or other names`] : [];
}

interface ServedNames {
  group?: unknown;
  kind?: unknown;
  plural?: unknown;
}

function servedNames(promise: PromiseObject): ServedNames {
  const { spec } = promise.spec?.api ?? {};
  const names = isObject(spec) && isObject(spec.names) ? spec.names : {};
  return { group: isObject(spec) ? spec.group : undefined, kind: names.kind, plural: names.plural };
}

function isRival(own: ServedNames, other: ServedNames): boolean {
  return own.group === other.group && (own.kind === other.kind || own.plural === other.plural);
}

/** Source: B-WH-5. */
function requirementWarnings(promise: PromiseObject, stored: StoredObjects): string[] {
  const warnings = (promise.spec?.requiredPromises ?? []).flatMap(({ name = '', version = '' }) => {
    if (!stored.promise(name)) return [`Required Promise "${name}" at version "${version}" not installed`];
    const isThere = !version || stored.revisions(name).some(({ spec }) => spec.version === version);
    return isThere ? [] : [`Required Promise "${name}" installed, but no revision found at version "${version}"`];
  });
  return warnings.length ? [...warnings, 'Promise will not be available until the above issue(s) is resolved'] : [];
}
