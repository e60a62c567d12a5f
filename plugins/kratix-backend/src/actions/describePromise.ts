import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { kratixPromiseReadPermission, kratixRequestReadPermission } from '@kratix-ts/backstage-plugin-kratix-common';
import { clusterOf, type ActionServices } from './ActionServices';
import { promiseFields } from './schemas';

/** `describe-promise`: what a request of a Promise may say, with an example. */
export function registerDescribePromise(registry: ActionsRegistryService, { clusters, platform, authorizer }: ActionServices): void {
  registry.register({
    name: 'describe-promise',
    title: 'Describe a Promise',
    description: [
      'Tells everything about one Promise that is needed to request it: the JSON schema of a request, an example as YAML that the',
      'server would take, its versions, what other Promises it needs, and whether it is available.',
      'Use the schema under properties.spec to fill the spec of create-request or dry-run-request.',
    ].join(' '),
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z => z.object(promiseFields(z)),
      output: z =>
        z.object({
          cluster: z.string(),
          name: z.string(),
          kind: z.string().optional(),
          apiVersion: z.string().optional(),
          description: z.string().optional(),
          available: z.boolean(),
          message: z.string().optional(),
          version: z.string().optional(),
          schema: z.record(z.unknown()).optional().describe('openAPIV3Schema of a request.'),
          example: z.string().optional().describe('A request that the schema accepts, as YAML.'),
          versions: z.array(z.object({ version: z.string(), latest: z.boolean(), requests: z.number() })),
          requires: z.array(z.object({ name: z.string(), version: z.string().optional(), state: z.string() })),
          pipelines: z.array(z.string()).describe('Steps that a request runs through, in order.'),
        }),
    },
    action: async ({ input, credentials }) => {
      await authorizer.check(credentials, kratixPromiseReadPermission);
      const isVisible = await authorizer.filterOrNone(credentials, kratixRequestReadPermission);
      const { api, schema, workflows, ...promise } = platform.promise(clusterOf(clusters, input), input.promise, isVisible);
      const workflow = workflows.find(({ type, action }) => type === 'resource' && action === 'configure');
      return {
        output: {
          ...promise,
          ...(api && { kind: api.kind, apiVersion: `${api.group}/${api.version}` }),
          ...(schema && { schema: { ...schema } }),
          pipelines: workflow?.pipelines.map(({ name }) => name) ?? [],
        },
      };
    },
  });
}
