import { coreTypes, type DynamicObject, toYaml, typeOf } from '@kratix-ts/core/kube';
import { aContainer, aName, aPipeline, type APromise, aPromise, aRequest, conditionOf, PLATFORM, requestFolder, TestCluster, types } from './support';

/* What a request would write is shown, and nothing of it is delivered. */

const DryRun = typeOf(PLATFORM, 'DryRun', 'dryruns');
const settings = { name: 'kratix', namespace: 'kratix-platform-system' };
const pool = aName('pool');
let cluster: TestCluster;
let destination: string;
let laboratory: string;

const write = `
word=$(sed -n 's/^  *word: *//p' /kratix/input/object.yaml)
printf 'word: %s\\nname: %s\\nvariable: %s\\ndry: "%s"\\n' "$word" "$(sed -n 's/^  name: *//p' /kratix/input/object.yaml)" "$KRATIX_OBJECT_NAME" "$KRATIX_DRY_RUN" >/kratix/output/word.yaml
[ "$word" != broken ]`;

async function enable(dryRun: boolean) {
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: settings, data: { config: toYaml({ featureFlags: { dryRun } }) } };
  await cluster.kube.patch(coreTypes.ConfigMap, settings, config, { kind: 'apply', force: true });
}

async function installed(metadata: object = {}): Promise<APromise> {
  const promise = aPromise({ selector: { pool }, workflows: { resource: { configure: [aPipeline([aContainer(write)], { name: 'write' })] } } });
  Object.assign(promise.object.metadata, metadata);
  await cluster.install(promise);
  return promise;
}

async function tried(promise: APromise, name: string, word: string): Promise<DynamicObject> {
  const dryRun = {
    apiVersion: PLATFORM,
    kind: 'DryRun',
    metadata: { name: aName('try-'), namespace: cluster.namespace },
    spec: { promiseRef: { name: promise.name }, resourceRequestRef: { name }, resource: { word } },
  };
  await cluster.create(DryRun, dryRun);
  return dryRun;
}

const untilOver = (dryRun: DynamicObject) => cluster.untilObject(DryRun, dryRun.metadata, 'over', found => conditionOf(found, 'Completed') !== undefined);

async function delivered(promise: APromise): Promise<string> {
  const files = await cluster.untilFiles(laboratory, `the summary of ${promise.name}`, found => [...found.keys()].some(path => path.includes(promise.name) && path.endsWith('summary.md')));
  return [...files].filter(([path]) => path.includes(promise.name) && path.endsWith('summary.md')).map(([, text]) => text).join('\n');
}

beforeAll(async () => {
  cluster = await TestCluster.open();
  destination = await cluster.destination({ pool });
  laboratory = await cluster.destination({ 'kratix.io/dry-run': 'true' });
  await enable(true);
});
afterAll(async () => {
  await cluster?.delete(coreTypes.ConfigMap, settings);
  await cluster?.close();
});

it('B-DR-1, B-DR-4, B-DR-6, B-DR-7: shows what an edit would change, as a file for those who look at dry runs', async () => {
  const promise = await installed();
  const request = aRequest(promise.type, cluster.namespace, { word: 'old' });
  await cluster.create(promise.type, request);
  await cluster.untilReady(promise.type, request.metadata);
  const dryRun = await tried(promise, request.metadata.name, 'new');
  expect(conditionOf(await untilOver(dryRun), 'Completed')).toMatchObject({ status: 'True', reason: 'SummaryWritten' });
  const text = await delivered(promise);
  for (const line of ['## Pipeline: `write`', '**0 added · 1 modified · 0 removed**', '-word: old', '+word: new', ` name: ${request.metadata.name}`, ` variable: ${request.metadata.name}`, '+dry: "true"']) expect(text).toContain(line);
  const live = await cluster.filesIn(requestFolder(destination, promise.name, request));
  expect([...live.values()]).toEqual([expect.stringContaining('word: old')]);
  await cluster.delete(DryRun, dryRun.metadata);
  await cluster.untilFiles(laboratory, 'nothing of it', files => ![...files.keys()].some(path => path.includes(promise.name)));
});

it('B-DR-2: a pipeline that fails ends the dry run with its words', async () => {
  const promise = await installed();
  const over = await untilOver(await tried(promise, 'nobody', 'broken'));
  expect(conditionOf(over, 'Completed')).toMatchObject({ status: 'False', reason: 'PipelineFailed', message: expect.stringContaining('exited with 1') });
});

it('Q-43: no pod runs where the Promise forbids it, or dry runs are switched off', async () => {
  const promise = await installed({ annotations: { 'workflows.kratix-ts.dev/dry-run': 'forbidden' } });
  expect(conditionOf(await untilOver(await tried(promise, 'nobody', 'new')), 'Completed')).toMatchObject({ status: 'False', reason: 'DryRunForbidden' });
  const direct = aRequest(promise.type, cluster.namespace, { word: 'new' });
  direct.metadata.labels = { 'kratix.io/dry-run': 'true' };
  await cluster.create(promise.type, direct);
  await cluster.untilObject(promise.type, direct.metadata, 'refused', found => conditionOf(found, 'Reconciled')?.reason === 'DryRunForbidden');
  await enable(false);
  const waiting = await tried(await installed(), 'nobody', 'new');
  await cluster.untilObject(DryRun, waiting.metadata, 'not accepted', found => conditionOf(found, 'Accepted')?.reason === 'DryRunDisabled');
  await enable(true);
  await untilOver(waiting);
  expect((await cluster.kube.list(coreTypes.Pod, { namespace: cluster.namespace, labelSelector: `kratix.io/promise-name=${promise.name}` })).items).toEqual([]);
});

it('B-DR-8: a request that is labelled runs dry beside its own files, and without the label leaves nothing of that', async () => {
  const promise = await installed();
  const request = aRequest(promise.type, cluster.namespace, { word: 'old' });
  await cluster.create(promise.type, request);
  await cluster.untilReady(promise.type, request.metadata);
  await cluster.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/dry-run': 'true' } }, spec: { word: 'new' } });
  await cluster.untilObject(promise.type, request.metadata, 'run dry', found => conditionOf(found, 'Reconciled')?.reason === 'DryRunSucceeded');
  const folder = requestFolder(destination, promise.name, request);
  await cluster.untilFiles(`${laboratory}/resources`, 'the dry files', files => [...files].some(([path, text]) => path.includes(request.metadata.name) && text.includes('word: new')));
  expect([...(await cluster.filesIn(folder)).values()]).toEqual([expect.stringContaining('word: old')]);
  await cluster.merge(promise.type, request.metadata, { metadata: { labels: { 'kratix.io/dry-run': null } } });
  await cluster.untilFiles(folder, 'the new word', files => [...files.values()].some(text => text.includes('word: new') && text.includes('dry: ""')));
  await cluster.untilFiles(`${laboratory}/resources`, 'no dry files', files => ![...files.keys()].some(path => path.includes(request.metadata.name)));
  const works = (await cluster.view(types.Work)).list().filter(({ metadata }) => metadata.labels?.['kratix.io/resource-name'] === request.metadata.name);
  expect(works).toHaveLength(1);
});
