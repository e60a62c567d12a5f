import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { authorAnnotations, refOfEntity, requestEntityName, requesterOf } from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError, mergePatchOf, type DynamicObject } from '@kratix-ts/core/kube';
import { askedRequest, type ActionOptions, type AskedRequest } from './access';
import { applyExamples } from './examples';
import { secretHider } from './hideSecrets';
import { askedInput } from './requestInput';
import { planBinding, writeBinding } from './requestedVersion';

/** Whether a stored spec holds all that is asked for; the server may have added defaults. */
function holds(stored: unknown, asked: Record<string, unknown>): boolean {
  const patch = mergePatchOf(typeof stored === 'object' && stored !== null ? { ...stored } : {}, asked);
  const isRemoval = (value: unknown): boolean =>
    value === null || (typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isRemoval));
  return patch === undefined || isRemoval(patch);
}

function refuseOther(before: DynamicObject, asked: DynamicObject, user: string | undefined): void {
  const by = requesterOf(before.metadata);
  // A task that goes on after a restart finds its own request.
  if (by === user && holds(before.spec, asked.spec ?? {})) return;
  throw new InputError(
    `${asked.kind} "${asked.metadata.namespace}/${asked.metadata.name}" exists already${by ? `, requested by ${by}` : ''}. Choose another name, or edit that one.`,
  );
}

/** Asks the server to take the request; what it refuses comes back in its words, without any secret. */
export async function applyRequest({ client, impersonate, type, asked, namespace, name, what, ...offer }: AskedRequest, dryRun: boolean): Promise<DynamicObject> {
  try {
    return await client.patch<DynamicObject>(type, { namespace, name }, asked, { kind: 'apply', force: true, dryRun, impersonate });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new Error(`${what} was refused: ${secretHider(offer, asked.spec)(error.message)}`);
  }
}

/** The object names who asked for it, and keeps who did so first. */
export function named({ asked, before }: AskedRequest, user: string | undefined): void {
  const annotations = authorAnnotations(user, before?.metadata);
  if (Object.keys(annotations).length > 0) asked.metadata.annotations = { ...asked.metadata.annotations, ...annotations };
}

/** `kratix:resource:apply`: makes a request of a Promise, or changes it, by server-side apply. */
export function createApplyAction(options: ActionOptions) {
  return createTemplateAction({
    id: 'kratix:resource:apply',
    description: 'Requests something that a Promise offers, by server-side apply of its custom resource',
    examples: applyExamples,
    supportsDryRun: true,
    schema: {
      input: {
        ...askedInput,
        promiseVersion: z => z.string().optional().describe('Version of the Promise that the request stays at, or latest'),
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
      const request = await askedRequest(options, ctx, ctx.input);
      const { cluster, type, promise, asked, before, namespace, name } = request;
      if (before && ctx.input.ifExists === 'fail') refuseOther(before, asked, ctx.user?.ref);
      named(request, ctx.user?.ref);
      const binding = await planBinding(request, ctx.input.promiseVersion);

      const dryRun = Boolean(ctx.isDryRun || ctx.input.dryRun);
      const apply = async () => {
        // Before the request, so that its first run knows the version; after the server has said that it will take it.
        if (binding) {
          await applyRequest(request, true);
          await writeBinding(request, binding);
        }
        await applyRequest(request, false);
      };
      if (dryRun) await applyRequest(request, true);
      else await ctx.checkpoint({ key: `kratix.apply.${cluster}.${type.plural}.${namespace}.${name}`, fn: apply });

      const what = `${request.what} in cluster "${cluster}"`;
      if (dryRun) ctx.logger.info(`The API server would take ${what}; nothing was changed`);
      else ctx.logger.info(before ? `Changed ${what}` : `Requested ${what}`);
      const entity = requestEntityName({ cluster, defaultCluster: options.clusters.defaultName, entityKind: options.entityKind, promise, namespace, name });
      ctx.output('cluster', cluster);
      ctx.output('apiVersion', asked.apiVersion);
      ctx.output('kind', asked.kind);
      ctx.output('name', name);
      ctx.output('namespace', namespace);
      ctx.output('entityRef', refOfEntity(entity));
    },
  });
}
