import { parseEntityRef, type Entity } from '@backstage/catalog-model';
import { ANNOTATION_LIFECYCLE, ANNOTATION_OWNER, ANNOTATION_SYSTEM, type StateMeta } from '@kratix-ts/backstage-plugin-kratix-common';
import { z } from 'zod';
import type { TemplateOptions } from './templateOptions';

const texts = z.array(z.string().min(1));
const entityRef = z.string().refine(isEntityRef, 'must be an entity ref, such as group:default/platform');

/** Annotations and labels of a Kubernetes object that may hold a value; the first that is there counts. */
const sources = (key: string) =>
  z
    .strictObject({ annotations: texts.default([key]), labels: texts.default([key]) })
    .default({ annotations: [key], labels: [key] });

const filters = {
  enabled: z.boolean().default(true),
  /** Names, in which `*` stands for anything. */
  promises: texts.optional(),
  labels: z.record(z.string(), z.string()).optional(),
};

const schema = z.strictObject({
  defaultOwner: entityRef.default('group:default/platform'),
  owner: sources(ANNOTATION_OWNER),
  system: sources(ANNOTATION_SYSTEM),
  lifecycle: sources(ANNOTATION_LIFECYCLE),
  defaultLifecycle: z.string().min(1).default('production'),
  requests: z
    .strictObject({ ...filters, namespaces: texts.optional(), kind: z.enum(['Component', 'Resource']).default('Component') })
    .prefault({}),
  promises: z.strictObject({ ...filters, api: z.boolean().default(false) }).prefault({}),
  templates: z.strictObject(filters).prefault({}),
  destinations: z.strictObject({ enabled: z.boolean().default(false) }).prefault({}),
  /** Read by the scheduler. */
  schedule: z.unknown().optional(),
});

/** What stands under `kratix.catalog`. */
export type CatalogOptions = z.output<typeof schema>;
export type ValueSources = CatalogOptions['owner'];

/** Reads `kratix.catalog`. Throws an Error that names the field when a value cannot be understood. */
export function parseCatalogOptions(value: unknown): CatalogOptions {
  const { data, error } = schema.safeParse(value ?? {});
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => `${['kratix.catalog', ...path].join('.')}: ${message}`);
  throw new Error(problems.join('; '));
}

/** What entities of one cluster have in common. */
export interface EntityContext {
  cluster: string;
  /** First cluster of the configuration; its name is left out of the names of entities. */
  defaultCluster?: string;
  options: CatalogOptions;
}

/** What a provider needs beyond that. */
export interface ProviderContext extends EntityContext {
  templates: TemplateOptions;
  /** Address of the portal for browsers, without a slash at its end; without it, entities do not link to its pages. */
  portalUrl?: string;
}

/** An entity, and the object that it was made of. */
export type EntityTransformer<Source> = (entity: Entity, source: Source) => Entity | undefined;

/** The value that the first of the sources holds. */
export function valueOf({ annotations = {}, labels = {} }: StateMeta, { annotations: keys, labels: labelKeys }: ValueSources): string | undefined {
  return keys.map(key => annotations[key]).find(Boolean) ?? labelKeys.map(key => labels[key]).find(Boolean);
}

interface Filter {
  enabled: boolean;
  promises?: string[];
  namespaces?: string[];
  labels?: Record<string, string>;
}

/** Whether a filter lets an object through; a list that is not there lets everything through. */
export function isWanted({ enabled, promises, namespaces, labels }: Filter, promise: string, { metadata }: { metadata: StateMeta }): boolean {
  const hasLabels = Object.entries(labels ?? {}).every(([key, value]) => metadata.labels?.[key] === value);
  return enabled && hasLabels && isNamed(promises, promise) && isNamed(namespaces, metadata.namespace ?? '');
}

function isNamed(patterns: string[] | undefined, name: string): boolean {
  return !patterns || patterns.some(pattern => isMatch(pattern.split('*'), name));
}

function isMatch([first, ...rest]: string[], name: string): boolean {
  if (rest.length === 0) return name === first;
  const last = rest[rest.length - 1];
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= name.length - last.length;
}

function isEntityRef(ref: string): boolean {
  try {
    return Boolean(parseEntityRef(ref, { defaultKind: 'group' }));
  } catch {
    return false;
  }
}
