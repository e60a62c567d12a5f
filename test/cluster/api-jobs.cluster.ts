import { aName } from './support/names';
import { RawClient, type Part } from './support/raw';

/* How Jobs and their pods come to their end: the same on every cluster. */

const image = process.env.KRATIX_TEST_IMAGE ?? 'docker.io/library/busybox:latest';
const namespace = aName('jobs-');
const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
const pods = `/api/v1/namespaces/${namespace}/pods`;

let api: RawClient;
beforeAll(async () => {
  api = new RawClient(process.env.KRATIX_TEST_KUBECONFIG ?? '');
  await api.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await api.eventually('the default account', () => api.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`), ({ code }) => code === 200);
});
afterAll(async () => {
  await api?.delete(`/api/v1/namespaces/${namespace}`);
  api?.close();
});

interface Seen {
  metadata: { name: string; uid: string };
  status?: { phase?: string; [field: string]: unknown };
}
interface Told {
  type: string;
  status: string;
  reason: string;
}

const shell = (script: string) => ({ image, imagePullPolicy: 'IfNotPresent', command: ['/bin/sh', '-c', script] });

async function start(name: string, script: string, spec: object = {}, pod: object = {}): Promise<void> {
  const template = { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [{ name: 'main', ...shell(script) }], ...pod } };
  const { code, body } = await api.post(jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { ...spec, template } });
  if (code !== 201) throw new Error(`${code} ${JSON.stringify(body)}`);
}

const as = <T>(part: Part | undefined) => part as unknown as T;
const conditionsOf = (body: Part) => as<Told[] | undefined>(body.status?.conditions) ?? [];
const has = (body: Part, ...types: string[]) => conditionsOf(body).some(({ type, status }) => types.includes(type) && status === 'True');
const told = (body: Part) => conditionsOf(body).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

const untilOver = async (name: string) => (await api.eventually(`the end of ${name}`, () => api.get(`${jobs}/${name}`), ({ body }) => has(body, 'Complete', 'Failed'), 120)).body;
const podsOf = async (name: string) => as<Seen[]>((await api.get(`${pods}?labelSelector=job-name%3D${name}`)).body.items);

async function untilPods(name: string, what: string, isWanted: (found: Seen[]) => boolean): Promise<Seen[]> {
  let found: Seen[] = [];
  const look = async () => {
    const answer = await api.get(`${pods}?labelSelector=job-name%3D${name}`);
    found = as<Seen[]>(answer.body.items);
    return answer;
  };
  await api.eventually(`${name}: ${what}`, look, () => isWanted(found), 120);
  return found;
}
const untilRunning = (name: string, not?: string) => untilPods(name, 'a pod to run', found => found.some(({ metadata, status }) => metadata.uid !== not && status?.phase === 'Running'));

const eventsOf = async (name: string) => {
  const { body } = await api.get(`/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3D${name}`);
  return as<{ type: string; reason: string; message: string }[]>(body.items);
};

it('completes a Job whose pod ends well, and tells so in two steps', async () => {
  await start('good', 'echo -n bye > /dev/termination-log');
  const body = await untilOver('good');
  expect(told(body)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached']);
  expect(body.status).toMatchObject({ succeeded: 1, ready: 0, terminating: 0, startTime: expect.any(String), completionTime: expect.any(String) });
  const [pod] = await podsOf('good');
  expect(pod.status).toMatchObject({ phase: 'Succeeded', containerStatuses: [{ ready: false, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed', message: 'bye' } } }] });
  expect((await eventsOf('good')).map(({ type, reason }) => `${type} ${reason}`).sort()).toEqual(['Normal Completed', 'Normal SuccessfulCreate']);
});

it('fails a Job whose limit of failures is passed', async () => {
  await start('bad', 'exit 3', { backoffLimit: 0 });
  const body = await untilOver('bad');
  expect(told(body)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded']);
  expect(body.status).toMatchObject({ failed: 1 });
  expect(body.status).not.toHaveProperty('completionTime');
  expect(await eventsOf('bad')).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }));
});

it('fails a Job whose first container fails, and keeps the words of its log', async () => {
  await start('begins', 'exit 0', { backoffLimit: 0 }, { initContainers: [{ name: 'first', ...shell('echo problem; exit 7'), terminationMessagePolicy: 'FallbackToLogsOnError' }] });
  expect(told(await untilOver('begins'))).toContain('Failed=True BackoffLimitExceeded');
  const [pod] = await podsOf('begins');
  expect(pod.status).toMatchObject({
    phase: 'Failed',
    initContainerStatuses: [{ state: { terminated: { exitCode: 7, reason: 'Error', message: 'problem\n' } } }],
    containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
  });
});

it('ends a Job at its deadline, and its pods with it', async () => {
  await start('late', 'sleep 600', { activeDeadlineSeconds: 1 });
  expect(told(await untilOver('late'))).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
  await untilPods('late', 'no pods', found => found.length === 0);
});

it('runs nothing while a Job is suspended, ends what ran, and begins anew', async () => {
  await start('held', 'sleep 600', { suspend: true });
  const held = await api.eventually('the pause', () => api.get(`${jobs}/held`), ({ body }) => has(body, 'Suspended'));
  expect(held.body.status).not.toHaveProperty('startTime');
  expect(await podsOf('held')).toEqual([]);
  await api.merge(`${jobs}/held`, { spec: { suspend: false } });
  await untilRunning('held');
  await api.merge(`${jobs}/held`, { spec: { suspend: true } });
  await untilPods('held', 'no pods', found => found.length === 0);
  const again = await api.eventually('the pause', () => api.get(`${jobs}/held`), ({ body }) => has(body, 'Suspended'));
  expect(told(again.body)).toEqual(['Suspended=True JobSuspended']);
  expect(again.body.status).not.toHaveProperty('failed');
  await api.delete(`${jobs}/held?propagationPolicy=Background`);
});

it('replaces a pod that somebody deletes or evicts, and counts it as failed', async () => {
  await start('lasting', 'sleep 600');
  const [first] = await untilRunning('lasting');
  await api.delete(`${pods}/${first.metadata.name}`);
  const now = await untilRunning('lasting', first.metadata.uid);
  const { body } = await api.eventually('the failure to be counted', () => api.get(`${jobs}/lasting`), answer => String(answer.body.status.failed) === '1');
  expect(body.status).toMatchObject({ active: 1, failed: 1 });
  const second = now.find(({ metadata, status }) => metadata.uid !== first.metadata.uid && status?.phase === 'Running');
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: second?.metadata.name, namespace } };
  expect(await api.post(`${pods}/${second?.metadata.name}/eviction`, eviction)).toMatchObject({ code: 201, body: { kind: 'Status', status: 'Success' } });
  await untilPods('lasting', 'the evicted pod to go', found => found.every(({ metadata }) => metadata.uid !== second?.metadata.uid));
  await api.delete(`${jobs}/lasting?propagationPolicy=Background`);
});

it('removes a Job some time after its end, and its pods with it', async () => {
  await start('short', 'exit 0', { ttlSecondsAfterFinished: 1 });
  await api.eventually('it to go', () => api.get(`${jobs}/short`), ({ code }) => code === 404, 120);
  await untilPods('short', 'no pods', found => found.length === 0);
});

it('makes no more than a quota allows, and goes on when there is room', async () => {
  const quota = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const { body: all } = await api.get(jobs);
  const most = String(as<unknown[]>(all.items).length + 1);
  await api.post(quota, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'most' }, spec: { hard: { 'count/jobs.batch': most, pods: '0' } } });
  await api.eventually('the quota to be counted', () => api.get(`${quota}/most`), ({ body }) => body.status?.used !== undefined);
  await start('waits', 'exit 0');
  await api.eventually('the quota to be counted', () => api.get(`${quota}/most`), ({ body }) => String(body.status.used['count/jobs.batch']) === most);
  const refused = await api.post(jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'refused' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', ...shell('exit 0') }] } } } });
  expect(refused).toMatchObject({ code: 403, body: { reason: 'Forbidden', message: `jobs.batch "refused" is forbidden: exceeded quota: most, requested: count/jobs.batch=1, used: count/jobs.batch=${most}, limited: count/jobs.batch=${most}` } });
  const isRefusal = ({ reason, message }: { reason: string; message: string }) => reason === 'FailedCreate' && /^Error creating: pods "waits-\w+" is forbidden: exceeded quota: most, requested: pods=1, used: pods=\d+, limited: pods=0$/.test(message);
  await api.eventually('the event', () => api.get(`/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3Dwaits`), ({ body }) => as<Parameters<typeof isRefusal>[0][]>(body.items).some(isRefusal));
  await api.merge(`${quota}/most`, { spec: { hard: { pods: '50' } } });
  expect(told(await untilOver('waits'))).toContain('Complete=True CompletionsReached');
  await api.delete(`${quota}/most`);
});

it.each<[string, object, string]>([
  ['negative counts', { backoffLimit: -1 }, 'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0'],
  ['a deadline before the start', { activeDeadlineSeconds: -1 }, 'spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0'],
])('refuses a Job with %s', async (_title, spec, message) => {
  const { code, body } = await api.post(`${jobs}?dryRun=All`, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: { ...spec, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } } } });
  expect({ code, message: body.message }).toEqual({ code: 422, message: `Job.batch "x" is invalid: ${message}` });
});
