import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { placeOf, type ActionServices } from './ActionServices';
import { requestFields } from './schemas';

/** `create-request`: asks for something that a Promise offers. */
export function registerCreateRequest(registry: ActionsRegistryService, { clusters, commands }: ActionServices): void {
  registry.register({
    name: 'create-request',
    title: 'Request something',
    description: [
      'Makes a new request of a Promise: the platform then builds what the spec asks for. It fails where a request of this name',
      'exists; it never changes one. Check the spec with dry-run-request first, and ask the user before you create anything.',
      'The answer comes as soon as the request is stored; follow it with get-request until its phase is Ready.',
    ].join(' '),
    attributes: { readOnly: false, destructive: false, idempotent: false },
    schema: {
      input: z =>
        z.object({
          ...requestFields(z),
          spec: z.record(z.unknown()).describe('What is asked for, as the schema of describe-promise says under properties.spec.'),
        }),
      output: z => z.object({ cluster: z.string(), namespace: z.string(), name: z.string(), created: z.boolean() }),
    },
    action: async ({ input, credentials }) => {
      const { name, spec } = input;
      const { cluster, namespace } = await commands.create({ credentials }, placeOf(clusters, input), { name, spec });
      return { output: { cluster, namespace, name, created: true } };
    },
  });
}
