import type { AuthService, BackstageCredentials, UserInfoService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { kubernetesUserOf } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Clusters } from '../clusters/Clusters';
import { callerRef } from './Authorizer';
import type { Author } from './RequestWrites';

export interface AuthorsOptions {
  clusters: Clusters;
  userInfo: UserInfoService;
  catalog: CatalogService;
  auth: AuthService;
}

/**
 * As whom a caller acts in a cluster: as itself where the cluster's configuration says how it is called there, else as
 * the portal's own account. A service acts as the portal's account.
 */
export class Authors {
  constructor(private readonly options: AuthorsOptions) {}

  /** Throws NotAllowedError for a caller who has no name in the cluster. */
  async of(credentials: BackstageCredentials, cluster: string): Promise<Author> {
    const ref = callerRef(credentials);
    const rule = this.options.clusters.impersonation(cluster);
    if (!ref || !rule) return { ref };
    const { userInfo, catalog, auth } = this.options;
    try {
      const impersonate = await kubernetesUserOf(rule, ref, {
        ownership: async () => (await userInfo.getUserInfo(credentials)).ownershipEntityRefs,
        annotations: async () => (await catalog.getEntityByRef(ref, { credentials: await auth.getOwnServiceCredentials() }))?.metadata.annotations,
      });
      return { ref, impersonate };
    } catch (error) {
      throw new NotAllowedError(`Cluster "${cluster}": ${error instanceof Error ? error.message : error}`);
    }
  }
}
