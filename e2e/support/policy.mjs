import { createBackendModule } from '@backstage/backend-plugin-api';
import { AuthorizeResult, isResourcePermission } from '@backstage/plugin-permission-common';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';

const allowed = { result: AuthorizeResult.ALLOW };
const denied = { result: AuthorizeResult.DENY };

const inNamespaces = (permission, namespaces) => ({
  result: AuthorizeResult.CONDITIONAL,
  pluginId: 'kratix',
  resourceType: permission.resourceType,
  conditions: { rule: 'IN_NAMESPACE', resourceType: permission.resourceType, params: { namespaces } },
});

/** Who is signed in works in `default`, may look at `shop`, and sees nothing of any other namespace, nor of the platform. */
async function handle({ permission }) {
  if (isResourcePermission(permission, 'kratix-request')) {
    return inNamespaces(permission, permission.attributes.action === 'read' ? ['default', 'shop'] : ['default']);
  }
  return permission.name === 'kratix.platform.read' ? denied : allowed;
}

export default createBackendModule({
  pluginId: 'permission',
  moduleId: 'one-team',
  register: registration =>
    registration.registerInit({
      deps: { policy: policyExtensionPoint },
      init: async ({ policy }) => policy.setPolicy({ handle }),
    }),
});
