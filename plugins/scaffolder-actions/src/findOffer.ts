import { InputError } from '@backstage/errors';
import { apiOfCrd, apiOfPromise, kratixLabels, specSchemaOf, type JsonSchema, type PromiseSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { Promise as PromiseKind } from '@kratix-ts/core/api';
import { ApiError, coreTypes, parseApiVersion, type KubeClient, type KubeObject, type ResourceType } from '@kratix-ts/core/kube';

/** An API of a Promise, as a cluster serves it. */
export interface FoundOffer {
  type: ResourceType;
  promise: string;
  /** Schema of `spec`; undefined where it has none. */
  specSchema?: JsonSchema;
}

/** Finds the Promise behind a kind. Throws InputError for kinds that belong to none: those are nobody's to order. */
export async function findOffer(client: KubeClient, apiVersion: string, kind: string): Promise<FoundOffer> {
  const { group, version } = parseApiVersion(apiVersion);
  const type = (await client.discover(group, version)).find(candidate => candidate.kind === kind);
  if (!type) throw new InputError(`${client.server} serves no ${kind} in ${apiVersion}; is the Promise installed and available?`);
  const crd = await read(client, coreTypes.CustomResourceDefinition, `${type.plural}.${type.group}`);
  const promise = crd?.metadata.labels?.[kratixLabels.promise];
  if (!promise) throw new InputError(`${kind} in ${apiVersion} is not the API of a Promise, so it cannot be requested here`);
  const source = await read<KubeObject & PromiseSource>(client, PromiseKind.type, promise);
  return { type, promise, specSchema: specSchemaOf(schemaOf(type, source, crd)) };
}

/** The form is made from the Promise, which keeps the hints that a CustomResourceDefinition is stored without. */
function schemaOf({ group, kind }: ResourceType, promise: PromiseSource | undefined, crd: KubeObject | undefined): JsonSchema | undefined {
  const offered = promise && apiOfPromise(promise);
  return offered?.group === group && offered.kind === kind ? offered.schema : apiOfCrd(crd)?.schema;
}

async function read<T extends KubeObject>(client: KubeClient, type: ResourceType, name: string): Promise<T | undefined> {
  try {
    return await client.get<T>(type, { name });
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return undefined;
    throw error;
  }
}
