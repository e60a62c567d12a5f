import { fieldError, type FieldError } from '../registry/errors';
import { checkName, LABEL_1035_RULE } from '../registry/names';
import type { Schema } from '../schema/types';
import type { CustomResourceDefinition, DefinitionNames, DefinitionVersion } from './definition';
import type { Column } from './resource';
import { partsOf, schemasOf } from './versions';

const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** What makes a definition unusable; its schemas are judged in ./structure and ./rules. */
export function checkDefinition({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  if (!spec?.group) return [fieldError.required('spec.group')];
  if (!spec.names?.plural) return [fieldError.required('spec.names.plural')];
  const errors = metadata.name === `${spec.names.plural}.${spec.group}` ? [] : [fieldError.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')];
  errors.push(...checkGroup(spec.group, metadata.annotations));
  if (spec.scope !== 'Namespaced' && spec.scope !== 'Cluster') {
    errors.push(spec.scope ? fieldError.unsupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']) : fieldError.required('spec.scope'));
  }
  if (spec.preserveUnknownFields) {
    errors.push(fieldError.invalid('spec.preserveUnknownFields', true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'));
  }
  return [...errors, ...checkNames(spec.names), ...checkConversion(spec.conversion?.strategy), ...checkVersions(spec.versions ?? [])];
}

function checkGroup(group: string, annotations: Record<string, string> = {}): FieldError[] {
  const errors = checkName('', '', group).map(error => ({ ...error, field: 'spec.group' }));
  if (!group.includes('.')) errors.push(fieldError.invalid('spec.group', group, 'should be a domain with at least one dot'));
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(group) && !annotations['api-approved.kubernetes.io']) {
    errors.push(
      fieldError.required('metadata.annotations[api-approved.kubernetes.io]', 'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'),
    );
  }
  return errors;
}

function checkNames({ plural, singular, kind, listKind, shortNames = [] }: DefinitionNames): FieldError[] {
  const label = (field: string, value: string | undefined) => (!value || LABEL_1035.test(value) ? [] : [fieldError.invalid(`spec.names.${field}`, value, LABEL_1035_RULE)]);
  const mixed = (field: string, value: string | undefined) =>
    !value || LABEL_1035.test(value.toLowerCase()) ? [] : [fieldError.invalid(`spec.names.${field}`, value, `may have mixed case, but should otherwise match: ${LABEL_1035_RULE}`)];
  return [
    ...(kind ? [] : [fieldError.required('spec.names.kind')]),
    ...label('plural', plural),
    ...label('singular', singular),
    ...mixed('kind', kind),
    ...mixed('listKind', listKind),
    ...(kind && kind === listKind ? [fieldError.invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same')] : []),
    ...shortNames.flatMap((name, index) => label(`shortNames[${index}]`, name)),
  ];
}

function checkConversion(strategy = 'None'): FieldError[] {
  if (strategy === 'None') return [];
  if (strategy !== 'Webhook') return [fieldError.unsupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])];
  return [fieldError.forbidden('spec.conversion.strategy', 'the local cluster calls no conversion webhooks; use None, with versions that differ in their name alone')];
}

function checkVersions(versions: DefinitionVersion[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = versions.map(({ name }) => name);
  versions.forEach((version, index) => {
    if (!LABEL_1035.test(version.name ?? '')) errors.push(fieldError.invalid(`spec.versions[${index}].name`, version.name ?? '', LABEL_1035_RULE));
    if (!version.schema?.openAPIV3Schema) errors.push(fieldError.required(`spec.versions[${index}].schema.openAPIV3Schema`));
  });
  if (versions.filter(version => version.storage).length !== 1) errors.push(fieldError.invalid('spec.versions', names, 'must have exactly one version marked as storage version'));
  if (new Set(names).size < names.length) errors.push(fieldError.invalid('spec.versions', names, 'must contain unique version names'));
  for (const { part, path } of partsOf(versions, version => version.additionalPrinterColumns, 'additionalPrinterColumns', 'additionalPrinterColumns')) errors.push(...checkColumns(part, path));
  for (const { part, path } of partsOf(versions, version => version.subresources?.scale, 'subresources.scale', 'subresources.scale')) {
    errors.push(...checkScalePath(part.specReplicasPath, '.spec', `${path}.specReplicasPath`), ...checkScalePath(part.statusReplicasPath, '.status', `${path}.statusReplicasPath`));
  }
  return [...errors, ...checkSelectable(versions)];
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];

function checkColumns(columns: Column[], path: string): FieldError[] {
  return columns.flatMap(({ name, type, jsonPath }, index) => {
    const at = `${path}[${index}]`;
    const errors = name ? [] : [fieldError.required(`${at}.name`)];
    if (!COLUMN_TYPES.includes(type)) errors.push(type ? fieldError.invalid(`${at}.type`, type, `must be one of ${COLUMN_TYPES.join(',')}`) : fieldError.required(`${at}.type`, `must be one of ${COLUMN_TYPES.join(',')}`));
    if (!jsonPath) errors.push(fieldError.required(`${at}.JSONPath`));
    else if (!jsonPath.startsWith('.')) errors.push(fieldError.invalid(`${at}.JSONPath`, jsonPath, 'must be a simple json path starting with .'));
    return errors;
  });
}

function checkScalePath(path: string | undefined, begin: string, field: string): FieldError[] {
  if (!path) return [fieldError.required(field)];
  return path.startsWith(`${begin}.`) ? [] : [fieldError.invalid(field, path, `should be a json path under ${begin}`)];
}

function checkSelectable(versions: DefinitionVersion[]): FieldError[] {
  const schemas = schemasOf(versions);
  return partsOf(versions, ({ selectableFields }) => selectableFields, 'selectableFields', 'selectableFields').flatMap(({ part, path }, at) => {
    const schema = (schemas[at] ?? schemas[0])?.part;
    return part.flatMap(({ jsonPath }, index) => {
      const field = `${path}[${index}].jsonPath`;
      if (part.findIndex(other => other.jsonPath === jsonPath) < index) return [fieldError.duplicate(field, jsonPath)];
      const target = schema && schemaAt(schema, jsonPath);
      if (!target) return [fieldError.invalid(field, jsonPath, 'is an invalid path: does not refer to a valid field')];
      return ['string', 'boolean', 'integer'].includes(target.type ?? '')
        ? []
        : [fieldError.invalid(field, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.')];
    });
  });
}

function schemaAt(schema: Schema, path = ''): Schema | undefined {
  const [first, ...fields] = path.split('.');
  if (first !== '' || fields.length === 0 || fields[0] === 'metadata') return undefined;
  return fields.reduce<Schema | undefined>((at, field) => at?.properties?.[field], schema);
}

/** Versions in which objects may still be stored must stay. */
export function checkStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  return (status?.storedVersions ?? []).flatMap((name, index) =>
    spec.versions.some(version => version.name === name)
      ? []
      : [
          fieldError.invalid(
            `status.storedVersions[${index}]`,
            name,
            `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
          ),
        ],
  );
}
