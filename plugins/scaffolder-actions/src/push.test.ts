import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { BareRepository, startHttpServer } from '@kratix-ts/core/testing';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aTask, runStep, stepsOf, type Fields } from './__testUtils__/taskRunner';
import { createPushAction } from './pushAction';
import { repositoriesFromConfig } from './repositories';

jest.setTimeout(60_000);

const configOf = (repository: object) => mockServices.rootConfig({ data: { kratix: { repositories: [{ ...repository }] } } });

const authorize = jest.fn();
const permissions = mockServices.permissions.mock({ authorize });
let dir: string;
let server: Awaited<ReturnType<typeof startHttpServer>>;
let repository: BareRepository;
let action: ReturnType<typeof createPushAction>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kratix-push-'));
  repository = await BareRepository.create(join(dir, 'requests.git'));
  await repository.commitAs('Begin', { 'README.md': 'Requests\n' });
  server = await startHttpServer(dir, { user: 'portal', password: 's3cret-word' });
  const repositories = repositoriesFromConfig(configOf({ name: 'requests', url: `${server.url}/requests.git`, username: 'portal', password: 's3cret-word' }));
  action = createPushAction({ permissions, repositories });
  await mkdir(join(dir, 'workspace/requests'), { recursive: true });
  await writeFile(join(dir, 'workspace/requests/orders.yaml'), 'kind: Database\n');
});

beforeEach(() => {
  authorize.mockReset();
  authorize.mockResolvedValue([{ result: AuthorizeResult.ALLOW }]);
});

afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

let folders = 0;
async function walk(input: Fields, extra: Fields = {}, checkpoints?: Map<string, unknown>) {
  const createTemporaryDirectory = async () => mkdtemp(join(dir, `clone-${(folders += 1)}-`));
  const task = aTask(input, { workspacePath: join(dir, 'workspace'), createTemporaryDirectory, ...extra }, checkpoints);
  await runStep(action, task);
  return task;
}

describe('kratix:branch:push', () => {
  it('pushes the file on a branch of its own, once', async () => {
    const [{ input }] = stepsOf(action.examples?.[0].example ?? '', { name: 'orders' });
    const kept = new Map<string, unknown>();
    const task = await walk(input, {}, kept);
    expect(task.outputs).toEqual({ branch: 'request/orders', commit: await repository.head('request/orders') });
    expect(await repository.files('request/orders')).toEqual(['README.md', 'requests/orders.yaml']);
    expect(await repository.read('requests/orders.yaml', 'request/orders')).toBe('kind: Database');
    expect(await repository.files()).toEqual(['README.md']);
    await walk(input, {}, kept);
    expect(await repository.commits('request/orders')).toEqual(['Request the database orders', 'Begin']);
    expect(JSON.stringify(task.lines)).not.toContain('s3cret-word');
  });

  it.each<[string, Fields, string]>([
    ['a repository that is not configured', { repository: 'other' }, 'There is no repository "other" in kratix.repositories; there are: requests'],
    ['the branch that others begin at', { branch: 'main' }, 'no name for a branch of its own'],
    ['a branch that is an option', { branch: '--force' }, 'no name for a branch of its own'],
    ['a file outside of the workspace', { path: '../requests.git' }, 'path'],
  ])('refuses %s', async (_, input, message) => {
    await expect(walk({ repository: 'requests', branch: 'x', path: 'requests', message: 'm', ...input })).rejects.toThrow(message);
  });

  it('asks whether the user may, and pushes nothing otherwise', async () => {
    authorize.mockResolvedValue([{ result: AuthorizeResult.DENY }]);
    const input = { repository: 'requests', branch: 'denied', path: 'requests', message: 'm' };
    for (const isDryRun of [false, true]) await expect(walk(input, { isDryRun })).rejects.toThrow('kratix.branch.push');
    const [asked, { credentials }] = authorize.mock.calls[0];
    expect(asked).toEqual([{ permission: expect.objectContaining({ name: 'kratix.branch.push' }) }]);
    expect(credentials.principal.userEntityRef).toBe('user:default/ana');
    await expect(repository.head('denied')).rejects.toThrow();
  });

  it('pushes nothing in a dry run', async () => {
    const task = await walk({ repository: 'requests', branch: 'dry', path: 'requests', message: 'm' }, { isDryRun: true });
    expect(task.lines).toEqual(['Would push requests on branch dry of requests']);
    await expect(repository.head('dry')).rejects.toThrow();
  });

  it('wants credentials apart from the address', () => {
    const config = configOf({ name: 'x', url: 'https://me:word@git.example.org/x.git' });
    expect(() => repositoriesFromConfig(config)).toThrow('kratix.repositories[0].url must be an HTTP address without credentials');
  });
});
