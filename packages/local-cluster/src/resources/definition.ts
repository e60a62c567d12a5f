import type { Schema } from '../schema/types';
import type { StoredMeta, StoredObject } from '../store/store';
import { builtinSchema } from '../builtin/notation';
import { compareVersions } from './catalog';
import { ALL_VERBS, storageName, type Column, type Resource, type ResourceVersion, type ScalePaths } from './resource';

export interface DefinitionVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: { status?: object; scale?: ScalePaths };
  additionalPrinterColumns?: Column[];
  selectableFields?: { jsonPath: string }[];
}

export interface DefinitionNames {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

export interface DefinitionCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface CustomResourceDefinition {
  apiVersion: string;
  kind: string;
  metadata: StoredMeta;
  spec: {
    group: string;
    names: DefinitionNames;
    scope: string;
    versions: DefinitionVersion[];
    preserveUnknownFields?: boolean;
    conversion?: { strategy: string };
  };
  status?: { conditions?: DefinitionCondition[]; acceptedNames?: DefinitionNames; storedVersions?: string[] };
}

/** An object of the kind CustomResourceDefinition, which validation has read already. */
export function asDefinition(object: StoredObject): CustomResourceDefinition {
  return object as CustomResourceDefinition & StoredObject;
}

export const DEFINITIONS = { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' };
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** What a custom resource definition makes the server serve. */
export function resourceOf(definition: CustomResourceDefinition): Resource {
  const { group, names, scope, versions } = definition.spec;
  const served = versions.filter(version => version.served).sort((a, b) => compareVersions(a.name, b.name));
  const subresources = new Set(served.flatMap(version => Object.keys(version.subresources ?? {})));
  return {
    group,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    versions: served.map(version => servedVersion(version, definition)),
    storedVersion: (versions.find(version => version.storage) ?? versions[0]).name,
    verbs: ALL_VERBS,
    subresources: [...subresources]
      .filter(name => name === 'status' || name === 'scale')
      .map(name => ({ name, kind: name === 'scale' ? 'Scale' : names.kind, verbs: ['get', 'patch', 'update'] })),
    isCustom: true,
    hasGeneration: true,
    allowsUnconditionalUpdate: false,
    allowsCreateOnUpdate: false,
    storage: storageName(group, names.plural),
  };
}

function servedVersion(version: DefinitionVersion, definition: CustomResourceDefinition): ResourceVersion {
  const columns = version.additionalPrinterColumns;
  return {
    name: version.name,
    schema: objectSchema(version.schema?.openAPIV3Schema),
    hasStatus: version.subresources?.status !== undefined,
    ...(version.subresources?.scale ? { scale: version.subresources.scale } : {}),
    columns: columns ?? [AGE],
    selectableFields: (version.selectableFields ?? []).map(field => field.jsonPath),
    ...(version.deprecated ? { deprecationWarning: version.deprecationWarning ?? deprecation(version.name, definition) } : {}),
  };
}

/** What is said of a deprecated version whose author says nothing: which newer one to use. */
function deprecation(name: string, { spec: { group, names, versions } }: CustomResourceDefinition): string {
  const [newer] = versions
    .filter(version => version.served && !version.deprecated && compareVersions(version.name, name) < 0)
    .map(version => version.name)
    .sort(compareVersions);
  return `${group}/${name} ${names.kind} is deprecated${newer ? `; use ${group}/${newer} ${names.kind}` : ''}`;
}

/** The author's schema with the fields that every object has. */
function objectSchema(schema: Schema | undefined): Schema {
  const own = schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    ...own,
    type: 'object',
    properties: { ...own.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: metadataSchema(own.properties?.metadata) },
  };
}

/** Of the metadata an author may restrict the name alone. */
function metadataSchema(own: Schema | undefined): Schema {
  const schema = builtinSchema('meta.ObjectMeta');
  const { name } = own?.properties ?? {};
  return name ? { ...schema, properties: { ...schema.properties, name: { ...schema.properties?.name, ...name } } } : schema;
}

/** Fills in what a definition may leave out, in place. */
export function defaultDefinition({ spec }: CustomResourceDefinition): void {
  if (!spec?.names) return;
  spec.names.singular ||= spec.names.kind?.toLowerCase();
  spec.names.listKind ||= `${spec.names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  for (const version of spec.versions ?? []) {
    for (const column of version.additionalPrinterColumns ?? []) if (column.priority === 0) delete column.priority;
  }
}
