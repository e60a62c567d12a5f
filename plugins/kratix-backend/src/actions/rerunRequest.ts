import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { idOf, type ActionServices } from './ActionServices';
import { requestFields } from './schemas';

/** `rerun-request`: runs the pipelines of a request again. */
export function registerRerunRequest(registry: ActionsRegistryService, { clusters, commands }: ActionServices): void {
  registry.register({
    name: 'rerun-request',
    title: 'Run a request again',
    description: [
      'Runs the pipelines of a request again with the spec that it has, from the first step or from the one that is named.',
      'Use it after the cause of a failure outside of the request was mended, or to put files back that were changed by hand.',
      'The answer comes at once; follow the run with get-request.',
    ].join(' '),
    attributes: { readOnly: false, destructive: false, idempotent: false },
    schema: {
      input: z => z.object({ ...requestFields(z), from: z.string().optional().describe('Name of the step to begin with, as get-request gives it.') }),
      output: z => z.object({ accepted: z.boolean() }),
    },
    action: async ({ input, credentials }) => {
      await commands.act({ credentials }, idOf(clusters, input), 'rerun', input.from ? { from: input.from } : {});
      return { output: { accepted: true } };
    },
  });
}
