import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { kratixRequestReadPermission, type RequestDetail } from '@kratix-ts/backstage-plugin-kratix-common';
import type { Authorizer } from '../service/Authorizer';
import type { RequestId } from '../service/RequestLocator';
import type { RequestService } from '../service/RequestService';

/** A request in full, as one caller may see it. */
export type ShowRequest = (id: RequestId, credentials: BackstageCredentials) => Promise<RequestDetail>;

/** Throws NotAllowedError where the caller may not see the request. */
export function showRequest(service: RequestService, authorizer: Authorizer): ShowRequest {
  return async (id, credentials) => {
    await authorizer.checkRequest(credentials, kratixRequestReadPermission, id);
    const [abilities, isVisible] = await Promise.all([
      authorizer.abilities(credentials, id),
      authorizer.filter(credentials, kratixRequestReadPermission),
    ]);
    return service.detail(id, abilities, isVisible);
  };
}
