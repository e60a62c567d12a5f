import type { AuthService, PermissionsService } from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { apiOfPromise, humanise, kratixPromiseReadPermission, type PromiseSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { Promise as PromiseKind } from '@kratix-ts/core/api';
import type { KubeObject } from '@kratix-ts/core/kube';
import type { ClusterConnections } from './ClusterConnections';

export interface AutocompleteOptions {
  clusters: ClusterConnections;
  permissions: PermissionsService;
  auth: Pick<AuthService, 'authenticate'>;
}

interface Question {
  resource: string;
  token: string;
  context: Record<string, string>;
}

/**
 * Answers fields that complete what is typed: `clusters`, and `promises` of `context.cluster`. The token is the user's
 * own of the portal, since nothing else says who asks.
 */
export function createAutocomplete({ clusters, permissions, auth }: AutocompleteOptions) {
  return async ({ resource, token, context }: Question): Promise<{ results: { id: string; title?: string }[] }> => {
    const credentials = await auth.authenticate(token);
    const [{ result }] = await permissions.authorize([{ permission: kratixPromiseReadPermission }], { credentials });
    if (result !== AuthorizeResult.ALLOW) throw new NotAllowedError(`You need the permission "${kratixPromiseReadPermission.name}" for this`);
    if (resource === 'clusters') return { results: clusters.names.map(id => ({ id })) };
    if (resource !== 'promises') throw new InputError(`Nothing completes "${resource}"; ask for clusters or promises`);
    const { client } = await clusters.get(context.cluster || undefined);
    const { items } = await client.list<KubeObject & PromiseSource>(PromiseKind.type);
    const titled = items.map(promise => {
      const api = apiOfPromise(promise);
      return { id: promise.metadata.name, ...(api && { title: humanise(api.kind) }) };
    });
    return { results: titled.sort((a, b) => a.id.localeCompare(b.id)) };
  };
}
