import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBareRepository } from '@kratix-ts/cli';
import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import {
  aContainer,
  aGitStore,
  aName,
  aPipeline,
  type APromise,
  aPromise,
  aRequest,
  complaintsOf,
  conditionOf,
  isTrue,
  PLATFORM,
  requestFolder,
  TestCluster,
  types,
} from './support';

/* What users get wrong ends in a condition that names what to mend; nothing is delivered by half, nobody else waits. */

let cluster: TestCluster;
let destination: string;
const pool = aName('pool');

beforeAll(async () => {
  cluster = await TestCluster.open();
  destination = await cluster.destination({ pool });
});
afterAll(() => cluster?.close());

const good = () => aContainer(`echo 'text: good' >/kratix/output/good.yaml`);

/** Waits for a sentence in the conditions of an object. */
async function untilComplaint(type: typeof types.Promise, object: DynamicObject, ...words: (string | RegExp)[]) {
  const says = (text: string) => words.every(word => (typeof word === 'string' ? text.includes(word) : word.test(text)));
  return cluster.untilObject(type, object.metadata, `a condition that says ${words.join(' and ')}`, found => says(complaintsOf(found)));
}

describe('a Promise', () => {
  async function isRefused(object: DynamicObject, ...words: (string | RegExp)[]) {
    await cluster.create(types.Promise, object);
    const found = await untilComplaint(types.Promise, object, ...words);
    expect(isTrue(found, 'Available')).toBe(false);
  }

  it('A4: whose API is no CustomResourceDefinition says so', async () => {
    await isRefused(aPromise({ api: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: aName() } } }).object, 'spec.api');
  });

  it('A4: whose API the server refuses gives the server’s words', async () => {
    const promise = aPromise();
    const { api } = promise.object.spec as { api: { spec: { versions: { schema: { openAPIV3Schema: object } }[] } } };
    api.spec.versions[0].schema.openAPIV3Schema = { type: 'object', properties: { spec: { type: 'colour' } } };
    await isRefused(promise.object, /colour|type/);
  });

  it('with something else than a pipeline in a workflow names the place', async () => {
    const name = aName('odd-');
    const configure = [{ ...aPipeline([good()], { name }), kind: 'Pipelines' }];
    await isRefused(aPromise({ workflows: { resource: { configure } } }).object, name, 'Pipelines');
  });

  it('A16: with a pipeline without containers names the pipeline', async () => {
    const name = aName('empty-');
    await isRefused(aPromise({ workflows: { resource: { configure: [aPipeline([], { name })] } } }).object, name, 'containers');
  });

  it('that is no Promise is refused by the API server, or says so', async () => {
    const object: DynamicObject = { apiVersion: PLATFORM, kind: 'Promise', metadata: { name: aName('odd-') }, spec: { workflows: { resource: { configure: 'none' } } } };
    await expect(cluster.create(types.Promise, object)).rejects.toThrow(/spec\.workflows\.resource\.configure/);
  });
});

interface Case {
  title: string;
  /** The hazard that it is. */
  item: string;
  container: Record<string, unknown>;
  /** What a condition of the request must name. */
  names: (string | RegExp)[];
  timeout?: string;
}

const bad = aName('bad-');
const missing = aName('missing-');
const present = aName('present-');
const script = (text: string) => aContainer(text, { name: bad });

/** A kubelet says why a container cannot start only with its next look at the pod, up to ten seconds later. */
const KUBELET_PATIENCE = '20s';

// a shell that is a container's first process does not die of its own signals; Kubernetes makes one dollar of two
const cases: Case[] = [
  { item: 'B23', title: 'a container that exits 1', container: script('echo sorry >&2; exit 1'), names: [bad, '1'] },
  { item: 'B23', title: 'a container that exits 42', container: script('exit 42'), names: [bad, '42'] },
  { item: 'B23', title: 'a container that is killed half way', container: script(`echo 'a: 1' >/kratix/output/half.yaml; sh -c 'kill -KILL $$$$'; exit $?`), names: [bad, '137'] },
  { item: 'B23', title: 'a container that is told to end half way', container: script(`echo 'a: 1' >/kratix/output/half.yaml; sh -c 'kill -TERM $$$$'; exit $?`), names: [bad, '143'] },
  { item: 'B23', title: 'a container that crashes half way', container: script(`echo 'a: 1' >/kratix/output/half.yaml; sh -c 'kill -SEGV $$$$'; exit $?`), names: [bad, '139'] },
  { item: 'B25', title: 'a command that is not there', container: aContainer('true', { name: bad, command: ['/bin/no-such-command'] }), names: [bad], timeout: KUBELET_PATIENCE },
  { item: 'B25', title: 'an image that is not there', container: aContainer('true', { name: bad, image: 'docker.io/library/no-such-image:1' }), names: [bad, 'no-such-image'], timeout: KUBELET_PATIENCE },
  { item: 'B39', title: 'a container that changes its input', container: script('echo x >/kratix/input/object.yaml'), names: [bad] },
  { item: 'B24', title: 'a container that never ends, nor when it is told to', container: script(`trap '' TERM; while true; do sleep 1; done`), names: [bad], timeout: '8s' },
  {
    item: 'B25',
    title: 'a Secret that is missing',
    container: aContainer('true', { name: bad, env: [{ name: 'A', valueFrom: { secretKeyRef: { name: missing, key: 'a' } } }] }),
    names: [missing],
    timeout: KUBELET_PATIENCE,
  },
  {
    item: 'B25',
    title: 'a key that is missing in a Secret',
    container: aContainer('true', { name: bad, env: [{ name: 'A', valueFrom: { secretKeyRef: { name: present, key: missing } } }] }),
    names: [missing],
    timeout: KUBELET_PATIENCE,
  },
  { item: 'B28', title: 'output that is not YAML', container: script(`printf 'a: [' >/kratix/output/broken.yaml`), names: ['broken.yaml'] },
  { item: 'B32', title: 'a link out of the output', container: script('ln -s /etc/passwd /kratix/output/link.yaml'), names: ['link.yaml'] },
  { item: 'B32', title: 'a link to a folder outside', container: script('ln -s /etc /kratix/output/folder'), names: ['folder'] },
  { item: 'B34', title: 'output that is taken for git’s own', container: script('mkdir /kratix/output/.git; echo a >/kratix/output/.git/config'), names: ['.git'] },
  { item: 'B35', title: 'a status that is not YAML', container: script(`printf 'a: [' >/kratix/metadata/status.yaml`), names: ['status.yaml'] },
  { item: 'B35', title: 'a status with the engine’s own key', container: script(`echo 'kratix: {}' >/kratix/metadata/status.yaml`), names: ['status.yaml', 'kratix'] },
  {
    item: 'B37',
    title: 'selectors that select nothing',
    container: script(`echo '- directory: a' >/kratix/metadata/destination-selectors.yaml`),
    names: ['destination-selectors.yaml'],
  },
];

