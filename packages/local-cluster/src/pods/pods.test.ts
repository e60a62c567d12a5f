import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StatusError, type PodLogQuery } from '../api';
import { chooseExecutor } from '../executor';
import { openImages, type Images } from '../images';
import { startPods, type Pods } from '.';
import { FakeApi } from './testing/fake-api';
import { CONFIG_MAPS, EVENTS, JOBS, NODES, PODS, SECRETS, type Container, type Job, type Pod, type PodSpec } from './types';

jest.setTimeout(60_000);

let dir: string;
let api: FakeApi;
let images: Images;
let pods: Pods | undefined;

const start = async (options: { executor?: string } = {}) => {
  pods = await startPods(api, {
    dir,
    images,
    issueToken: () => api.issueToken(),
    registerPodLogs: handler => api.registerPodLogs(handler),
    address: api.address,
    log: () => {},
    jobBackOff: { first: 10, most: 50 },
    restartBackOff: { first: 50, most: 50 },
    ...options,
  });
  return pods;
};

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'pods-'));
  api = new FakeApi();
  images = openImages(path.join(dir, 'images'));
  await images.addImage('busybox', { host: true });
});
afterEach(async () => {
  await pods?.stop();
  pods = undefined;
  rmSync(dir, { recursive: true, force: true });
});

