import { pipelineId } from '../wire/names';
import { parsePipelines, unreadFields, type Pipeline } from './pipeline';
import type { PromiseObject } from './promise';

/** The four lists of pipelines that a Promise can have. */
export const WORKFLOWS = [
  { type: 'promise', action: 'configure' },
  { type: 'promise', action: 'delete' },
  { type: 'resource', action: 'configure' },
  { type: 'resource', action: 'delete' },
] as const;

/** Names of accounts, roles and bindings begin with the id; with what is added they must stay names. */
const MAX_ID = 60;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The name of a Promise is the value of a label. */
export function nameProblems({ metadata: { name } }: PromiseObject): string[] {
  return name.length > 63 ? [`metadata.name: "${name}" is longer than 63 characters, which a label cannot hold; choose a shorter name`] : [];
}

/** What is wrong with the pipelines of a Promise; one sentence each, naming the field and the mend. Source: B-WH-3. */
export function workflowProblems(promise: PromiseObject): string[] {
  return WORKFLOWS.flatMap(({ type, action }) => {
    const { pipelines, problems } = parsePipelines(promise.spec?.workflows?.[type]?.[action], `spec.workflows.${type}.${action}`);
    const where = `workflow "${type}" action "${action}"`;
    return [...problems, ...pipelines.flatMap(pipeline => [...labelProblems(pipeline, where), ...idProblems(promise, type, action, pipeline, where)])];
  });
}

function labelProblems({ metadata }: Pipeline, where: string): string[] {
  return Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    const [name, prefix] = key.split('/').reverse();
    const isKey = key.split('/').length <= 2 && LABEL_NAME.test(name) && (prefix === undefined || LABEL_PREFIX.test(prefix));
    const of = `of pipeline "${metadata.name}" in ${where}`;
    if (!isKey) return [`invalid label key "${key}" ${of}; write it as name or prefix/name, the name of at most 63 letters, digits, "-", "_" and "."`];
    if (!LABEL_VALUE.test(value)) return [`invalid label value "${value}" for key "${key}" ${of}; it may hold at most 63 letters, digits, "-", "_" and ".", and begins and ends with a letter or digit`];
    return [];
  });
}

function idProblems(promise: PromiseObject, type: string, action: string, { metadata: { name } }: Pipeline, where: string): string[] {
  const id = pipelineId(promise.metadata.name, type, action, name);
  if (id.length <= MAX_ID) return [];
  return [`pipeline "${name}" in ${where}: its id "${id}" has ${id.length} characters, and may have ${MAX_ID}; it is made as <Promise>-<workflow>-<action>-<pipeline>: give the Promise or the pipeline a shorter name`];
}

const nameOf = (entry: Record<string, unknown>) => String((entry.metadata as { name?: unknown } | undefined)?.name ?? '');

/** What is accepted, and does not do what it seems to; one sentence each. Source: B-API-20, B-API-22, Q-60. */
export function workflowWarnings(promise: PromiseObject): string[] {
  const lists = WORKFLOWS.map(({ type, action }) => ({ at: `spec.workflows.${type}.${action}`, action, entries: promise.spec?.workflows?.[type]?.[action] ?? [] }));
  return [
    ...lists.flatMap(({ at, entries }) => entries.flatMap((entry, index) => unreadFields(entry, `${at}[${index}]`).map(fieldWarning))),
    ...lists.flatMap(({ at, action, entries }) => (action === 'delete' && entries.length > 1 ? [`${at}: only the first of its ${entries.length} pipelines, "${nameOf(entries[0])}", runs; join them to one`] : [])),
    ...sharedNames(lists),
  ];
}

function fieldWarning(path: string): string {
  if (path.endsWith('].metadata.namespace')) return `${path}: has no effect; set spec.workflows.config.pipelineNamespace for all pipelines`;
  return `${path}: is not a field of Pipelines, and has no effect`;
}

function sharedNames(lists: { at: string; entries: Record<string, unknown>[] }[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { at, entries } of lists) {
    for (const entry of entries) places.set(nameOf(entry), (places.get(nameOf(entry)) ?? new Set()).add(at));
  }
  const shared = [...places].filter(([, where]) => where.size > 1);
  return shared.map(([name, where]) => `pipeline "${name}" stands in ${[...where].join(' and in ')}; give each a name of its own, or other engines take the rights of one away when the other starts`);
}
