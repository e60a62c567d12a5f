import type { PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult, type Permission, type ResourcePermission } from '@backstage/plugin-permission-common';
import {
  kratixRequestCreatePermission,
  kratixRequestReadPermission,
  kratixRequestUpdatePermission,
  newRequestRef,
  permissionRef,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError, type DynamicObject, type KubeClient, type ResourceType, type WriteOptions } from '@kratix-ts/core/kube';
import type { ActAs } from './actAs';
import type { ClusterConnections } from './ClusterConnections';
import { findOffer, type FoundOffer } from './findOffer';
import type { TaskContext } from './taskContext';
import { requestedObject, requestedSpec, type ObjectInput } from './requestedObject';

export interface ActionOptions {
  clusters: ClusterConnections;
  permissions: PermissionsService;
  /** As whom the task's user writes. */
  actAs: ActAs;
  /** What requests are in the catalog; Component where nothing is said. */
  entityKind?: 'Component' | 'Resource';
}

/** A request that is asked for, and what the cluster knows of it already. */
export interface AskedRequest extends FoundOffer {
  cluster: string;
  client: KubeClient;
  /** As whom the request is written. */
  impersonate: WriteOptions['impersonate'];
  asked: DynamicObject;
  before?: DynamicObject;
  namespace: string;
  name: string;
  /** The request in sentences. */
  what: string;
}

/** Whether the policy allows it to the user who runs the task. */
async function isAllowed({ permissions }: Pick<ActionOptions, 'permissions'>, ctx: TaskContext, permission: Permission, resourceRef = ''): Promise<boolean> {
  const credentials = await ctx.getInitiatorCredentials();
  const isResource = (candidate: Permission): candidate is ResourcePermission => 'resourceType' in candidate;
  const [decision] = await permissions.authorize([isResource(permission) ? { permission, resourceRef } : { permission }], { credentials });
  return decision.result === AuthorizeResult.ALLOW;
}

const refusal = ({ name }: Permission) => new NotAllowedError(`You need the permission "${name}" for this`);

/** Throws NotAllowedError unless the policy allows it to the user who runs the task. */
export async function authorize(
  options: Pick<ActionOptions, 'permissions'>,
  ctx: TaskContext,
  permission: Permission,
  resourceRef?: string,
): Promise<void> {
  if (!(await isAllowed(options, ctx, permission, resourceRef))) throw refusal(permission);
}

/**
 * Making a request is one right, changing one that is there another. Throws NotAllowedError, which names the right that
 * is missing only to those who may read the request: to others it would tell whether there is one.
 */
async function authorizeWrite(options: ActionOptions, ctx: TaskContext, identity: Parameters<typeof permissionRef>[0], isThere: boolean): Promise<void> {
  const ref = permissionRef(identity);
  const [permission, resourceRef] = isThere ? [kratixRequestUpdatePermission, ref] : [kratixRequestCreatePermission, newRequestRef(identity, ctx.user?.ref)];
  if (await isAllowed(options, ctx, permission, resourceRef)) return;
  if (await isAllowed(options, ctx, kratixRequestReadPermission, ref)) throw refusal(permission);
  throw new NotAllowedError(
    `You need the permission "${kratixRequestCreatePermission.name}" for this, or "${kratixRequestUpdatePermission.name}" where there is such a request already`,
  );
}

/** The object, or nothing where there is none. */
export async function existing(client: KubeClient, type: ResourceType, ref: { namespace?: string; name: string }): Promise<DynamicObject | undefined> {
  try {
    return await client.get<DynamicObject>(type, ref);
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return undefined;
    throw error;
  }
}

/**
 * Reads what the input asks for, finds the Promise and the present object, and asks whether the user may: making a
 * request is one right, changing one that is there is another.
 */
export async function askedRequest(options: ActionOptions, ctx: TaskContext, input: ObjectInput & { cluster?: string }): Promise<AskedRequest> {
  const { name: cluster, client } = await options.clusters.get(input.cluster);
  const asked = requestedObject(input);
  const offer = await findOffer(client, asked.apiVersion, asked.kind);
  const { name, namespace = 'default' } = asked.metadata;
  const identity = { cluster, ...offer.type, namespace, name };
  const before = await existing(client, offer.type, { namespace, name });
  await authorizeWrite(options, ctx, identity, before !== undefined);
  asked.spec = requestedSpec(input, offer.specSchema, { secrets: ctx.secrets ?? {}, current: before?.spec });
  const impersonate = await options.actAs(ctx, cluster);
  return { ...offer, cluster, client, impersonate, asked, before, namespace, name, what: `${asked.kind} "${namespace}/${name}"` };
}