/** Waits until an object of a kind is as wanted. */
async function until<T>(what: string, find: () => T | undefined): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = find();
    if (found) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited 30 s for ${what}; pods: ${JSON.stringify(api.list<Pod>(PODS).map(pod => pod.status), null, 1)}`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, 10);
    });
  }
}

const podsOf = (job: string) => api.list<Pod>(PODS).filter(pod => pod.metadata.labels?.['job-name'] === job);
const finished = (job: string) => until(`job ${job} to finish`, () => {
  const found = api.get<Job>(JOBS, { namespace: 'default', name: job });
  return found?.status?.conditions?.some(c => c.type === 'Complete' || c.type === 'Failed') ? found : undefined;
});
const stateOf = (pod: Pod, name: string) => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].find(s => s.name === name)?.state;
const podThat = (what: string, job: string, isSo: (pod: Pod) => unknown) => until(`the pod of ${job} ${what}`, () => podsOf(job).find(isSo));

function sh(name: string, script: string, rest: Partial<Container> = {}): Container {
  return { name, image: 'busybox', command: ['sh', '-c', script], ...rest };
}

function createJob(name: string, spec: Partial<PodSpec> & { containers: Container[] }, job: Partial<Job['spec']> = {}): void {
  api.create(JOBS, { metadata: { name, namespace: 'default' }, spec: { backoffLimit: 0, ...job, template: { spec: { restartPolicy: 'Never', ...spec } } } });
}

async function logOf(pod: Pod, query: Partial<PodLogQuery> = {}): Promise<string> {
  let text = '';
  const { namespace, name, uid } = pod.metadata;
  for await (const chunk of api.podLogs!({ namespace, name, uid }, { follow: false, previous: false, timestamps: false, ...query }, new AbortController().signal)) {
    text += chunk.toString('utf8');
  }
  return text;
}

const eventsOf = (name: string) => api.list<{ involvedObject: { name: string }; reason: string; message: string }>(EVENTS).filter(e => e.involvedObject.name.startsWith(name)).map(e => `${e.reason}: ${e.message}`);

describe('a pod', () => {
  it('runs its containers in order, on shared volumes, and reports all of it', async () => {
    await start();
    const mount = { volumeMounts: [{ name: 'out', mountPath: '/kratix/output' }] };
    createJob('line', {
      initContainers: [sh('first', 'echo one > /kratix/output/f; echo said', mount), sh('second', 'echo two >> /kratix/output/f', mount)],
      containers: [sh('last', 'cat /kratix/output/f > /dev/termination-log; cat /in/object.yaml; echo $WHO $KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT', {
        volumeMounts: [...mount.volumeMounts!, { name: 'in', mountPath: '/in' }],
        env: [{ name: 'WHO', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
      })],
      volumes: [{ name: 'out', emptyDir: {} }, { name: 'in', downwardAPI: { items: [{ path: 'object.yaml', fieldRef: { fieldPath: "metadata.labels['job-name']" } }] } }],
    });
    const job = await finished('line');
    const [pod] = podsOf('line');
    expect(job.status).toMatchObject({ succeeded: 1, ready: 0 });
    expect(pod.status).toMatchObject({ phase: 'Succeeded', qosClass: 'BestEffort' });
    expect(['first', 'second', 'last'].map(name => stateOf(pod, name)?.terminated?.reason)).toEqual(['Completed', 'Completed', 'Completed']);
    expect(stateOf(pod, 'last')?.terminated?.message).toBe('one\ntwo\n');
    expect(await logOf(pod, { container: 'last' })).toBe('linedefault 127.0.0.1:6443\n');
    expect(await logOf(pod, { container: 'first' })).toBe('said\n');
    await expect(logOf(pod)).rejects.toThrow(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [last] or one of the init containers: [first second]`);
    expect(eventsOf('line')).toEqual(expect.arrayContaining([`SuccessfulCreate: Created pod: ${pod.metadata.name}`, 'Started: Started container second', 'Completed: Job completed']));
    expect(eventsOf(pod.metadata.name).slice(0, 4).map(e => e.split(':')[0])).toEqual(['Scheduled', 'Pulled', 'Created', 'Started']);
  });

  it('writes no more often than its containers change', async () => {
    await start();
    createJob('quiet', { initContainers: [sh('a', 'true'), sh('b', 'true')], containers: [sh('c', 'true')] });
    await finished('quiet');
    expect(api.writes.filter(write => write.includes(' pods '))).toHaveLength(6);
    expect(api.writes.filter(write => write.includes(' jobs ')).length).toBeLessThanOrEqual(5);
  });

  it('stops at a container that fails, and says how', async () => {
    await start();
    createJob('bad', { initContainers: [sh('a', 'echo why >&2; exit 3', { terminationMessagePolicy: 'FallbackToLogsOnError' }), sh('b', 'true')], containers: [sh('c', 'true')] });
    expect((await finished('bad')).status?.conditions?.map(c => `${c.type} ${c.reason}`)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
    const [pod] = podsOf('bad');
    expect(pod.status?.phase).toBe('Failed');
    expect(stateOf(pod, 'a')?.terminated).toMatchObject({ exitCode: 3, reason: 'Error', message: 'why\n' });
    expect([stateOf(pod, 'b'), stateOf(pod, 'c')]).toEqual([{ waiting: { reason: 'PodInitializing' } }, { waiting: { reason: 'PodInitializing' } }]);
    await expect(logOf(pod, { container: 'b' })).rejects.toThrow(`container "b" in pod "${pod.metadata.name}" is waiting to start: PodInitializing`);
  });

  it('that cannot start its program fails with StartError', async () => {
    await start();
    createJob('none', { containers: [{ name: 'm', image: 'busybox', command: ['no-such-program'] }] });
    await finished('none');
    expect(stateOf(podsOf('none')[0], 'm')?.terminated).toMatchObject({ exitCode: 128, reason: 'StartError', message: expect.stringContaining('executable file not found in $PATH') });
  });

  it('waits for a Secret, names the missing key, and goes on when it is there', async () => {
    await start();
    createJob('secret', { initContainers: [sh('i', 'echo $X', { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'creds', key: 'k' } } }] })], containers: [sh('m', 'true')] });
    await podThat('misses the Secret', 'secret', pod => stateOf(pod, 'i')?.waiting?.message === 'secret "creds" not found' && stateOf(pod, 'i')?.waiting?.reason === 'CreateContainerConfigError');
    api.create(SECRETS, { metadata: { name: 'creds', namespace: 'default' }, data: {} });
    await podThat('misses the key', 'secret', pod => stateOf(pod, 'i')?.waiting?.message === "couldn't find key k in Secret default/creds");
    api.update<{ data: object }>(SECRETS, { namespace: 'default', name: 'creds' }, secret => {
      secret.data = { k: Buffer.from('value').toString('base64') };
    });
    await finished('secret');
    expect(await logOf(podsOf('secret')[0], { container: 'i' })).toBe('value\n');
  });

  it('waits for the source of a volume', async () => {
    await start();
    createJob('volume', { containers: [sh('m', 'cat /v/k', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })], volumes: [{ name: 'v', configMap: { name: 'late' } }] });
    await podThat('waits', 'volume', pod => stateOf(pod, 'm')?.waiting?.reason === 'ContainerCreating' && eventsOf(pod.metadata.name).includes('FailedMount: MountVolume.SetUp failed for volume "v" : configmap "late" not found'));
    api.create(CONFIG_MAPS, { metadata: { name: 'late', namespace: 'default' }, data: { k: 'here' } });
    await finished('volume');
    expect(await logOf(podsOf('volume')[0])).toBe('here');
  });

  it('says of an image that nobody has how to add it, and goes on when somebody does', async () => {
    await start();
    createJob('image', { containers: [{ name: 'm', image: 'acme/tool:v1', command: ['/app/tool'] }] });
    const waiting = await podThat('waits for the image', 'image', pod => stateOf(pod, 'm')?.waiting?.reason === 'ImagePullBackOff');
    expect(stateOf(waiting, 'm')?.waiting?.message).toContain('image acme/tool:v1 is not in the local image store; add it with: kratix-ts image add acme/tool:v1 (--folder DIR');
    mkdirSync(path.join(dir, 'tool/app'), { recursive: true });
    writeFileSync(path.join(dir, 'tool/app/tool'), '#!/bin/sh\necho tool\n', { mode: 0o755 });
    await openImages(path.join(dir, 'images')).addImage('acme/tool:v1', { folder: path.join(dir, 'tool'), host: true });
    await finished('image');
    expect(await logOf(podsOf('image')[0])).toBe('tool\n');
  });

  it.each<[string, Partial<PodSpec>, Partial<Container>, string, RegExp]>([
    ['a name that is none', {}, { image: 'Bad Name' }, 'InvalidImageName', /couldn't parse image name "Bad Name"/],
    ['a volume that is not supported', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'x' } }] }, {}, 'CreateContainerConfigError', /supported are configMap, downwardAPI, emptyDir, projected and secret/],
    ['a user that may not be root', { securityContext: { runAsNonRoot: true } }, {}, 'CreateContainerConfigError', /container has runAsNonRoot and image will run as root/],
    ['no command', {}, { command: [] }, 'CreateContainerError', /no command specified/],
    ['an image that must not be pulled', {}, { image: 'none', imagePullPolicy: 'Never' }, 'ErrImageNeverPull', /is not present with pull policy of Never/],
  ])('with %s waits, and says what to mend', async (_, spec, container, reason, message) => {
    await start();
    createJob('mend', { ...spec, containers: [{ ...sh('m', 'true'), ...container }] });
    const pod = await podThat('waits', 'mend', found => stateOf(found, 'm')?.waiting?.reason === reason);
    expect(stateOf(pod, 'm')?.waiting?.message).toMatch(message);
    api.delete(PODS, pod.metadata);
    await until('the pod to go', () => (api.get(PODS, pod.metadata) ? undefined : true));
  });

  it('that does not listen is ended when it is deleted, and nothing of it stays', async () => {
    await start();
    api.create(PODS, { metadata: { name: 'deaf', namespace: 'default' }, spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [sh('m', 'trap "" TERM; echo ready; while :; do sleep 1; done')] } });
    const find = () => api.get<Pod>(PODS, { namespace: 'default', name: 'deaf' });
    const pod = await until('the pod to run', () => (find()?.status?.phase === 'Running' ? find() : undefined));
    let followed = '';
    for await (const chunk of api.podLogs!(pod.metadata, { follow: true, previous: false, timestamps: false }, new AbortController().signal)) {
      followed += chunk.toString('utf8');
      api.delete(PODS, { namespace: 'default', name: 'deaf' });
    }
    expect(followed).toBe('ready\n');
    await until('the pod to go', () => (find() ? undefined : true));
    await until('its folder to go', () => !existsSync(path.join(dir, 'pods', pod.metadata.uid)));
    expect(eventsOf('deaf')).toContain('Killing: Stopping container m');
  });

  it('with restartPolicy Always is started again, and keeps the log of the run before', async () => {
    await start();
    api.create(PODS, { metadata: { name: 'again', namespace: 'default' }, spec: { restartPolicy: 'Always', containers: [sh('m', 'echo run; exit 1')] } });
    const find = () => api.get<Pod>(PODS, { namespace: 'default', name: 'again' });
    const pod = await until('two restarts', () => ((find()?.status?.containerStatuses?.[0].restartCount ?? 0) >= 2 ? find() : undefined));
    expect(pod.status?.containerStatuses?.[0].lastState.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(await logOf(pod, { previous: true })).toBe('run\n');
  });
});

