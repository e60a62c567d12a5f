import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { idOf, type ActionServices } from './ActionServices';
import { requestFields } from './schemas';

/** `delete-request`: takes back a request and what it delivered. */
export function registerDeleteRequest(registry: ActionsRegistryService, { clusters, commands }: ActionServices): void {
  registry.register({
    name: 'delete-request',
    title: 'Delete a request',
    description: [
      'Deletes a request and everything that was delivered for it, such as the database with its data. This cannot be undone:',
      'ask the user to confirm the name first. The answer comes at once; the deletion itself can take minutes.',
    ].join(' '),
    attributes: { readOnly: false, destructive: true, idempotent: true },
    schema: {
      input: z =>
        z.object({ ...requestFields(z), uid: z.string().optional().describe('Only if it is still this very object.') }),
      output: z => z.object({ accepted: z.boolean() }),
    },
    action: async ({ input, credentials }) => {
      await commands.remove({ credentials }, idOf(clusters, input), input.uid);
      return { output: { accepted: true } };
    },
  });
}
