import { coreTypes, type DynamicObject, parseAllYaml, parseYaml } from '@kratix-ts/core/kube';
import {
  aContainer,
  aName,
  aPipeline,
  type APromise,
  aPromise,
  aRequest,
  conditionOf,
  requestFolder,
  TestCluster,
  types,
  type WithStatus,
} from './support';

/* One Promise with all four workflows goes from its installation to its deletion; each test looks at one stretch. */

let cluster: TestCluster;
let promise: APromise;
let near: string;
let far: string;

const pool = aName('pool');
const names = {
  settings: aName('settings-'),
  secret: aName('secret-'),
  promisePipeline: aName('prepare-'),
  first: aName('first-'),
  second: aName('second-'),
  farewell: aName('farewell-'),
  retire: aName('retire-'),
};
const values = { secret: aName('s'), setting: aName('m'), plain: aName('p'), outcome: aName('o') };

/** Copies its input, and writes all that it was given. */
const describeInput = `
cp /kratix/input/object.yaml /kratix/output/object.yaml
env | grep '^KRATIX_' | sort >/kratix/output/variables.txt
`;

function firstPipeline() {
  const volumeMounts = [
    { name: 'scratch', mountPath: '/scratch' },
    { name: 'settings', mountPath: '/settings' },
  ];
  const write = aContainer(
    `${describeInput}
    printf 'plain: "%s"\\nsecret: "%s"\\nsetting: "%s"\\nall: "%s"\\n' "$PLAIN" "$SECRET" "$SETTING" "$ALL_setting" >/kratix/output/given.yaml
    cat /settings/setting >/kratix/output/volume.txt
    echo 'text: before' >/kratix/output/change.yaml
    echo 'text: removed later' >/kratix/output/remove.yaml
    mkdir -p /kratix/output/deep/er
    echo 'text: deep' >/kratix/output/deep/er/file.yaml
    echo "spec: $(grep 'word:' /kratix/input/object.yaml | sed 's/.*word: *//')" >/kratix/output/word.yaml
    echo 'left by the first' >/kratix/metadata/note
    echo 'kept in the volume' >/scratch/note
    printf 'outcome: "%s"\\nmessage: half way\\n' ${values.outcome} >/kratix/metadata/status.yaml
    if echo x 2>/dev/null >/kratix/input/new; then echo 'input: writable' >/kratix/output/input.yaml; fi`,
    {
      env: [
        { name: 'PLAIN', value: values.plain },
        { name: 'SECRET', valueFrom: { secretKeyRef: { name: names.secret, key: 'secret' } } },
        { name: 'SETTING', valueFrom: { configMapKeyRef: { name: names.settings, key: 'setting' } } },
      ],
      envFrom: [{ prefix: 'ALL_', configMapRef: { name: names.settings } }],
      volumeMounts,
    },
  );
  const change = aContainer(
    `sed 's/before/after/' /kratix/output/change.yaml >/scratch/change.yaml
    cat /scratch/change.yaml >/kratix/output/change.yaml
    rm /kratix/output/remove.yaml
    printf 'metadata: "%s"\\nvolume: "%s"\\n' "$(cat /kratix/metadata/note)" "$(cat /scratch/note)" >/kratix/output/passed.yaml
    printf -- '- matchLabels:\\n    place: near\\n' >/kratix/metadata/destination-selectors.yaml`,
    { volumeMounts },
  );
  const volumes = [
    { name: 'scratch', emptyDir: {} },
    { name: 'settings', configMap: { name: names.settings } },
  ];
  return aPipeline([write, change], { name: names.first, volumes });
}

function secondPipeline() {
  const script = `${describeInput}
  mkdir /kratix/output/elsewhere
  echo 'text: elsewhere' >/kratix/output/elsewhere/file.yaml
  cat /proc/sys/kernel/random/uuid >/kratix/output/run.txt
  printf -- '- matchLabels:\\n    place: near\\n- directory: elsewhere\\n  matchLabels:\\n    place: far\\n' >/kratix/metadata/destination-selectors.yaml
  echo 'message: all done' >/kratix/metadata/status.yaml`;
  return aPipeline([aContainer(script)], { name: names.second });
}

const mustNotArrive = (name: string) =>
  aPipeline([aContainer(`echo 'text: late' >/kratix/output/must-not-arrive.yaml`)], { name });

