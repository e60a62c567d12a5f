import { findCondition, type ConditionChange, type PromiseObject, type PromiseRevisionObject, type PromiseStatus } from '../api';
import { versionOf } from './versions';

type RequirementStatus = NonNullable<PromiseStatus['requiredPromises']>[number];
type RequiredBy = NonNullable<PromiseStatus['requiredBy']>;

export const INSTALLED = 'Requirement installed';
const NOT_INSTALLED = 'Requirement not installed';
const NOT_AT_VERSION = 'Requirement not installed at the specified version';
const NOT_AVAILABLE = 'Requirement not available';

/** How far the Promises are there that a Promise requires. */
export interface Requirements {
  states: RequirementStatus[];
  isFulfilled: boolean;
  /** Absent where nothing is, or was, required. */
  condition?: ConditionChange;
  /** One sentence for each requirement that is not met. */
  unmet: string[];
}

/** The Promises of a cluster as requirements ask for them. */
export interface Installed {
  promise(name: string): PromiseObject | undefined;
  revisions(promise: string): readonly PromiseRevisionObject[];
}

/** Source: B-PR-10, B-PR-11. Promises that require each other in a circle are never fulfilled, and say so. */
export function requirementsOf(promise: PromiseObject, installed: Installed): Requirements {
  const required = promise.spec?.requiredPromises ?? [];
  const before = promise.status?.requiredPromises ?? [];
  if (required.length === 0 && before.length === 0) return { states: [], isFulfilled: true, unmet: [] };
  const circle = circleOf(promise, installed);
  const states = required.map(({ name = '', version = '' }) => {
    const state = stateOf(name, version, installed);
    const isInCircle = state === INSTALLED && circle?.[1] === name;
    return { name, ...(version && { version }), state: isInCircle ? NOT_AVAILABLE : state };
  });
  const open = states.filter(({ state }) => state !== INSTALLED);
  const words = circle ? `: ${circle.join(' → ')} require each other; take one of them away` : '';
  const condition: ConditionChange = open.length
    ? { type: 'RequirementsFulfilled', status: 'False', reason: reasonOf(open.at(-1)), message: `Requirements not fulfilled${words}` }
    : { type: 'RequirementsFulfilled', status: 'True', reason: 'RequirementsInstalled', message: 'Requirements fulfilled' };
  return { states, isFulfilled: open.length === 0, condition, unmet: open.map(each => `Promise "${each.name}"${each.version ? ` at version ${each.version}` : ''}: ${each.state}${words}`) };
}

function stateOf(name: string, version: string, installed: Installed): string {
  const found = installed.promise(name);
  if (!found) return NOT_INSTALLED;
  if (version && !installed.revisions(name).some(({ spec }) => spec.version === version)) return NOT_AT_VERSION;
  return found.status?.status === 'Available' ? INSTALLED : NOT_AVAILABLE;
}

function reasonOf(open: RequirementStatus | undefined): string {
  return open?.state === NOT_AVAILABLE ? 'RequirementsNotAvailable' : 'RequirementsNotInstalled';
}

/** The way from a Promise through what it requires back to itself, if there is one. */
function circleOf(promise: PromiseObject, installed: Installed): string[] | undefined {
  const start = promise.metadata.name;
  const seen = new Set<string>();
  const follow = (current: PromiseObject, way: string[]): string[] | undefined => {
    for (const { name = '' } of current.spec?.requiredPromises ?? []) {
      if (name === start) return [...way, start];
      const next = seen.has(name) ? undefined : installed.promise(name);
      seen.add(name);
      const found = next && follow(next, [...way, name]);
      if (found) return found;
    }
    return undefined;
  };
  return follow(promise, [start]);
}

/** The Promises that require this one; those that do so no longer are not among them. Source: B-PR-12, and Q-49 which this mends. */
export function requiredBy(promise: PromiseObject, requirers: readonly PromiseObject[]): RequiredBy {
  const entries = requirers
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .flatMap(({ metadata, status, spec }) => {
      const wanted = spec?.requiredPromises?.find(({ name }) => name === promise.metadata.name);
      return wanted ? [{ promise: { name: metadata.name, ...(status?.version && { version: status.version }) }, ...(wanted.version && { requiredVersion: wanted.version }) }] : [];
    });
  return entries.sort((a, b) => a.promise.name.localeCompare(b.promise.name));
}

/** What to tell with a change of the requirements. Source: B-PR-13, B-PR-14. */
export function requirementEvents(before: PromiseStatus | undefined, after: Requirements): { type: 'Normal' | 'Warning'; reason: string; message: string }[] {
  const was = findCondition(before?.conditions, 'RequirementsFulfilled');
  const isSame = was?.status === after.condition?.status && JSON.stringify(before?.requiredPromises ?? []) === JSON.stringify(after.states);
  if (!after.condition || isSame) return [];
  if (after.isFulfilled) return [{ type: 'Normal', reason: 'RequirementsFulfilled', message: 'Requirements fulfilled' }];
  const lost = before?.status === 'Available' ? [{ type: 'Warning' as const, reason: 'Unavailable', message: 'Promise no longer available: Requirements have changed' }] : [];
  const waiting = after.states
    .filter(({ state }) => state !== INSTALLED)
    .map(({ name, state }) =>
      state === NOT_INSTALLED
        ? { type: 'Normal' as const, reason: 'RequirementsNotInstalled', message: `Required Promise ${name} not installed or unknown state` }
        : { type: 'Normal' as const, reason: reasonOf({ state }), message: `Waiting for required Promise ${name}: ${state}` },
    );
  return [...lost, ...waiting];
}

/** Changes when the Promises that this one requires, or that require it, may have something to do. */
export function requirementMark(promise: PromiseObject): string {
  const { metadata, status } = promise;
  return JSON.stringify([metadata.uid, metadata.deletionTimestamp, versionOf(promise), status?.version, status?.status, promise.spec?.requiredPromises]);
}
