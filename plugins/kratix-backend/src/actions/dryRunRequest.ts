import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { kratixRequestReadPermission, type Preview } from '@kratix-ts/backstage-plugin-kratix-common';
import type { RequestId } from '../service/RequestLocator';
import { placeOf, type ActionServices } from './ActionServices';
import { previewFields, promiseFields } from './schemas';

/** The generation of a request that is there and that the caller may see. */
async function generationOf({ locator, authorizer }: ActionServices, credentials: BackstageCredentials, id: RequestId): Promise<number | undefined> {
  try {
    await authorizer.checkRequest(credentials, kratixRequestReadPermission, id);
    return locator.locate(id).request.metadata.generation;
  } catch {
    // What the caller may not see is, for the caller, not there.
    return undefined;
  }
}

/** `dry-run-request`: what the server would say to a new request, or to a change of one. */
export function registerDryRunRequest(registry: ActionsRegistryService, services: ActionServices): void {
  const { clusters, commands } = services;
  registry.register({
    name: 'dry-run-request',
    title: 'Try a request',
    description: [
      'Asks the server whether it would take a request, without making it: nothing is stored and nothing runs.',
      'Give the whole spec. With the name of a request that exists, it tells what a change to this spec would change;',
      'else it checks a new request. Use it before create-request, and mend the problems that it names.',
    ].join(' '),
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          ...promiseFields(z),
          namespace: z.string().describe('Kubernetes namespace of the request.'),
          name: z.string().optional().describe('Name of the request; may be left out for a new one.'),
          spec: z.record(z.unknown()).describe('What is asked for, as the schema of describe-promise says under properties.spec.'),
        }),
      output: z => z.object(previewFields(z)),
    },
    action: async ({ input, credentials }) => {
      const place = placeOf(clusters, input);
      const { name, spec } = input;
      const by = { credentials };
      const generation = name ? await generationOf(services, credentials, { ...place, name }) : undefined;
      const preview: Preview =
        name && generation !== undefined
          ? await commands.preview(by, { ...place, name }, { spec, generation })
          : await commands.previewCreate(by, place, { name, spec });
      return { output: preview };
    },
  });
}