beforeAll(async () => {
  cluster = await TestCluster.open();
  near = await cluster.destination({ pool, place: 'near' });
  far = await cluster.destination({ pool, place: 'far' });
  const metadata = { namespace: cluster.namespace };
  const settings: DynamicObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, name: names.settings },
    data: { setting: values.setting },
  };
  const secret: DynamicObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, name: names.secret },
    stringData: { secret: values.secret },
  };
  await cluster.create(coreTypes.ConfigMap, settings);
  await cluster.create(coreTypes.Secret, secret);
  promise = aPromise({
    selector: { pool },
    dependencies: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: aName('static-') } }],
    workflows: {
      promise: {
        configure: [aPipeline([aContainer(describeInput)], { name: names.promisePipeline })],
        delete: [mustNotArrive(names.retire)],
      },
      resource: {
        configure: [firstPipeline(), secondPipeline()],
        delete: [mustNotArrive(names.farewell)],
      },
    },
  });
});
afterAll(() => cluster?.close());

/** The folder of one pipeline's files; its last part is derived from the directory of the workload group. */
const ROOT_GROUP = '5058f';
const folderOf = (destination: string, request: DynamicObject, pipeline: string) =>
  `${requestFolder(destination, promise.name, request)}/${pipeline}/${ROOT_GROUP}`;

function read(files: Map<string, string>, name: string): Record<string, unknown> {
  const text = files.get(name);
  if (text === undefined) throw new Error(`there is no ${name} among ${[...files.keys()]}`);
  return parseYaml(text, name) as Record<string, unknown>;
}

