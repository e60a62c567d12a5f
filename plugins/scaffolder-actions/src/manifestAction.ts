import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { refOfEntity, requestEntityName, secretsOf } from '@kratix-ts/backstage-plugin-kratix-common';
import { toYaml } from '@kratix-ts/core/kube';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { askedRequest, type ActionOptions, type AskedRequest } from './access';
import { applyRequest, named } from './applyAction';
import { manifestExamples } from './examples';
import { askedInput } from './requestInput';

/** A repository is no place for a secret. */
function refuseSecrets({ asked, specSchema }: AskedRequest): void {
  const [token] = Object.keys(secretsOf(asked.spec, specSchema));
  if (!token) return;
  const field = token.slice(token.indexOf(':') + 1);
  throw new InputError(`${field} is a secret, and a file in a repository is not: leave it out, or use kratix:resource:apply`);
}

/** `kratix:resource:manifest`: writes the request into the workspace, for a repository that somebody else applies from. */
export function createManifestAction(options: ActionOptions) {
  return createTemplateAction({
    id: 'kratix:resource:manifest',
    description: 'Writes a request of a Promise as YAML into the workspace, for a pull request; the API server checks it first',
    examples: manifestExamples,
    supportsDryRun: true,
    schema: {
      input: {
        ...askedInput,
        path: z => z.string().optional().describe('File in the workspace; default: namespace/kind-name.yaml'),
      },
      output: {
        path: z => z.string().describe('File in the workspace'),
        manifest: z => z.string().describe('What stands in it'),
        entityRef: z => z.string().describe('The entity that the request will have in the catalog'),
      },
    },
    async handler(ctx) {
      const request = await askedRequest(options, ctx, ctx.input);
      const { asked, namespace, name, cluster, promise, what } = request;
      refuseSecrets(request);
      named(request, ctx.user?.ref);
      await applyRequest(request, true);
      const path = ctx.input.path ?? `${namespace}/${asked.kind.toLowerCase()}-${name}.yaml`;
      const file = resolveSafeChildPath(ctx.workspacePath, path);
      const manifest = toYaml(asked);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, manifest);
      ctx.logger.info(`Wrote ${what} to ${path}`);
      ctx.output('path', path);
      ctx.output('manifest', manifest);
      ctx.output('entityRef', refOfEntity(requestEntityName({ cluster, defaultCluster: options.clusters.defaultName, entityKind: options.entityKind, promise, namespace, name })));
    },
  });
}