describe('a Job', () => {
  it('tries again as often as it may', async () => {
    await start();
    createJob('retry', { containers: [sh('m', 'exit 1')] }, { backoffLimit: 2 });
    expect((await finished('retry')).status?.failed).toBe(3);
    expect(podsOf('retry').map(pod => pod.status?.phase)).toEqual(['Failed', 'Failed', 'Failed']);
  });

  it('that takes too long is ended', async () => {
    await start();
    createJob('late', { terminationGracePeriodSeconds: 1, containers: [sh('m', 'sleep 1000')] }, { activeDeadlineSeconds: 1, backoffLimit: 3 });
    expect((await finished('late')).status).toMatchObject({ failed: 1, conditions: [{ type: 'FailureTarget', reason: 'DeadlineExceeded' }, { type: 'Failed', message: 'Job was active longer than specified deadline' }] });
    expect(podsOf('late')).toEqual([]);
  });

  it('is taken up again by the next process, which counts what was running as failed', async () => {
    await start();
    createJob('crash', { initContainers: [sh('a', 'true')], containers: [sh('m', 'test -e /v/x && exit 0; touch /v/x; sleep 1000', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })], volumes: [{ name: 'v', emptyDir: {} }] }, { backoffLimit: 1 });
    await podThat('runs', 'crash', pod => stateOf(pod, 'm')?.running);
    await pods?.stop();
    expect(stateOf(podsOf('crash')[0], 'm')?.running).toBeDefined();
    mkdirSync(path.join(dir, 'pods', 'forgotten'));
    await start();
    const lost = await podThat('is given up', 'crash', pod => pod.status?.phase === 'Failed');
    expect(stateOf(lost, 'm')?.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
    expect(stateOf(lost, 'a')?.terminated?.exitCode).toBe(0);
    await until('the second pod', () => podsOf('crash').length === 2);
    expect(readdirSync(path.join(dir, 'pods'))).not.toContain('forgotten');
  });

  it('with OnFailure goes on in the same pod after a crash of the cluster', async () => {
    await start();
    createJob('resume', { restartPolicy: 'OnFailure', containers: [sh('m', 'test -e /v/x && exit 0; touch /v/x; sleep 1000', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })], volumes: [{ name: 'v', emptyDir: {} }] }, { backoffLimit: 3 });
    await podThat('runs', 'resume', pod => stateOf(pod, 'm')?.running && existsSync(path.join(dir, 'pods', pod.metadata.uid, 'volumes/v/x')));
    await pods?.stop();
    await start();
    expect((await finished('resume')).status).toMatchObject({ succeeded: 1 });
    expect(podsOf('resume')[0].status?.containerStatuses?.[0].restartCount).toBe(1);
  });
});

