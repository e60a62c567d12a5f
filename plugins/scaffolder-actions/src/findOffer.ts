import { InputError } from '@backstage/errors';
import { apiOfCrd, kratixLabels, specSchemaOf, type JsonSchema } from '@kratix-ts/backstage-plugin-kratix-common';
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
  const crd = await readCrd(client, `${type.plural}.${type.group}`);
  const promise = crd?.metadata.labels?.[kratixLabels.promise];
  if (!promise) throw new InputError(`${kind} in ${apiVersion} is not the API of a Promise, so it cannot be requested here`);
  return { type, promise, specSchema: specSchemaOf(apiOfCrd(crd)?.schema) };
}

async function readCrd(client: KubeClient, name: string): Promise<KubeObject | undefined> {
  try {
    return await client.get(coreTypes.CustomResourceDefinition, { name });
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return undefined;
    throw error;
  }
}
