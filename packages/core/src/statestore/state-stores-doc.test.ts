import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BucketStateStore, Destination, GitStateStore } from '../api';
import { parseAllYaml } from '../kube';
import { checkBucketSpec, type BucketStoreSpec } from './bucket-spec';
import { createGitStore } from './git';
import type { GitStoreSpec } from './git-spec';
import { scratchFolder } from './testing/git-fixtures';

const text = readFileSync(join(__dirname, '../../../../docs/state-stores.md'), 'utf8');
const scratch = scratchFolder();

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec?: GitStoreSpec;
  stringData?: Record<string, string>;
}

const manifests = [...text.matchAll(/^```yaml\n(.*?)^```/gmsu)].flatMap(([, yaml = '']) => parseAllYaml(yaml) as Manifest[]);
const stores = manifests.filter(({ kind }) => kind === 'GitStateStore');

/** What the page has the reader make with kubectl, from key files. */
function keysFor(authMethod = 'basicAuth'): Record<string, string> | undefined {
  if (authMethod === 'githubApp') {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    return { appID: '123456', installationID: '12345678', privateKey: key };
  }
  if (authMethod !== 'ssh') return undefined;
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(scratch.path, 'deploy-key')]);
  return { sshPrivateKey: readFileSync(join(scratch.path, 'deploy-key'), 'utf8'), knownHosts: 'git.example.com ssh-ed25519 AAAA' };
}

afterAll(() => scratch.remove());

describe('docs/state-stores.md', () => {
  it('sets up GitHub, GitLab, Gitea and a local folder', () =>
    expect(stores.map(({ metadata }) => metadata.name)).toEqual(['github', 'github-as-app', 'gitlab', 'gitlab-with-rules', 'gitea', 'gitea-https', 'local']));

  it.each(manifests.filter(({ kind }) => kind !== 'Secret').map(manifest => [`${manifest.kind} ${manifest.metadata.name}`, manifest]))('%s is valid', (_, manifest) => {
    const kind = [GitStateStore, BucketStateStore, Destination].find(({ type }) => type.kind === manifest.kind);
    expect(kind?.problems(manifest)).toEqual([]);
  });

  it.each(stores.map(store => [store.metadata.name, store]))('a store can be opened as %s, with its Secret', async (name, { spec = {} }) => {
    const secret = manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === spec.secretRef?.name)?.stringData ?? keysFor(spec.authMethod);
    await createGitStore({ name, spec, secret, allowLocal: true, cacheDir: scratch.path }).close();
    expect(secret === undefined).toBe(name === 'local');
  });

  it.each(manifests.filter(({ kind }) => kind === 'BucketStateStore').map(store => [store.metadata.name, store]))('a bucket can be opened as %s, with its Secret', (name, { spec = {} }) => {
    const secret = manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === spec.secretRef?.name)?.stringData;
    const { bucket, region, keys } = checkBucketSpec(spec as BucketStoreSpec, secret);
    expect([bucket, region, keys !== undefined]).toEqual(['example-fleet', 'eu-west-1', name === 'fleet']);
  });

  it.each(Object.keys(BucketStateStore.fields.shape.spec.unwrap().shape))('tells of a bucket’s spec.%s', field => expect(text).toContain(`\`${field}\``));

  it.each(Object.keys(GitStateStore.fields.shape.spec.unwrap().shape))('tells of spec.%s', field => expect(text).toContain(`| \`${field}\``));
});
