import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { kratixRequestDeletePermission, permissionRef } from '@kratix-ts/backstage-plugin-kratix-common';
import { ApiError } from '@kratix-ts/core/kube';
import { authorize, existing, type ActionOptions } from './access';
import { deleteExamples } from './examples';
import { findOffer } from './findOffer';
import { requestInput } from './requestInput';
import { milliseconds, reasonOf, within } from './targetInput';
import { watchObject } from './watchObject';

const DEFAULT_TIMEOUT = '1h';

/** `kratix:resource:delete`: deletes a request and what it delivered. Safe to repeat: a namesake made since stays. */
export function createDeleteAction(options: ActionOptions) {
  return createTemplateAction({
    id: 'kratix:resource:delete',
    description: 'Deletes a request of a Promise and what it delivered; a request that is not there is deleted already',
    examples: deleteExamples,
    supportsDryRun: true,
    schema: {
      input: {
        ...requestInput,
        wait: z => z.boolean().optional().describe('Goes on only when its delete steps have run and it is gone; default: false'),
        timeout: z => z.string().optional().describe(`How long to wait, such as 90s, 30m or 1h30m; default: ${DEFAULT_TIMEOUT}`),
      },
      output: { deleted: z => z.boolean().describe('False where there was no such request') },
    },
    async handler(ctx) {
      const { apiVersion, kind, name, namespace = 'default', wait = false, timeout = DEFAULT_TIMEOUT } = ctx.input;
      milliseconds(timeout);
      const { name: cluster, client } = await options.clusters.get(ctx.input.cluster);
      const { type } = await findOffer(client, apiVersion, kind);
      const resourceRef = permissionRef({ cluster, ...type, namespace, name });
      await authorize(options, ctx, kratixRequestDeletePermission, resourceRef);
      const what = `${kind} "${namespace}/${name}" in cluster "${cluster}"`;
      if (ctx.isDryRun) {
        ctx.logger.info(`Would delete ${what}`);
        return;
      }
      const impersonate = await options.actAs(ctx, cluster);
      const remove = async (): Promise<string> => {
        const uid = (await existing(client, type, { namespace, name }))?.metadata.uid ?? '';
        if (uid) await client.delete(type, { namespace, name }, { preconditions: { uid }, impersonate }).catch(passGone);
        return uid;
      };
      // The checkpoint keeps which object it was, for a task that goes on after a restart.
      const uid = await ctx.checkpoint({ key: `kratix.delete.${cluster}.${type.plural}.${namespace}.${name}`, fn: remove });
      ctx.output('deleted', uid !== '');
      ctx.logger.info(uid ? `Deletes ${what}` : `There is no ${what}`);
      if (!wait || !uid) return;
      try {
        await watchObject(client, type, { namespace, name }, object => object?.metadata.uid !== uid, within(timeout, ctx.signal));
        ctx.logger.info(`${what} is gone`);
      } catch (error) {
        throw reasonOf(error, ctx.signal, {
          cancelled: `Waiting for the end of ${what} was cancelled; the deletion itself goes on`,
          late: `${what} was not gone within ${timeout}; its page says what it waits for`,
        });
      }
    },
  });
}

function passGone(error: unknown): void {
  if (!(error instanceof ApiError && error.isNotFound)) throw error;
}
