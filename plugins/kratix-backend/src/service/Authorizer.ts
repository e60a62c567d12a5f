import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  kratixLogReadPermission,
  kratixRequestCreatePermission,
  kratixRequestDeletePermission,
  kratixRequestUpdatePermission,
  newRequestRef,
  permissionRef,
  type RequestAbilities,
  type ResourceIdentity,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { AuthorizeResult, type BasicPermission, type ResourcePermission } from '@backstage/plugin-permission-common';
import { createConditionAuthorizer, type PermissionRuleset } from '@backstage/plugin-permission-node';
import type { RequestFacts } from './rules';

/** Decides for the caller, never for the plugin itself. Denials throw NotAllowedError. */
export class Authorizer {
  private readonly meets: ReturnType<typeof createConditionAuthorizer<RequestFacts>>;

  /** `rules`: the conditions that a policy can name for a request. */
  constructor(private readonly permissions: PermissionsService, rules: PermissionRuleset<RequestFacts>) {
    this.meets = createConditionAuthorizer(rules);
  }

  async check(credentials: BackstageCredentials, permission: BasicPermission): Promise<void> {
    const [decision] = await this.permissions.authorize([{ permission }], { credentials });
    if (decision.result !== AuthorizeResult.ALLOW) throw denied(permission.name);
  }

  async checkRequest(credentials: BackstageCredentials, permission: ResourcePermission, request: Omit<ResourceIdentity, 'kind'>): Promise<void> {
    await this.checkAll(credentials, [permission], request);
  }

  /** Whether the caller has every one of these permissions for a request. */
  async checkAll(credentials: BackstageCredentials, asked: ResourcePermission[], request: Omit<ResourceIdentity, 'kind'>): Promise<void> {
    const resourceRef = permissionRef(request);
    const decisions = await this.permissions.authorize(asked.map(permission => ({ permission, resourceRef })), { credentials });
    const refused = asked.find((_, index) => decisions[index]?.result !== AuthorizeResult.ALLOW);
    if (refused) throw denied(refused.name);
  }

  /** Whether the caller may make this request, which is not there yet. */
  async checkNew(credentials: BackstageCredentials, request: Omit<ResourceIdentity, 'kind'>): Promise<void> {
    const permission = kratixRequestCreatePermission;
    const resourceRef = newRequestRef(request, callerRef(credentials));
    const [decision] = await this.permissions.authorize([{ permission, resourceRef }], { credentials });
    if (decision.result !== AuthorizeResult.ALLOW) throw denied(permission.name);
  }

  /** What the caller may do with a request that it may see, decided in one call. */
  async abilities(credentials: BackstageCredentials, request: Omit<ResourceIdentity, 'kind'>): Promise<RequestAbilities> {
    const resourceRef = permissionRef(request);
    const asked = [kratixRequestUpdatePermission, kratixRequestDeletePermission, kratixLogReadPermission];
    const decisions = await this.permissions.authorize(asked.map(permission => ({ permission, resourceRef })), { credentials });
    const [update, remove, readLogs] = decisions.map(({ result }) => result === AuthorizeResult.ALLOW);
    return { update, delete: remove, readLogs };
  }

  /** Which requests the caller may see, or make, as a filter. */
  async filter(credentials: BackstageCredentials, permission: ResourcePermission): Promise<(request: RequestFacts) => boolean> {
    const [decision] = await this.permissions.authorizeConditional([{ permission }], { credentials });
    if (decision.result === AuthorizeResult.DENY) throw denied(permission.name);
    if (decision.result === AuthorizeResult.ALLOW) return () => true;
    return request => this.meets(decision, request);
  }

  /** The same where seeing none is no reason to refuse. */
  async filterOrNone(credentials: BackstageCredentials, permission: ResourcePermission): Promise<(request: RequestFacts) => boolean> {
    return this.filter(credentials, permission).catch(error => {
      if (error instanceof NotAllowedError) return () => false;
      throw error;
    });
  }

  /** Whether the caller may, for what is left out of an answer otherwise. */
  async may(credentials: BackstageCredentials, permission: BasicPermission): Promise<boolean> {
    const [decision] = await this.permissions.authorize([{ permission }], { credentials });
    return decision.result === AuthorizeResult.ALLOW;
  }
}

/** The entity ref of a caller; undefined where it is a service. */
export function callerRef({ principal }: BackstageCredentials): string | undefined {
  const { type, userEntityRef }: { type?: unknown; userEntityRef?: unknown } = typeof principal === 'object' && principal !== null ? principal : {};
  return type === 'user' && typeof userEntityRef === 'string' ? userEntityRef : undefined;
}

function denied(permission: string): Error {
  return new NotAllowedError(`You need the permission "${permission}" for this`);
}
