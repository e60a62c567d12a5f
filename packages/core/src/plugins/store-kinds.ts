import { Destination, isEstablished } from '../api';
import { coreTypes, type Cache, type ClusterApi } from '../kube';
import type { KubeObject } from '../kube/types';
import type { StateStoreType } from '../statestore';
import { within } from './within';

const ESTABLISHED_MS = 30_000;
const KINDS_PATH = ['schema', 'openAPIV3Schema', 'properties', 'spec', 'properties', 'stateStoreRef', 'properties', 'kind', 'enum'];

interface Definition extends KubeObject {
  spec: { versions: Record<string, unknown>[] };
}

/** Applies the definition of a plugin's stores, and lets Destinations name their kind. Throws in the server's words. */
export async function serveStoreKind(api: ClusterApi, cache: Cache, { kind, definition }: StateStoreType): Promise<void> {
  if (definition) {
    await api.apply(coreTypes.CustomResourceDefinition, definition);
    await untilEstablished(cache, definition.metadata.name);
  }
  const { name } = Destination.crd().metadata;
  const served = await api.client.get<Definition>(coreTypes.CustomResourceDefinition, { name });
  const index = served.spec.versions.findIndex(version => version.name === Destination.type.version);
  const kinds = KINDS_PATH.reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], served.spec.versions[index]);
  // without a list every kind may be named
  if (!Array.isArray(kinds) || kinds.includes(kind)) return;
  const patch = [{ op: 'add', path: `/spec/versions/${index}/${KINDS_PATH.join('/')}/-`, value: kind }];
  await api.client.patch(coreTypes.CustomResourceDefinition, { name }, patch, { kind: 'json' });
}

async function untilEstablished(cache: Cache, name: string): Promise<void> {
  const informer = cache.informer(coreTypes.CustomResourceDefinition, { fieldSelector: `metadata.name=${name}` });
  let unsubscribe = () => {};
  const established = new Promise<void>(resolve => {
    unsubscribe = informer.onChange(event => event.type !== 'deleted' && isEstablished(event.object) && resolve());
  });
  try {
    await within(ESTABLISHED_MS, `establishing ${name}`, () => established);
  } finally {
    unsubscribe();
    informer.release();
  }
}
