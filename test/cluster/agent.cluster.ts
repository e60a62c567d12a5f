import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DestinationAgent } from '@kratix-ts/cli';
import { coreTypes, toYaml, typeOf } from '@kratix-ts/core/kube';
import { aName, aType, crdOf, TestCluster } from './support';

/* The agent makes a cluster look like a repository, as GitOps tools do. */

const run = promisify(execFile);
let cluster: TestCluster;
let clone: string;
let agent: DestinationAgent;
const warnings: string[] = [];

async function git(...args: string[]) {
  await run('git', ['-C', clone, '-c', 'user.name=suite', '-c', 'user.email=suite@example.com', ...args]);
}

async function push(change: () => Promise<void>) {
  await change();
  await git('add', '-A');
  await git('commit', '-qm', 'change');
  await git('push', '-q', 'origin', 'HEAD:refs/heads/main');
}

async function write(path: string, ...objects: unknown[]) {
  const file = join(clone, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, objects.map(object => (typeof object === 'string' ? object : toYaml(object))).join('---\n'));
}

const configMap = (name: string, text: string, namespace = cluster.namespace) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { text },
});

function warn(message: string) {
  warnings.push(message);
  cluster.changes.notify();
}

function start(): DestinationAgent {
  const made = new DestinationAgent({
    kube: cluster.kube,
    repository: cluster.store,
    paths: ['ours'],
    inventory: { namespace: cluster.namespace, name: 'inventory' },
    log: { info: () => {}, warn },
  });
  made.start();
  return made;
}

const untilText = (name: string, text: string, namespace = cluster.namespace) =>
  cluster.untilObject(coreTypes.ConfigMap, { name, namespace }, `text ${text}`, object => (object as { data?: { text?: string } }).data?.text === text);

beforeAll(async () => {
  cluster = await TestCluster.open();
  clone = await mkdtemp(join(dirname(cluster.store.folder), 'clone-'));
  await run('git', ['clone', '-q', cluster.store.folder, clone]);
  await git('checkout', '-q', '--orphan', 'main');
  agent = start();
});
afterAll(async () => {
  await agent?.stop();
  await cluster?.close();
  await rm(clone, { recursive: true, force: true });
});

it('applies what is committed, namespaces and definitions first', async () => {
  const namespace = aName('delivered-');
  const type = aType();
  await push(async () => {
    await write('ours/a.yaml', configMap('a', 'one'), { apiVersion: type.group + '/' + type.version, kind: type.kind, metadata: { name: 'thing', namespace } });
    await write('ours/b/namespace.yaml', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await write('ours/b/definition.yaml', crdOf(type));
    await write('ours/b/inner.yaml', configMap('inner', 'one', namespace));
    await write('ours/settings.yaml', 'replicas: 3\n');
    await write('theirs/c.yaml', configMap('c', 'one'));
  });
  await untilText('a', 'one');
  await untilText('inner', 'one', namespace);
  await cluster.untilObject(typeOf(`${type.group}/${type.version}`, type.kind, type.plural), { name: 'thing', namespace }, 'to be there', () => true);
  const maps = await cluster.view(coreTypes.ConfigMap);
  expect(maps.get(`${cluster.namespace}/c`)).toBeUndefined();
  await push(() => rm(join(clone, 'ours/b'), { recursive: true }));
  await cluster.untilGone(coreTypes.Namespace, { name: namespace });
  await cluster.untilGone(coreTypes.CustomResourceDefinition, { name: `${type.plural}.${type.group}` });
  await push(() => write('ours/a.yaml', configMap('a', 'one')));
});

it('applies changes, and deletes what is in no file any more', async () => {
  await push(async () => {
    await write('ours/a.yaml', configMap('a', 'two'));
    await write('ours/d.yaml', configMap('d', 'one'), configMap('e', 'one'));
  });
  await untilText('a', 'two');
  await untilText('e', 'one');
  await push(() => write('ours/d.yaml', configMap('d', 'two')));
  await untilText('d', 'two');
  await cluster.untilGone(coreTypes.ConfigMap, { name: 'e', namespace: cluster.namespace });
});

it('names the file that it cannot read or apply, applies the others, and goes on once it is mended', async () => {
  await push(async () => {
    await write('ours/bad.yaml', 'a: [');
    await write('ours/unknown.yaml', { apiVersion: 'nobody.example.com/v1', kind: 'Nothing', metadata: { name: 'x' } });
    await write('ours/a.yaml', configMap('a', 'three'));
  });
  await untilText('a', 'three');
  const isWarned = (words: string) => warnings.some(text => text.includes(words));
  await cluster.until('warnings', () => isWarned('ours/bad.yaml') && isWarned('Nothing "x"'), { seen: () => warnings });
  await push(async () => {
    await write('ours/bad.yaml', configMap('bad', 'one'));
    await rm(join(clone, 'ours/unknown.yaml'));
  });
  await untilText('bad', 'one');
});

it('finds what it brought after a restart', async () => {
  await agent.stop();
  await push(() => rm(join(clone, 'ours/bad.yaml')));
  agent = start();
  await cluster.untilGone(coreTypes.ConfigMap, { name: 'bad', namespace: cluster.namespace });
});
