import { fieldError, type FieldError } from '../registry/errors';
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
  const { group, names } = definition.spec;
  const columns = version.additionalPrinterColumns;
  return {
    name: version.name,
    schema: objectSchema(version.schema?.openAPIV3Schema),
    hasStatus: version.subresources?.status !== undefined,
    ...(version.subresources?.scale ? { scale: version.subresources.scale } : {}),
    columns: columns ?? [AGE],
    selectableFields: (version.selectableFields ?? []).map(field => field.jsonPath),
    ...(version.deprecated
      ? { deprecationWarning: version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated` }
      : {}),
  };
}

/** The author's schema with the fields that every object has. */
function objectSchema(schema: Schema | undefined): Schema {
  const own = schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    ...own,
    type: 'object',
    properties: { ...own.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: builtinSchema('meta.ObjectMeta') },
  };
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

/** What makes a definition unusable; its schemas are judged in ./structural-check. */
export function checkDefinition({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec?.group) return [fieldError.required('spec.group')];
  if (!spec.names?.plural) return [fieldError.required('spec.names.plural')];
  if (!spec.names.kind) errors.push(fieldError.required('spec.names.kind'));
  if (metadata.name !== `${spec.names.plural}.${spec.group}`) {
    errors.push(fieldError.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (spec.group.endsWith('.k8s.io') && !metadata.annotations?.['api-approved.kubernetes.io']) {
    errors.push(
      fieldError.required('metadata.annotations[api-approved.kubernetes.io]', 'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'),
    );
  }
  if (spec.scope !== 'Namespaced' && spec.scope !== 'Cluster') {
    errors.push(spec.scope ? fieldError.unsupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']) : fieldError.required('spec.scope'));
  }
  if (!Array.isArray(spec.versions) || spec.versions.length === 0) {
    errors.push(fieldError.required('spec.versions', 'must have exactly one version marked as storage version'));
    return errors;
  }
  return [...errors, ...checkVersions(spec.versions)];
}

function checkVersions(versions: DefinitionVersion[]): FieldError[] {
  const errors: FieldError[] = [];
  if (versions.filter(version => version.storage).length !== 1) {
    errors.push(fieldError.invalid('spec.versions', versions.map(version => version.name), 'must have exactly one version marked as storage version'));
  }
  versions.forEach((version, index) => {
    const path = `spec.versions[${index}]`;
    if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(version.name ?? '')) {
      errors.push(fieldError.invalid(`${path}.name`, version.name ?? '', 'must be a DNS-1035 label, such as v1'));
    }
    if (versions.findIndex(other => other.name === version.name) < index) errors.push(fieldError.duplicate(`${path}.name`, version.name));
    if (!version.schema?.openAPIV3Schema) errors.push(fieldError.required(`${path}.schema.openAPIV3Schema`, 'schemas are required'));
    version.additionalPrinterColumns?.forEach((column, at) => {
      if (!column.jsonPath) errors.push(fieldError.required(`${path}.additionalPrinterColumns[${at}].jsonPath`));
    });
  });
  return errors;
}
