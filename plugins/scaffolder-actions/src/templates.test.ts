import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Promise as PromiseKind, crds } from '@kratix-ts/core/api';
import { connect, coreTypes, parseYaml, typeOf, type DynamicObject, type KubeClient, type KubeObject } from '@kratix-ts/core/kube';
import { aLogger, BareRepository, eventually, startHttpServer } from '@kratix-ts/core/testing';
import { startCluster } from '@kratix-ts/local-cluster';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aTask, filledIn, runStep, type Fields, type Step } from './__testUtils__/taskRunner';
import { ClusterConnections } from './ClusterConnections';
import { createManifestAction } from './manifestAction';
import { createPushAction } from './pushAction';

jest.setTimeout(60_000);

interface Template {
  kind: string;
  spec: { parameters: { properties: Fields; required: string[] }[]; steps: Step[]; output: unknown };
}

/** The input and output of the published actions that the templates use. */
const published: Record<string, { input: string[]; output: string[] }> = {
  'publish:github:pull-request': { input: ['repoUrl', 'branchName', 'title', 'description'], output: ['remoteUrl'] },
  'publish:gitlab:merge-request': { input: ['repoUrl', 'branchName', 'title', 'description', 'commitAction'], output: ['mergeRequestUrl'] },
  'publish:bitbucketCloud:pull-request': { input: ['repoUrl', 'targetBranch', 'sourceBranch', 'title', 'description'], output: ['pullRequestUrl'] },
};

const examples = join(__dirname, '../../../examples');
const read = (path: string) => parseYaml(readFileSync(join(examples, path), 'utf8'), path);
const names = readdirSync(join(examples, 'templates'));

let dir: string;
let client: KubeClient;
let repository: BareRepository;
let ours: Record<string, { handler: unknown }>;
let end: () => Promise<void>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kratix-templates-'));
  const embedded = await startCluster({ dir: join(dir, 'cluster'), pods: false, log: aLogger() });
  const source = { file: embedded.kubeconfig };
  client = await connect(source);
  const promise = read('application-environment/promise.yaml') as DynamicObject & { spec: { api: KubeObject } };
  const { api } = promise.spec;
  const labels = { 'kratix.io/promise-name': promise.metadata.name };
  for (const crd of [...crds(), { ...api, metadata: { ...api.metadata, labels } }]) await client.create(coreTypes.CustomResourceDefinition, crd);
  const type = typeOf('example.kratix-ts.dev/v1alpha1', 'ApplicationEnvironment', 'applicationenvironments');
  await eventually('the API to be served', async () => client.list(type), 20_000);
  await eventually('Promises to be served', async () => client.list(PromiseKind.type), 20_000);
  await client.create(PromiseKind.type, promise);

  repository = await BareRepository.create(join(dir, 'requests.git'));
  await repository.commitAs('Begin', { 'README.md': 'Requests\n' });
  const server = await startHttpServer(dir, { user: 'portal', password: 'word' });
  const authorize = async (asked: unknown[]) => asked.map(() => ({ result: AuthorizeResult.ALLOW }));
  const permissions = mockServices.permissions.mock({ authorize: authorize as never });
  const clusters = new ClusterConnections([{ name: 'demo', source }]);
  const actions = [
    createManifestAction({ clusters, actAs: async () => undefined, permissions }),
    createPushAction({ permissions, repositories: [{ name: 'requests', url: `${server.url}/requests.git`, username: 'portal', password: 'word' }] }),
  ];
  ours = Object.fromEntries(actions.map(action => [action.id, action]));
  end = async () => {
    await server.stop();
    await clusters.close();
    await client.close();
    await embedded.stop();
    await rm(dir, { recursive: true, force: true });
  };
});

afterAll(() => end?.());

const aClone = () => mkdtemp(join(dir, 'clone-'));

async function walk(template: Template, parameters: Fields): Promise<Fields> {
  const workspacePath = await mkdtemp(join(dir, 'workspace-'));
  const steps: Record<string, { output: Fields }> = {};
  for (const { id, action, input } of template.spec.steps) {
    const given = filledIn(input, { parameters, steps }) as Fields;
    const known = published[action];
    if (known) {
      expect(known.input).toEqual(expect.arrayContaining(Object.keys(given)));
      steps[id] = { output: Object.fromEntries(known.output.map(name => [name, `https://git.example.org/${name}`])) };
      continue;
    }
    expect(Object.keys(ours)).toContain(action);
    const task = aTask(given, { workspacePath, createTemporaryDirectory: aClone });
    await runStep(ours[action], task);
    steps[id] = { output: task.outputs };
  }
  return filledIn(template.spec.output, { parameters, steps }) as Fields;
}

it.each(names)('the template %s asks, writes and delivers', async name => {
  const template = read(`templates/${name}`) as Template;
  expect(template.kind).toBe('Template');
  const asked = template.spec.parameters.flatMap(page => Object.keys(page.properties));
  expect(asked).toEqual(['name', 'namespace', 'spec']);
  const output = await walk(template, { name: 'shop', namespace: 'default', spec: { team: 'shop', size: 'small' } });
  expect(JSON.stringify(output)).toContain('component:default/shop.application-environment');
  expect(JSON.stringify(output)).not.toContain('undefined');
});

it('the branch that was pushed has the file of the request', async () => {
  expect(await repository.files('request/default/shop')).toEqual(['README.md', 'requests/default/shop.yaml']);
  expect(parseYaml(await repository.read('requests/default/shop.yaml', 'request/default/shop'))).toMatchObject({ kind: 'ApplicationEnvironment', spec: { team: 'shop' } });
});
