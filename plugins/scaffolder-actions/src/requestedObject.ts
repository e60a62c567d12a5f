import { InputError } from '@backstage/errors';
import { cleanFormValues, secretsOf, type JsonSchema } from '@kratix-ts/backstage-plugin-kratix-common';
import { parseYaml, type DynamicObject } from '@kratix-ts/core/kube';

/** What the input of `kratix:resource:apply` says about the object. */
export interface ObjectInput {
  manifest?: string | Record<string, unknown>;
  apiVersion?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  spec?: string | Record<string, unknown>;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function manifestOf(manifest: ObjectInput['manifest']): Record<string, unknown> {
  if (manifest === undefined) return {};
  const object = typeof manifest === 'string' ? parseYaml(manifest, 'manifest') : manifest;
  if (!isRecord(object)) throw new InputError('manifest must be one Kubernetes object, as an object or as YAML');
  return object;
}

function needed(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InputError(`${field} is missing: give a manifest, or apiVersion, kind, name, namespace and spec`);
}

/** The object that the input describes; single fields go before those of the manifest. Throws InputError naming the field. */
export function requestedObject(input: ObjectInput): DynamicObject {
  const { metadata: givenMetadata, status, ...manifest } = manifestOf(input.manifest);
  const metadata = isRecord(givenMetadata) ? givenMetadata : {};
  return {
    ...manifest,
    apiVersion: needed(input.apiVersion ?? manifest.apiVersion, 'apiVersion'),
    kind: needed(input.kind ?? manifest.kind, 'kind'),
    metadata: {
      ...(isRecord(metadata.labels) && { labels: texts(metadata.labels) }),
      ...(isRecord(metadata.annotations) && { annotations: texts(metadata.annotations) }),
      name: needed(input.name ?? metadata.name, 'name'),
      namespace: needed(input.namespace ?? metadata.namespace ?? 'default', 'namespace'),
    },
  };
}

function texts(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/** What is needed to read a spec that a form submitted. */
export interface SpecOptions {
  /** Of the task, by the tokens that stand for them in the spec. */
  secrets?: Record<string, string>;
  /** The spec that is there. */
  current?: unknown;
}

/** The `spec` as the API wants it; what a form submitted is cleaned by the schema. Throws InputError naming the field. */
export function requestedSpec(input: ObjectInput, specSchema: JsonSchema | undefined, options: SpecOptions): Record<string, unknown> | undefined {
  const { spec } = input;
  if (spec === undefined || spec === '') {
    const given = manifestOf(input.manifest).spec;
    return isRecord(given) ? given : undefined;
  }
  const secrets = options.secrets && { ...secretsOf(options.current, specSchema), ...options.secrets };
  try {
    return cleanFormValues(spec, specSchema, { parseYaml, secrets, current: options.current });
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error));
  }
}
