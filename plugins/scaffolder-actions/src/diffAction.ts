import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { kratixRequestReadPermission, maskSecrets, permissionRef, textDiff } from '@kratix-ts/backstage-plugin-kratix-common';
import { toYaml, type DynamicObject } from '@kratix-ts/core/kube';
import { askedRequest, authorize, type ActionOptions } from './access';
import { applyRequest, named } from './applyAction';
import { diffExamples } from './examples';
import type { FoundOffer } from './findOffer';
import { askedInput } from './requestInput';

/** What of an object people decide about, as text, without its secrets. */
function shown(object: DynamicObject | undefined, { specSchema }: FoundOffer, before?: DynamicObject): string {
  if (!object) return '';
  const { apiVersion, kind, metadata } = object;
  const { name, namespace, labels, annotations } = metadata;
  const spec = maskSecrets(object.spec, specSchema, before?.spec);
  return toYaml({ apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec });
}

/** `kratix:resource:diff`: what an apply would change, as the server would store it; in the task's log and as an output. */
export function createDiffAction(options: ActionOptions) {
  return createTemplateAction({
    id: 'kratix:resource:diff',
    description: 'Shows what kratix:resource:apply would change, tried on the API server without effect',
    examples: diffExamples,
    supportsDryRun: true,
    schema: {
      input: {
        ...askedInput,
      },
      output: {
        changed: z => z.boolean().describe('Whether anything would change'),
        exists: z => z.boolean().describe('Whether there is such a request already'),
        diff: z => z.string().describe('The difference, one line each: " " same, "-" before, "+" after'),
      },
    },
    async handler(ctx) {
      const request = await askedRequest(options, ctx, ctx.input);
      const { type, namespace, name } = request;
      // the difference shows what is there, which who may change it need not be allowed to see
      if (request.before) await authorize(options, ctx, kratixRequestReadPermission, permissionRef({ cluster: request.cluster, ...type, namespace, name }));
      named(request, ctx.user?.ref);
      const after = await applyRequest(request, true);
      const { before, what, cluster } = request;
      const diff = textDiff(shown(before, request), shown(after, request, before));
      ctx.output('changed', diff !== '');
      ctx.output('exists', before !== undefined);
      ctx.output('diff', diff);
      if (diff === '') ctx.logger.info(`${what} in cluster "${cluster}" would stay as it is`);
      else ctx.logger.info(`${what} in cluster "${cluster}" ${before ? 'would change' : 'would be new'}:\n${diff}`);
    },
  });
}
