import type { PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult, type Permission, type ResourcePermission } from '@backstage/plugin-permission-common';
import {
  kratixRequestCreatePermission,
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

/** Throws NotAllowedError unless the policy allows it to the user who runs the task. */
export async function authorize(
  { permissions }: Pick<ActionOptions, 'permissions'>,
  ctx: TaskContext,
  permission: Permission,
  resourceRef?: string,
): Promise<void> {
  const credentials = await ctx.getInitiatorCredentials();
  const isResource = (candidate: Permission): candidate is ResourcePermission => 'resourceType' in candidate;
  const [decision] = await permissions.authorize(
    [isResource(permission) ? { permission, resourceRef: resourceRef ?? '' } : { permission }],
    { credentials },
  );
  if (decision.result !== AuthorizeResult.ALLOW) throw new NotAllowedError(`You need the permission "${permission.name}" for this`);
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
  if (before) await authorize(options, ctx, kratixRequestUpdatePermission, permissionRef(identity));
  else await authorize(options, ctx, kratixRequestCreatePermission, newRequestRef(identity, ctx.user?.ref));
  asked.spec = requestedSpec(input, offer.specSchema, { secrets: ctx.secrets ?? {}, current: before?.spec });
  const impersonate = await options.actAs(ctx, cluster);
  return { ...offer, cluster, client, impersonate, asked, before, namespace, name, what: `${asked.kind} "${namespace}/${name}"` };
}