function variablesOf(files: Map<string, string>): Record<string, string> {
  const lines = (files.get('variables.txt') ?? '').trim().split('\n');
  return Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe('a Promise', () => {
  it('B-PR-40: becomes Available once its own workflow has run', async () => {
    await cluster.install(promise);
    const installed = await cluster.kube.get<WithStatus>(types.Promise, promise.object.metadata);
    expect(conditionOf(installed, 'Available')).toMatchObject({ status: 'True', reason: 'PromiseAvailable' });
    expect(installed.status).toMatchObject({
      status: 'Available',
      kind: promise.type.kind,
      apiVersion: `${promise.type.group}/${promise.type.version}`,
    });
  });

  it('B-PR-20, B-SS-30: brings its dependencies to every destination that matches', async () => {
    for (const destination of [near, far]) {
      const files = await cluster.untilFiles(`${destination}/dependencies/${promise.name}`, 'the static dependencies', found =>
        found.has(`${ROOT_GROUP}/static/${promise.name}-dependencies.yaml`),
      );
      const documents = parseAllYaml(files.get(`${ROOT_GROUP}/static/${promise.name}-dependencies.yaml`) ?? '');
      expect(documents).toEqual((promise.object.spec as { dependencies: unknown[] }).dependencies);
    }
  });

  it('B-WF-18: shows its pipeline the Promise, and says so in variables', async () => {
    const files = await cluster.untilFiles(
      `${near}/dependencies/${promise.name}/${names.promisePipeline}/${ROOT_GROUP}`,
      'the files of the Promise pipeline',
      found => found.has('object.yaml'),
    );
    expect(read(files, 'object.yaml')).toMatchObject({
      apiVersion: 'platform.kratix.io/v1alpha1',
      kind: 'Promise',
      metadata: { name: promise.name },
      spec: { destinationSelectors: [{ matchLabels: { pool } }] },
    });
    expect(variablesOf(files)).toEqual({
      KRATIX_WORKFLOW_ACTION: 'configure',
      KRATIX_WORKFLOW_TYPE: 'promise',
      KRATIX_PROMISE_NAME: promise.name,
      KRATIX_PIPELINE_NAME: names.promisePipeline,
      KRATIX_OBJECT_KIND: 'Promise',
      KRATIX_OBJECT_GROUP: 'platform.kratix.io',
      KRATIX_OBJECT_VERSION: 'v1alpha1',
      KRATIX_OBJECT_NAME: promise.name,
      KRATIX_OBJECT_NAMESPACE: '',
      KRATIX_CRD_PLURAL: 'promises',
      KRATIX_CLUSTER_SCOPED: 'true',
    });
  });
});

describe('a request', () => {
  let request: DynamicObject;
  let ready: WithStatus;

  beforeAll(async () => {
    request = aRequest(promise.type, cluster.namespace, { word: 'one' });
    await cluster.create(promise.type, request);
    ready = await cluster.untilReady(promise.type, request.metadata, { timeout: 120_000 });
  });

  it('B-RR-20 to B-RR-31: ends with its conditions, counters and the user’s status', () => {
    expect(conditionOf(ready, 'ConfigureWorkflowCompleted')).toMatchObject({ status: 'True', reason: 'PipelinesExecutedSuccessfully' });
    expect(conditionOf(ready, 'WorksSucceeded')).toMatchObject({ status: 'True', reason: 'WorksSucceeded' });
    expect(conditionOf(ready, 'Reconciled')).toMatchObject({ status: 'True', reason: 'Reconciled', message: 'Reconciled' });
    expect(ready.status).toMatchObject({
      workflows: 2,
      workflowsSucceeded: 2,
      workflowsFailed: 0,
      outcome: values.outcome,
      message: 'all done',
    });
    expect(ready.status?.kratix?.workflows?.pipelines).toMatchObject([
      { name: names.first, phase: 'Succeeded' },
      { name: names.second, phase: 'Succeeded' },
    ]);
    expect(ready.metadata.labels).toMatchObject({ 'kratix.io/promise-name': promise.name });
  });

  it('is Ready only when its files are in the store', async () => {
    const files = await cluster.filesIn(folderOf(near, request, names.first));
    expect([...files.keys()].sort()).toEqual(
      ['change.yaml', 'deep/er/file.yaml', 'given.yaml', 'object.yaml', 'passed.yaml', 'variables.txt', 'volume.txt', 'word.yaml'].sort(),
    );
  });

  it('shows its first pipeline the object, the variables, the settings and the Secret', async () => {
    const files = await cluster.filesIn(folderOf(near, request, names.first));
    expect(read(files, 'object.yaml')).toMatchObject({
      kind: promise.type.kind,
      metadata: { name: request.metadata.name, namespace: cluster.namespace },
      spec: { word: 'one' },
    });
    expect(variablesOf(files)).toEqual({
      KRATIX_WORKFLOW_ACTION: 'configure',
      KRATIX_WORKFLOW_TYPE: 'resource',
      KRATIX_PROMISE_NAME: promise.name,
      KRATIX_PIPELINE_NAME: names.first,
      KRATIX_OBJECT_KIND: promise.type.kind,
      KRATIX_OBJECT_GROUP: promise.type.group,
      KRATIX_OBJECT_VERSION: promise.type.version,
      KRATIX_OBJECT_NAME: request.metadata.name,
      KRATIX_OBJECT_NAMESPACE: cluster.namespace,
      KRATIX_CRD_PLURAL: promise.type.plural,
      KRATIX_CLUSTER_SCOPED: 'false',
    });
    const { plain, secret, setting } = values;
    expect(read(files, 'given.yaml')).toEqual({ plain, secret, setting, all: setting });
    expect(files.get('volume.txt')).toBe(setting);
  });

  it('lets a container change, remove and read what an earlier one left', async () => {
    const files = await cluster.filesIn(folderOf(near, request, names.first));
    expect(read(files, 'change.yaml')).toEqual({ text: 'after' });
    expect(files.has('remove.yaml')).toBe(false);
    expect(read(files, 'passed.yaml')).toEqual({ metadata: 'left by the first', volume: 'kept in the volume' });
  });

  it('shows its second pipeline the status that the first one left', async () => {
    const files = await cluster.filesIn(folderOf(near, request, names.second));
    expect(read(files, 'object.yaml')).toMatchObject({ status: { outcome: values.outcome } });
  });

  it('B-POD-13, B-POD-14: delivers each directory by its own selectors', async () => {
    const away = await cluster.filesIn(requestFolder(far, promise.name, request));
    expect([...away.keys()]).toEqual([expect.stringMatching(new RegExp(`^${names.second}/[0-9a-f]{5}/elsewhere/file\\.yaml$`))]);
    const here = await cluster.filesIn(requestFolder(near, promise.name, request));
    expect([...here.keys()].filter(path => path.includes('elsewhere'))).toEqual([]);
  });

  it('records its run, with every container', async () => {
    const runs = await cluster.runsOf(request.metadata);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      spec: { type: 'resource', action: 'configure', trigger: 'created', promiseName: promise.name },
      status: { phase: 'Succeeded', pipelines: [{ name: names.first, phase: 'Succeeded' }, { name: names.second, phase: 'Succeeded' }] },
    });
    const { containers } = (runs[0].status as { pipelines: { containers: { exitCode?: number; finishedAt?: string }[] }[] }).pipelines[0];
    expect(containers).toHaveLength(3);
    for (const container of containers) expect(container).toMatchObject({ exitCode: 0, finishedAt: expect.any(String) });
  });

  it('runs again when its spec changes, and replaces its files', async () => {
    await cluster.merge(promise.type, request.metadata, { spec: { word: 'two' } });
    await cluster.untilReady(promise.type, request.metadata);
    const files = await cluster.filesIn(folderOf(near, request, names.first));
    expect(read(files, 'word.yaml')).toEqual({ spec: 'two' });
    expect((await cluster.runsOf(request.metadata)).at(-1)?.spec).toMatchObject({ trigger: 'updated' });
  });

  it('B-RR-12: runs again on the manual label, and takes the label away', async () => {
    const before = (await cluster.filesIn(folderOf(near, request, names.second))).get('run.txt');
    await cluster.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/manual-reconciliation': 'true' } } });
    await cluster.untilFiles(folderOf(near, request, names.second), 'another run', files => files.get('run.txt') !== before);
    await cluster.untilObject(promise.type, request.metadata, 'no manual label', object => !object.metadata.labels?.['kratix.io/manual-reconciliation']);
    expect((await cluster.runsOf(request.metadata)).at(-1)?.spec).toMatchObject({ trigger: 'manual' });
    await cluster.untilReady(promise.type, request.metadata);
  });

  it('runs again when the Promise changes', async () => {
    const changed = firstPipeline();
    const extra = aContainer(`echo 'text: new' >/kratix/output/added.yaml`);
    const { containers } = changed.spec as { containers: unknown[] };
    const configure = [{ ...changed, spec: { ...(changed.spec as object), containers: [...containers, extra] } }, secondPipeline()];
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { workflows: { resource: { configure } } } });
    await cluster.untilFiles(folderOf(near, request, names.first), 'the new container’s file', files => files.has('added.yaml'));
    await cluster.untilObject(promise.type, request.metadata, 'a finished run', object => conditionOf(object, 'Reconciled')?.status === 'True');
    expect((await cluster.runsOf(request.metadata)).at(-1)?.spec).toMatchObject({ trigger: 'promise-updated' });
  });

  it('removes the files of a pipeline that is no more', async () => {
    const changed = firstPipeline();
    await cluster.merge(types.Promise, promise.object.metadata, { spec: { workflows: { resource: { configure: [changed] } } } });
    await cluster.untilFiles(requestFolder(near, promise.name, request), 'only the first pipeline', files =>
      [...files.keys()].every(path => path.startsWith(`${names.first}/`)),
    );
  });

  it('is deleted after its delete pipeline, whose output is not delivered, and takes its files along', async () => {
    const seen = await cluster.watchPipeline(names.farewell);
    await cluster.delete(promise.type, request.metadata);
    await cluster.untilGone(promise.type, request.metadata);
    expect(seen.hasSucceeded).toBe(true);
    expect(await cluster.everDelivered('must-not-arrive')).toEqual([]);
    expect(await cluster.filesIn(requestFolder(near, promise.name, request))).toEqual(new Map());
    expect(await cluster.filesIn(requestFolder(far, promise.name, request))).toEqual(new Map());
    const works = (await cluster.view(types.Work)).list().filter(({ metadata }) => metadata.namespace === cluster.namespace);
    expect(works).toEqual([]);
  });
});

describe('a Promise that is deleted', () => {
  it('takes its requests, its definition and its files along', async () => {
    const request = aRequest(promise.type, cluster.namespace, { word: 'last' });
    await cluster.create(promise.type, request);
    await cluster.untilReady(promise.type, request.metadata);
    const seen = await cluster.watchPipeline(names.retire);
    await cluster.delete(types.Promise, promise.object.metadata);
    await cluster.untilGone(types.Promise, promise.object.metadata);
    expect(seen.hasSucceeded).toBe(true);
    expect(await cluster.everDelivered('must-not-arrive')).toEqual([]);
    await cluster.untilGone(coreTypes.CustomResourceDefinition, { name: `${promise.type.plural}.${promise.type.group}` });
    for (const destination of [near, far]) {
      const files = await cluster.filesIn(destination);
      expect([...files.keys()].filter(path => path.includes(promise.name))).toEqual([]);
    }
  });
});
