import type { AuthService, UserInfoService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { kubernetesUserOf } from '@kratix-ts/backstage-plugin-kratix-common';
import type { WriteOptions } from '@kratix-ts/core/kube';
import type { ClusterConnections } from './ClusterConnections';
import type { TaskContext } from './taskContext';

/** Whom a cluster is told that the task's user is; nothing where the portal acts by its own account. */
export type ActAs = (ctx: TaskContext, cluster: string) => Promise<WriteOptions['impersonate']>;

export interface ActAsOptions {
  clusters: ClusterConnections;
  userInfo: UserInfoService;
  catalog: CatalogService;
  auth: AuthService;
}

/** Throws NotAllowedError for a user who has no name in the cluster. */
export function actAs({ clusters, userInfo, catalog, auth }: ActAsOptions): ActAs {
  return async (ctx, cluster) => {
    const rule = clusters.impersonation(cluster);
    const ref = ctx.user?.ref;
    if (!rule || !ref) return undefined;
    try {
      return await kubernetesUserOf(rule, ref, {
        ownership: async () => (await userInfo.getUserInfo(await ctx.getInitiatorCredentials())).ownershipEntityRefs,
        annotations: async () => (await catalog.getEntityByRef(ref, { credentials: await auth.getOwnServiceCredentials() }))?.metadata.annotations,
      });
    } catch (error) {
      throw new NotAllowedError(`Cluster "${cluster}": ${error instanceof Error ? error.message : error}`);
    }
  };
}
