import { z } from 'zod';
import type { KubeObject, ObjectMeta, ResourceType } from '../kube/types';
import { structuralSchema } from './structural-schema';

/** What `kubectl get` shows beside the name. */
export interface PrinterColumn {
  name: string;
  jsonPath: string;
  type: 'string' | 'boolean' | 'date' | 'integer';
}

interface KindOptions<S extends z.ZodType> extends Omit<ResourceType, 'namespaced'> {
  namespaced?: boolean;
  singular: string;
  shortNames?: string[];
  categories?: string[];
  columns?: PrinterColumn[];
  /** Whether status is written through a subresource of its own. */
  statusSubresource?: boolean;
  /** JSON paths that a field selector may name. */
  selectableFields?: string[];
  /** The fields beside apiVersion, kind and metadata. */
  fields: S;
}

export type ObjectOf<S extends z.ZodType> = KubeObject & { metadata: ObjectMeta } & z.output<S>;

/** A kind of ours: its zod schema is the single source of the TypeScript type, the validator and the CRD. */
export interface Kind<S extends z.ZodType = z.ZodType> {
  readonly type: ResourceType;
  readonly apiVersion: string;
  readonly fields: S;
  /** What is wrong with the object, one sentence per field; empty when nothing is. */
  problems(object: unknown): string[];
  /** The CustomResourceDefinition, as JSON. */
  crd(): KubeObject & { spec: Record<string, unknown> };
}

export function defineKind<S extends z.ZodType>(options: KindOptions<S>): Kind<S> {
  const { group, version, kind, plural, namespaced = false, fields } = options;
  return {
    type: { group, version, kind, plural, namespaced },
    apiVersion: `${group}/${version}`,
    fields,
    problems: object => problemsOf(fields, object),
    crd: () => crdOf(options),
  };
}

/** Turns what zod found into sentences that begin with the field. */
export function problemsOf(schema: z.ZodType, value: unknown, prefix = ''): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map(issue => {
    const path = [prefix, ...issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))].join('').replace(/^\./, '');
    return path ? `${path}: ${issue.message}` : issue.message;
  });
}

function crdOf<S extends z.ZodType>(options: KindOptions<S>): KubeObject & { spec: Record<string, unknown> } {
  const { group, version, kind, plural, singular, namespaced, shortNames, categories, columns, statusSubresource, selectableFields, fields } = options;
  const schema = structuralSchema(fields);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular, ...(shortNames && { shortNames }), ...(categories && { categories }) },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(columns && { additionalPrinterColumns: columns }),
          ...(statusSubresource && { subresources: { status: {} } }),
          ...(selectableFields && { selectableFields: selectableFields.map(jsonPath => ({ jsonPath })) }),
          schema: {
            openAPIV3Schema: {
              type: 'object',
              ...schema,
              properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, ...schema.properties },
            },
          },
        },
      ],
    },
  };
}
