import { usePermission } from '@backstage/plugin-permission-react';
import {
  kratixRequestDeletePermission,
  kratixRequestUpdatePermission,
  permissionRef,
  type ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';

/** What the user may do with a request. The backend decides again; this only keeps from offering what it would refuse. */
export function useRequestPermissions(request: ResourceIdentity): { isLoading: boolean; update: boolean; remove: boolean } {
  const resourceRef = permissionRef(request);
  const update = usePermission({ permission: kratixRequestUpdatePermission, resourceRef });
  const remove = usePermission({ permission: kratixRequestDeletePermission, resourceRef });
  return { isLoading: update.loading || remove.loading, update: update.allowed, remove: remove.allowed };
}
