import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { kratixPromiseReadPermission, kratixRequestReadPermission } from '@kratix-ts/backstage-plugin-kratix-common';
import type { ActionServices } from './ActionServices';

/** `list-promises`: what the platform offers. */
export function registerListPromises(registry: ActionsRegistryService, { platform, authorizer }: ActionServices): void {
  registry.register({
    name: 'list-promises',
    title: 'List Promises',
    description: [
      'Lists what the platform offers: each Promise can be requested, such as a database, a queue or an environment.',
      'Start here to find the name of a Promise, then use describe-promise to learn what a request of it may say.',
      'A Promise with available=false cannot serve requests now; its message says why.',
    ].join(' '),
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => z.object({ cluster: z.string().optional().describe('Only of this cluster.') }),
      output: z =>
        z.object({
          promises: z.array(
            z.object({
              cluster: z.string(),
              name: z.string(),
              kind: z.string().optional().describe('Kind of its requests; a Promise without one cannot be requested.'),
              apiVersion: z.string().optional(),
              version: z.string().optional(),
              available: z.boolean(),
              message: z.string().optional(),
              requests: z.number().describe('Requests of it that the caller may see.'),
            }),
          ),
        }),
    },
    action: async ({ input, credentials }) => {
      await authorizer.check(credentials, kratixPromiseReadPermission);
      const isVisible = await authorizer.filterOrNone(credentials, kratixRequestReadPermission);
      const promises = platform.promises(isVisible, input.cluster).map(({ api, ...promise }) => ({
        ...promise,
        ...(api && { kind: api.kind, apiVersion: `${api.group}/${api.version}` }),
      }));
      return { output: { promises } };
    },
  });
}
