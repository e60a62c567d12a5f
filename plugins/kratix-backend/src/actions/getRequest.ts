import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { idOf, type ActionServices } from './ActionServices';
import { phaseFields, placeFields, requestFields, stepFields } from './schemas';

/** `get-request`: one request in full. */
export function registerGetRequest(registry: ActionsRegistryService, { clusters, show }: ActionServices): void {
  registry.register({
    name: 'get-request',
    title: 'Get a request',
    description: [
      'Tells everything about one request: its phase, what was asked for (spec), what came of it (outputs, such as addresses),',
      'the steps of its newest run, and where its files were delivered. Use explain-request instead to learn why it does not work.',
    ].join(' '),
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => z.object(requestFields(z)),
      output: z =>
        z.object({
          ...placeFields(z),
          ...phaseFields(z),
          requestedBy: z.string().optional(),
          createdAt: z.string(),
          generation: z.number().optional().describe('Counts changes of the spec.'),
          version: z.string().optional().describe('Version of the Promise that it runs with.'),
          spec: z.record(z.unknown()),
          outputs: z.record(z.unknown()),
          conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional(), message: z.string().optional() })),
          steps: z.array(z.object(stepFields(z))).describe('Steps of the newest run, in order.'),
          destinations: z.array(
            z.object({ name: z.string(), phase: z.string(), message: z.string().optional(), files: z.array(z.string()) }),
          ),
        }),
    },
    action: async ({ input, credentials }) => {
      const { summary, runs, destinations, promiseVersion, ...request } = await show(idOf(clusters, input), credentials);
      return {
        output: {
          ...request,
          ...summary,
          version: promiseVersion,
          steps: runs[0]?.steps ?? [],
          destinations: destinations.map(({ files, ...destination }) => ({ ...destination, files: files.map(({ path }) => path) })),
        },
      };
    },
  });
}
