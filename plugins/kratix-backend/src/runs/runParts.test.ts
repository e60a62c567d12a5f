import type { FileSource, RequestSources, RunSource, WorkSource } from '@kratix-ts/backstage-plugin-kratix-common';
import { encodeContent } from '@kratix-ts/core/wire';
import { contentOf, tellableParts } from './runParts';

type Phase = NonNullable<RunSource['status']>['phase'];
type StepPhases = Record<string, 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped'>;

const UID = 'uid-1';
const file = (filepath: string, text: string | Buffer): FileSource => ({ filepath, content: encodeContent(text) });

let sequence = 0;
function aRun(name: string, generation: number, phase: Phase, steps: StepPhases, action: 'configure' | 'delete' = 'configure'): RunSource {
  sequence += 1;
  return {
    apiVersion: 'kratix-ts.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name, namespace: 'default', creationTimestamp: new Date(sequence * 1000).toISOString() },
    spec: { target: { uid: UID, generation, name: 'one' }, promiseName: 'redis', type: 'resource', action, trigger: 'updated', sequence },
    status: { phase, pipelines: Object.entries(steps).map(([step, stepPhase]) => ({ name: step, phase: stepPhase, attempt: 1 })) },
  };
}

function aWork(step: string, generation: number, workloads: FileSource[] = []): WorkSource {
  return {
    apiVersion: 'platform.kratix.io/v1alpha1',
    kind: 'Work',
    metadata: { name: `work-${step}`, uid: `work-${step}`, generation, labels: { 'kratix.io/pipeline-name': step } },
    spec: { workloadGroups: [{ id: 'a', workloads }] },
  };
}

const schema = { properties: { spec: { type: 'object', properties: { size: { type: 'string' }, password: { type: 'string', format: 'password' } } } } };
const api = { kind: 'CustomResourceDefinition', metadata: { name: 'redis.example.org' }, spec: { group: 'example.org', names: { kind: 'Redis', plural: 'redis' }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] } };

function sources(runs: RunSource[], works: WorkSource[] = [], generation = 2): RequestSources {
  return {
    cluster: 'demo',
    type: { group: 'example.org', version: 'v1', kind: 'Redis', plural: 'redis' },
    promiseName: 'redis',
    promise: { apiVersion: 'platform.kratix.io/v1alpha1', kind: 'Promise', metadata: { name: 'redis' }, spec: { api } },
    request: {
      apiVersion: 'example.org/v1',
      kind: 'Redis',
      metadata: { name: 'one', namespace: 'default', uid: UID, generation },
      spec: { size: 'large', password: 'hunter2-of-ana' },
      status: { promiseVersion: 'v1.2.0' },
    },
    works,
    placements: [],
    destinations: [],
    runs,
    jobs: [],
    pods: [],
  };
}

const done = { prepare: 'Succeeded', act: 'Succeeded' } as const;
const named = (from: RequestSources) => tellableParts(from).map(({ run, part }) => `${run} ${part}`);

describe('what the objects of a request tell of its runs', () => {
  it.each<[string, RequestSources, string[]]>([
    ['nothing without runs', sources([]), []],
    ['what a run that has only begun was given', sources([aRun('r', 2, 'Running', { prepare: 'Running' })]), ['r input']],
    ['what a run has left, when it has ended', sources([aRun('r', 2, 'Succeeded', done)]), ['r input', 'r outcome']],
    ['what a failed one has left too', sources([aRun('r', 2, 'Failed', { prepare: 'Succeeded', act: 'Failed' })]), ['r input', 'r outcome']],
    ['only the files of one for an earlier generation', sources([aRun('r', 1, 'Succeeded', done)]), ['r outcome']],
    ['of two only the newest one\'s files', sources([aRun('old', 2, 'Succeeded', done), aRun('new', 2, 'Succeeded', done)]), ['new input', 'old input', 'new outcome']],
    ['no files while the newest runs', sources([aRun('old', 1, 'Succeeded', done), aRun('new', 2, 'Running', { prepare: 'Succeeded', act: 'Running' })]), ['new input']],
    ['the files from before one that was replaced before it began', sources([aRun('old', 1, 'Succeeded', done), aRun('new', 2, 'Superseded', { prepare: 'Skipped', act: 'Skipped' })]), ['new input', 'old outcome']],
    ['the files of one that was replaced on its way', sources([aRun('old', 1, 'Succeeded', done), aRun('new', 2, 'Superseded', { prepare: 'Succeeded', act: 'Skipped' })]), ['new input', 'new outcome']],
    ['no files while it goes', sources([aRun('r', 2, 'Succeeded', done), aRun('d', 2, 'Running', { archive: 'Running' }, 'delete')]), ['d input', 'r input']],
  ])('%s', (_, from, expected) => expect(named(from)).toEqual(expected));

  const versionOf = (works: WorkSource[]) => tellableParts(sources([aRun('r', 1, 'Succeeded', done)], works))[0].version;
  it('tells by the version when a Work has changed, in whatever order they come', () => {
    const [prepare, act] = [aWork('prepare', 1), aWork('act', 1)];
    expect(versionOf([prepare, act])).toBe(versionOf([act, prepare]));
    expect(versionOf([prepare, act])).not.toBe(versionOf([prepare, aWork('act', 2)]));
  });
});

describe('what a part says', () => {
  const content = (part: 'input' | 'outcome', from: RequestSources) =>
    contentOf({ uid: UID, run: 'r', part, version: '' }, from, work => work.spec?.workloadGroups?.flatMap(group => group.workloads ?? []) ?? []);

  it('is the spec without its secrets', () => {
    expect(content('input', sources([aRun('r', 2, 'Running', {})]))).toEqual({ spec: { size: 'large', password: 'kratix-secret:spec.password' } });
  });

  it('is each file, also what a failed step left as it was, without secrets', () => {
    const works = [
      aWork('prepare', 1, [file('a.yaml', 'password: hunter2-of-ana\n'), file('s.yaml', 'kind: Secret\ndata:\n  key: aHVudGVy\n'), file('b.bin', Buffer.from([0, 1, 2])), file('c.txt', 'Secret: {')]),
      aWork('act', 1, [file('before.yaml', 'from the run before')]),
    ];
    const { files = [], promiseVersion } = content('outcome', sources([aRun('r', 2, 'Failed', { prepare: 'Succeeded', act: 'Failed' })], works));
    expect(promiseVersion).toBeUndefined();
    expect(files.map(({ step, path }) => [step, path])).toEqual([['prepare', 'a.yaml'], ['prepare', 's.yaml'], ['prepare', 'b.bin'], ['prepare', 'c.txt'], ['act', 'before.yaml']]);
    expect(files[0]).toEqual({ step: 'prepare', path: 'a.yaml', content: 'password: (hidden)\n' });
    expect(files[1]).toMatchObject({ reason: 'secret', content: expect.stringContaining("key: '***'") });
    expect(files[2]).toMatchObject({ reason: 'binary', digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(files[3]).toEqual({ step: 'prepare', path: 'c.txt', reason: 'secret' });
  });

  it('keeps 1 MB of text, and of what is beyond whether it is the same', () => {
    const large = 'x'.repeat(700_000);
    const works = [aWork('prepare', 1, [file('a', large), file('b', large)])];
    const { files = [], promiseVersion } = content('outcome', sources([aRun('r', 2, 'Succeeded', { prepare: 'Succeeded' })], works));
    expect(promiseVersion).toBe('v1.2.0');
    expect(files[0].content).toHaveLength(700_000);
    expect(files[1]).toEqual({ step: 'prepare', path: 'b', reason: 'too-large', digest: expect.any(String) });
  });
});
