import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import { AuthorizeResult, type ResourcePermission } from '@backstage/plugin-permission-common';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  ANNOTATION_REQUESTED_BY,
  kratixRequestCreatePermission,
  kratixRequestUpdatePermission,
  newRequestRef,
  permissionRef,
  refOfEntity,
  requestEntityName,
} from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError, mergePatchOf, type DynamicObject, type KubeClient, type ResourceType } from '@kratix-ts/core/kube';
import { applyExamples } from './examples';
import type { ClusterConnections } from './ClusterConnections';
import { findOffer } from './findOffer';
import { requestedObject, requestedSpec } from './requestedObject';

export interface ActionOptions {
  clusters: ClusterConnections;
  permissions: PermissionsService;
}

type Existing = DynamicObject | undefined;

async function existing(client: KubeClient, type: ResourceType, { metadata }: DynamicObject): Promise<Existing> {
  try {
    return await client.get<DynamicObject>(type, metadata);
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return undefined;
    throw error;
  }
}

/** Making a request is one right, changing one that is there is another. */
async function authorize(permissions: PermissionsService, credentials: BackstageCredentials, permission: ResourcePermission, resourceRef: string): Promise<void> {
  const [decision] = await permissions.authorize([{ permission, resourceRef }], { credentials });
  if (decision.result !== AuthorizeResult.ALLOW) throw new NotAllowedError(`You need the permission "${permission.name}" for this`);
}

/** Whether a stored spec holds all that is asked for; the server may have added defaults. */
function holds(stored: unknown, asked: Record<string, unknown>): boolean {
  const patch = mergePatchOf(typeof stored === 'object' && stored !== null ? { ...stored } : {}, asked);
  const isRemoval = (value: unknown): boolean =>
    value === null || (typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isRemoval));
  return patch === undefined || isRemoval(patch);
}

function refuseOther(before: DynamicObject, asked: DynamicObject, user: string | undefined): void {
  const by = before.metadata.annotations?.[ANNOTATION_REQUESTED_BY];
  // A task that goes on after a restart finds its own request.
  if (by === user && holds(before.spec, asked.spec ?? {})) return;
  throw new InputError(
    `${asked.kind} "${asked.metadata.namespace}/${asked.metadata.name}" exists already${by ? `, requested by ${by}` : ''}. Choose another name, or edit that one.`,
  );
}

function failure(object: DynamicObject, error: unknown): Error {
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error));
  return new Error(`${object.kind} "${object.metadata.namespace}/${object.metadata.name}" was refused: ${error.message}`);
}

/** `kratix:resource:apply`: makes a request of a Promise, or changes it, by server-side apply. */
export function createApplyAction({ clusters, permissions }: ActionOptions) {
  return createTemplateAction({
    id: 'kratix:resource:apply',
    description: 'Requests something that a Promise offers, by server-side apply of its custom resource',
    examples: applyExamples,
    supportsDryRun: true,
    schema: {
      input: {
        cluster: z => z.string().optional().describe('Name of a cluster in kratix.clusters; default: the first'),
        manifest: z => z.union([z.string(), z.record(z.any())]).optional().describe('The whole object, as an object or as YAML'),
        apiVersion: z => z.string().optional().describe('Group and version of the Promise’s API'),
        kind: z => z.string().optional().describe('Kind of the Promise’s API'),
        name: z => z.string().optional().describe('Name of the request'),
        namespace: z => z.string().optional().describe('Namespace of the request; default: default'),
        spec: z => z.union([z.string(), z.record(z.any())]).optional().describe('What is asked for, as a form submits it'),
        ifExists: z => z.enum(['update', 'fail']).optional().describe('What to do when there is one of this name; default: update'),
        dryRun: z => z.boolean().optional().describe('Only asks the API server whether it would take it'),
      },
      output: {
        cluster: z => z.string().describe('Name of the cluster'),
        apiVersion: z => z.string(),
        kind: z => z.string(),
        name: z => z.string(),
        namespace: z => z.string(),
        entityRef: z => z.string().describe('The entity of the request in the catalog'),
      },
    },
    async handler(ctx) {
      const { name: cluster, client } = await clusters.get(ctx.input.cluster);
      const asked = requestedObject(ctx.input);
      const { type, promise, specSchema } = await findOffer(client, asked.apiVersion, asked.kind);
      const { name, namespace = 'default' } = asked.metadata;
      asked.spec = requestedSpec(ctx.input, specSchema);

      const before = await existing(client, type, asked);
      const identity = { cluster, ...type, namespace, name };
      const credentials = await ctx.getInitiatorCredentials();
      if (before) await authorize(permissions, credentials, kratixRequestUpdatePermission, permissionRef(identity));
      else await authorize(permissions, credentials, kratixRequestCreatePermission, newRequestRef(identity, ctx.user?.ref));
      if (before && ctx.input.ifExists === 'fail') refuseOther(before, asked, ctx.user?.ref);
      const requestedBy = before?.metadata.annotations?.[ANNOTATION_REQUESTED_BY] ?? ctx.user?.ref;
      if (requestedBy) asked.metadata.annotations = { ...asked.metadata.annotations, [ANNOTATION_REQUESTED_BY]: requestedBy };

      const dryRun = Boolean(ctx.isDryRun || ctx.input.dryRun);
      const apply = async () => {
        await client.patch(type, { namespace, name }, asked, { kind: 'apply', force: true, dryRun }).catch(error => {
          throw failure(asked, error);
        });
      };
      if (dryRun) await apply();
      else await ctx.checkpoint({ key: `kratix.apply.${cluster}.${type.plural}.${namespace}.${name}`, fn: apply });

      const what = `${asked.kind} "${namespace}/${name}" in cluster "${cluster}"`;
      if (dryRun) ctx.logger.info(`The API server would take ${what}; nothing was changed`);
      else ctx.logger.info(before ? `Changed ${what}` : `Requested ${what}`);
      const entity = requestEntityName({ cluster, defaultCluster: clusters.defaultName, promise, namespace, name });
      ctx.output('cluster', cluster);
      ctx.output('apiVersion', asked.apiVersion);
      ctx.output('kind', asked.kind);
      ctx.output('name', name);
      ctx.output('namespace', namespace);
      ctx.output('entityRef', refOfEntity(entity));
    },
  });
}
