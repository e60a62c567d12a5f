import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { kratixRequestReadPermission, phases } from '@kratix-ts/backstage-plugin-kratix-common';
import type { ActionServices } from './ActionServices';
import { phaseFields, placeFields } from './schemas';

const MOST = 100;

/** `list-requests`: requests that the caller may see, those that need attention first. */
export function registerListRequests(registry: ActionsRegistryService, { service, authorizer }: ActionServices): void {
  registry.register({
    name: 'list-requests',
    title: 'List requests',
    description: [
      'Lists requests of Promises that the caller may see, failing and waiting ones first, each with its phase and a sentence.',
      'Narrow it by Promise, namespace, phase, or a part of a name. At most 100 at a time; total says how many there are,',
      'counts how many are in each phase. For one request in full use get-request; for why one does not work, explain-request.',
    ].join(' '),
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          cluster: z.string().optional().describe('Only of this cluster.'),
          promise: z.string().optional().describe('Only of this Promise.'),
          namespace: z.string().optional().describe('Only in this namespace.'),
          phase: z.enum(phases).optional().describe('Only in this phase.'),
          text: z.string().optional().describe('Part of the name, namespace, kind or Promise.'),
          limit: z.number().int().min(1).max(MOST).optional().describe('How many; 20 where nothing is said.'),
          offset: z.number().int().min(0).optional().describe('How many to pass over.'),
        }),
      output: z =>
        z.object({
          total: z.number(),
          counts: z.record(z.number()),
          requests: z.array(
            z.object({ ...placeFields(z), ...phaseFields(z), requestedBy: z.string().optional(), createdAt: z.string(), since: z.string().optional() }),
          ),
        }),
    },
    action: async ({ input, credentials }) => {
      const isVisible = await authorizer.filter(credentials, kratixRequestReadPermission);
      const { promise, namespace, phase, limit = 20, ...rest } = input;
      const many = <T>(value: T | undefined) => (value === undefined ? undefined : [value]);
      const query = { ...rest, limit, promise: many(promise), namespace: many(namespace), phase: many(phase) };
      const page = service.page(query, isVisible);
      const requests = page.items.map(({ summary, ...request }) => ({ ...request, ...summary }));
      return { output: { total: page.total, counts: { ...page.counts }, requests } };
    },
  });
}