describe('the node', () => {
  it('is there, and ready', async () => {
    const { executor } = await start();
    const node = api.get<{ status: { conditions: { type: string; status: string }[]; nodeInfo: { containerRuntimeVersion: string } } }>(NODES, { name: 'local' });
    expect(node?.status.conditions.find(c => c.type === 'Ready')?.status).toBe('True');
    expect(node?.status.nodeInfo.containerRuntimeVersion).toBe(`${executor}://1`);
  });

  it('without a way to run containers says on each pod what to install', async () => {
    await start({ executor: 'no-such-executor' });
    createJob('stuck', { containers: [sh('m', 'true')] });
    const pod = await podThat('is refused', 'stuck', found => found.status?.conditions?.length);
    expect(pod.status).toMatchObject({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: expect.stringMatching(/install bubblewrap|install and start Docker/) }] });
    expect(pod.spec.nodeName).toBeUndefined();
  });

  it('chooses an executor once', async () => {
    expect(await chooseExecutor(dir)).toBe(await chooseExecutor(dir));
  });
});

it('refuses logs of what is not there', async () => {
  await start();
  expect(() => api.podLogs!({ namespace: 'x', name: 'y', uid: 'z' }, { follow: false, previous: false, timestamps: false }, new AbortController().signal)).toThrow(StatusError);
});