describe('a request', () => {
  beforeAll(() =>
    cluster.create(coreTypes.Secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: present, namespace: cluster.namespace },
    }),
  );

  async function fails({ container, names, timeout }: Case): Promise<{ promise: APromise; request: DynamicObject }> {
    const pipeline = aPipeline([good(), container], timeout ? { timeout } : {});
    const promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [pipeline] } } });
    await cluster.install(promise);
    const request = aRequest(promise.type, cluster.namespace);
    await cluster.create(promise.type, request);
    const failed = await cluster.untilObject(promise.type, request.metadata, 'a failed workflow', object =>
      conditionOf(object, 'ConfigureWorkflowCompleted')?.reason === 'ConfigureWorkflowFailed',
    );
    for (const word of [pipeline.metadata.name, ...names]) expect(complaintsOf(failed)).toMatch(word);
    expect(conditionOf(failed, 'Reconciled')).toMatchObject({ status: 'False' });
    return { promise, request };
  }

  it.each(cases)('$item: with $title says so, and delivers nothing', async one => {
    const { promise, request } = await fails(one);
    expect(await cluster.filesIn(requestFolder(destination, promise.name, request))).toEqual(new Map());
    await cluster.delete(promise.type, request.metadata);
    await cluster.untilGone(promise.type, request.metadata);
  });

  it('that was Ready keeps its files when a later run fails', async () => {
    const text = `grep -q 'isBad: true' /kratix/input/object.yaml && exit 3; echo 'text: good' >/kratix/output/good.yaml`;
    const promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [aPipeline([aContainer(text)])] } } });
    await cluster.install(promise);
    const request = aRequest(promise.type, cluster.namespace, { isBad: false });
    await cluster.create(promise.type, request);
    await cluster.untilReady(promise.type, request.metadata);
    await cluster.merge(promise.type, request.metadata, { spec: { isBad: true } });
    await untilComplaint(promise.type, request, '3');
    const files = await cluster.filesIn(requestFolder(destination, promise.name, request));
    expect([...files.keys()]).toEqual([expect.stringMatching(/good\.yaml$/)]);
    await cluster.merge(promise.type, request.metadata, { spec: { isBad: false } });
    await cluster.untilReady(promise.type, request.metadata);
  });

  it('whose store refuses the push says what the store said, and others are delivered meanwhile', async () => {
    const store = aName('refusing-');
    const words = aName('not-on-sundays-');
    await refusingStore(store, words);
    const target = aName('pool');
    await cluster.create(types.Destination, {
      apiVersion: PLATFORM,
      kind: 'Destination',
      metadata: { name: aName('destination-'), labels: { pool: target } },
      spec: { path: 'x', strictMatchLabels: true, stateStoreRef: { kind: 'GitStateStore', name: store } },
    });
    const workflows = { resource: { configure: [aPipeline([good()])] } };
    const refused = aPromise({ selector: { pool: target }, workflows });
    const other = aPromise({ selector: { pool }, workflows });
    await cluster.install(refused);
    await cluster.install(other);
    const stuck = aRequest(refused.type, cluster.namespace);
    const fine = aRequest(other.type, cluster.namespace);
    await cluster.create(refused.type, stuck);
    await cluster.create(other.type, fine);
    await cluster.untilReady(other.type, fine.metadata);
    const placed = await cluster.view(types.WorkPlacement);
    const isStuck = (text: string) => text.includes(words);
    await cluster.until(
      `a WorkPlacement that says "${words}"`,
      () => placed.list().find(object => object.metadata.namespace === cluster.namespace && isStuck(complaintsOf(object))),
      { seen: () => placed.list().map(complaintsOf) },
    );
    const request = (await cluster.view(refused.type)).get(`${cluster.namespace}/${stuck.metadata.name}`);
    expect(isTrue(request, 'Reconciled')).toBe(false);
  });
});

/** A repository whose hook refuses every push with these words. */
async function refusingStore(name: string, words: string): Promise<void> {
  const folder = join(cluster.store.folder, '..', `${name}.git`);
  await createBareRepository(folder);
  const hooks = join(folder, 'hooks');
  await mkdir(hooks, { recursive: true });
  await writeFile(join(hooks, 'pre-receive'), `#!/bin/sh\necho "${words}"\nexit 1\n`);
  await chmod(join(hooks, 'pre-receive'), 0o755);
  await cluster.create(types.GitStateStore, aGitStore(pathToFileURL(folder).href, name));
}
