import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BucketStateStore, Destination, findCondition, GitStateStore, type Condition } from '../api';
import { coreTypes, parseAllYaml } from '../kube';
import type { DynamicObject } from '../kube/types';
import { BareRepository, scratchFolder, SSHD, startHttpServer, startSshServer, type TestServer } from '../statestore/testing/git-fixtures';
import { startGitHubStandIn, type GitHubStandIn } from '../statestore/testing/github-stand-in';
import { S3Server } from '../statestore/testing/s3-server';
import { makeCertificates } from '../testing/certificates';
import { EngineOnFake } from '../testing/engine-on-fake';

/** Jest loads no module on first use. */
jest.mock('../statestore/bucket', () => {
  const actual = jest.requireActual('../statestore/bucket');
  const sdk = jest.requireActual('@aws-sdk/client-s3');
  return { ...actual, bucketStateStoreType: { ...actual.bucketStateStoreType, create: (options: unknown) => actual.createBucketStore(options, { sdk: async () => sdk }) } };
});
jest.setTimeout(120_000);

/* What docs/state-stores.md says is applied as it stands, but for addresses, which lead to servers on this machine. */

interface Manifest extends DynamicObject {
  spec: { secretRef?: { name: string; namespace?: string }; path?: string; stateStoreRef?: { kind: string; name: string } };
  stringData?: Record<string, string>;
}

const text = readFileSync(join(__dirname, '../../../../docs/state-stores.md'), 'utf8');
const manifests = [...text.matchAll(/^```yaml\n(.*?)^```/gmsu)].flatMap(([, yaml = '']) => parseAllYaml(yaml) as Manifest[]);
const of = (...kinds: string[]) => manifests.filter(({ kind }) => kinds.includes(kind ?? ''));

const scratch = scratchFolder();
const root = join(scratch.path, 'repositories');
const closing: (() => Promise<unknown>)[] = [];
let engine: EngineOnFake;
let github: GitHubStandIn;
let bucket: S3Server;

const isReady = (object: DynamicObject) => findCondition(object.status?.conditions as Condition[] | undefined, 'Ready')?.status === 'True';
const encoded = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
const passwordOf = (name: string) => of('Secret').find(({ metadata }) => metadata.name === name)?.stringData?.password ?? '';

/** A git server that lets in whom the page's Secret would, and what the manifest says of another address. */
async function gitServer(lets: (user: string, password: string) => boolean, tls?: { key: string; cert: string }): Promise<TestServer> {
  const server = await startHttpServer(root, { lets, tls });
  closing.push(() => server.stop());
  return server;
}

interface Place {
  spec: Record<string, unknown>;
  /** Keys beside, or instead of, those that the page gives. */
  secret?: Record<string, string>;
}

/** Where each store of the page is, here. */
async function places(repository: string): Promise<Record<string, () => Promise<Place | undefined>>> {
  const path = `${repository}.git`;
  const http = async (secret: string, user?: string): Promise<Place> => {
    const server = await gitServer((given, password) => password === passwordOf(secret) && (user === undefined || given === user));
    return { spec: { url: `${server.url}/${path}`, insecure: true } };
  };
  const s3 = async () => ({ spec: { endpoint: bucket.endpoint, bucketName: bucket.bucket, insecure: true } });
  return {
    github: () => http('github-credentials'),
    'github-as-app': async () => {
      const server = await gitServer((user, password) => user === 'x-access-token' && github.knows(password));
      return { spec: { url: `${server.url}/${path}`, insecure: true }, secret: { appID: '123456', installationID: '12345678', privateKey: github.privateKeys.pkcs1, apiURL: github.apiUrl } };
    },
    gitlab: () => http('gitlab-credentials', 'oauth2'),
    'gitlab-with-rules': () => http('gitlab-credentials', 'oauth2'),
    gitea: async () => {
      if (!SSHD) return undefined;
      const folder = join(scratch.path, 'ssh');
      mkdirSync(folder, { mode: 0o700 });
      const server = await startSshServer(folder);
      closing.push(() => server.stop());
      return { spec: { url: `${server.url}${join(root, path)}` }, secret: { sshPrivateKey: server.sshPrivateKey, knownHosts: server.knownHosts } };
    },
    'gitea-https': async () => {
      const folder = join(scratch.path, 'certificates');
      mkdirSync(folder);
      const certificates = makeCertificates(folder);
      if (!certificates) return undefined;
      const server = await gitServer((user, password) => user === 'platform' && password === passwordOf('gitea-credentials'), certificates);
      return { spec: { url: `${server.url}/${path}` }, secret: { caFile: certificates.ca } };
    },
    local: async () => ({ spec: { url: `file://${join(root, path)}` } }),
    fleet: s3,
    'fleet-by-role': s3,
  };
}

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
  github = await startGitHubStandIn(() => Date.now());
  bucket = await S3Server.start();
  engine = await EngineOnFake.start({ cacheDir: join(scratch.path, 'cache') });
});
afterAll(async () => {
  await engine.stop();
  for (const close of closing.splice(0).reverse()) await close();
  await github.stop();
  await bucket.stop();
  scratch.remove();
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
});

it.each(of('GitStateStore', 'BucketStateStore').map(store => [store.metadata.name, store]))('the store %s of docs/state-stores.md is Ready, and so is a Destination of it', async (name, store) => {
  const repository = await BareRepository.create(join(root, `${name}.git`));
  const place = await (await places(name))[name]?.();
  // without sshd or openssl on this machine there is no such server
  if (!place) return;
  const { secretRef } = store.spec;
  if (secretRef) {
    const given = of('Secret').find(({ metadata }) => metadata.name === secretRef.name)?.stringData;
    engine.put(coreTypes.Secret, { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretRef.name, namespace: secretRef.namespace }, data: encoded({ ...given, ...place.secret }) });
  }
  const isGit = store.kind === 'GitStateStore';
  const type = isGit ? GitStateStore.type : BucketStateStore.type;
  engine.put(type, { ...store, spec: { ...store.spec, ...place.spec } });
  await engine.until(type, name, 'ready', isReady, 30_000);
  const documented = of('Destination').find(({ spec }) => spec.stateStoreRef?.name === name);
  const destination = documented ?? { metadata: { name: `of-${name}` }, spec: { path: 'clusters/x', stateStoreRef: { kind: store.kind, name } } };
  engine.put(Destination.type, destination);
  await engine.until(Destination.type, destination.metadata.name, 'ready', isReady, 30_000);
  const below = [store.spec.path, destination.spec.path].filter(Boolean).join('/');
  const files = isGit ? await repository.files() : [...bucket.objects.keys()];
  expect(files).toContain(`${below}/resources/kratix-canary-configmap.yaml`);
});

it('the page has a store for GitHub, GitLab, Gitea, a local folder and S3', () =>
  expect(of('GitStateStore', 'BucketStateStore').map(({ metadata }) => metadata.name)).toEqual(['github', 'github-as-app', 'gitlab', 'gitlab-with-rules', 'gitea', 'gitea-https', 'local', 'fleet', 'fleet-by-role']));
