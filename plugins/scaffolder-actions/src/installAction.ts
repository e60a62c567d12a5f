import { resolveSafeChildPath, type UrlReaderService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { authorAnnotations, isPromiseAvailable, kratixPromiseInstallPermission } from '@kratix-ts/backstage-plugin-kratix-common';
import { notAPromise, Promise as PromiseKind } from '@kratix-ts/core/api';
import { ApiError, parseAllYaml, type DynamicObject } from '@kratix-ts/core/kube';
import { readFile } from 'node:fs/promises';
import { authorize, existing, type ActionOptions } from './access';
import { installExamples } from './examples';
import { requestInput } from './requestInput';
import { milliseconds, reasonOf, within } from './targetInput';
import { watchObject } from './watchObject';

const DEFAULT_TIMEOUT = '10m';

export interface InstallOptions extends ActionOptions {
  /** Reads only what the configuration lets the portal read. */
  urlReader: Pick<UrlReaderService, 'readUrl'>;
}

interface Source {
  manifest?: string | Record<string, unknown>;
  path?: string;
  url?: string;
}

async function textOf({ manifest, path, url }: Source, workspacePath: string, urlReader: InstallOptions['urlReader']): Promise<string | Record<string, unknown>> {
  if ([manifest, path, url].filter(given => given !== undefined).length !== 1) throw new InputError('Give one of manifest, path and url');
  if (path !== undefined) return readFile(resolveSafeChildPath(workspacePath, path), 'utf8');
  if (url !== undefined) return (await (await urlReader.readUrl(url)).buffer()).toString('utf8');
  return manifest ?? '';
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The one Promise that a text holds. Throws InputError that says what stands there instead. */
function promiseIn(given: string | Record<string, unknown>): DynamicObject {
  const documents = typeof given === 'string' ? parseAllYaml(given, 'the Promise') : [given];
  if (documents.length !== 1) throw new InputError(`One Promise was expected, but there are ${documents.length} documents`);
  const [document] = documents;
  const problem = isObject(document) ? notAPromise(document) : 'it must be a Kubernetes object';
  if (!isObject(document) || problem) throw new InputError(`This is no Promise: ${problem}`);
  const { status: _status, metadata, ...rest } = document;
  const { name, labels, annotations } = isObject(metadata) ? metadata : {};
  if (typeof name !== 'string' || name === '') throw new InputError('This is no Promise: metadata.name is missing');
  return {
    ...rest,
    apiVersion: PromiseKind.apiVersion,
    kind: 'Promise',
    metadata: { name, ...(isObject(labels) && { labels: texts(labels) }), annotations: texts(isObject(annotations) ? annotations : {}) },
  };
}

function texts(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/** `kratix:promise:install`: installs a Promise, or brings it to another version. */
export function createInstallAction(options: InstallOptions) {
  return createTemplateAction({
    id: 'kratix:promise:install',
    description: 'Installs a Promise from a text, a file of the workspace or an address that the portal may read',
    examples: installExamples,
    supportsDryRun: true,
    schema: {
      input: {
        cluster: requestInput.cluster,
        manifest: z => z.union([z.string(), z.record(z.any())]).optional().describe('The Promise, as an object or as YAML'),
        path: z => z.string().optional().describe('File in the workspace that holds it'),
        url: z => z.string().optional().describe('Where to read it; only what backend.reading and the integrations allow'),
        wait: z => z.boolean().optional().describe('Goes on only when the Promise can be asked for something; default: false'),
        timeout: z => z.string().optional().describe(`How long to wait, such as 90s or 30m; default: ${DEFAULT_TIMEOUT}`),
      },
      output: {
        cluster: z => z.string().describe('Name of the cluster'),
        name: z => z.string().describe('Name of the Promise'),
      },
    },
    async handler(ctx) {
      const { wait = false, timeout = DEFAULT_TIMEOUT } = ctx.input;
      milliseconds(timeout);
      await authorize(options, ctx, kratixPromiseInstallPermission);
      const { name: cluster, client } = await options.clusters.get(ctx.input.cluster);
      const promise = promiseIn(await textOf(ctx.input, ctx.workspacePath, options.urlReader));
      const { name } = promise.metadata;
      const what = `Promise "${name}" in cluster "${cluster}"`;
      const before = await existing(client, PromiseKind.type, { name });
      promise.metadata.annotations = { ...promise.metadata.annotations, ...authorAnnotations(ctx.user?.ref, before?.metadata) };

      const impersonate = await options.actAs(ctx, cluster);
      const dryRun = Boolean(ctx.isDryRun);
      const install = async (): Promise<number> => {
        try {
          const stored = await client.patch<DynamicObject>(PromiseKind.type, { name }, promise, { kind: 'apply', force: true, dryRun, impersonate });
          return stored.metadata.generation ?? 0;
        } catch (error) {
          throw error instanceof ApiError ? new Error(`${what} was refused: ${error.message}`) : error;
        }
      };
      const generation = dryRun ? await install() : await ctx.checkpoint({ key: `kratix.install.${cluster}.${name}`, fn: install });
      ctx.output('cluster', cluster);
      ctx.output('name', name);
      if (dryRun) {
        ctx.logger.info(`The API server would take ${what}; nothing was changed`);
        return;
      }
      ctx.logger.info(before ? `Changed ${what}` : `Installed ${what}`);
      if (!wait) return;
      try {
        const isReady = (object: DynamicObject | undefined) => object === undefined || isSettled(object, generation);
        const object = await watchObject(client, PromiseKind.type, { name }, isReady, within(timeout, ctx.signal));
        if (!object) throw new Error(`${what} was deleted while the task waited for it`);
        ctx.logger.info(`${what} is available`);
      } catch (error) {
        throw reasonOf(error, ctx.signal, {
          cancelled: `Waiting for ${what} was cancelled; its installation goes on`,
          late: `${what} was not available within ${timeout}; its page says what it waits for`,
        });
      }
    },
  });
}

/** Available, and as of this change where the engine says which one it has seen. */
function isSettled(object: DynamicObject, generation: number): boolean {
  const { status } = object;
  const seen = isObject(status) ? status.observedGeneration : undefined;
  return isPromiseAvailable({ ...object, status: isObject(status) ? status : {} }) && (typeof seen !== 'number' || seen >= generation);
}
