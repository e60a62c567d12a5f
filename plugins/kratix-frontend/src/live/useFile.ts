import { signalRef, type FileContent, type ResourceIdentity } from '@kratix-ts/backstage-plugin-kratix-common';
import type { FileQuery } from '../apis/KratixApi';
import { useFetched, type Fetched } from './useFetched';

/** The content of a delivered file; asked for anew when `version`, that of its destination, changes. */
export function useFile(identity: ResourceIdentity, query: FileQuery, version: string | undefined): Fetched<FileContent> {
  const key = JSON.stringify([identity.cluster, signalRef(identity), query, version]);
  return useFetched(key, (api, signal) => api.file(identity, query, signal));
}
