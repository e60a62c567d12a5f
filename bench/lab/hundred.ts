import { coreTypes, type DynamicObject, type KubeObject } from '@kratix-ts/core/kube';
import { atMost, median, type Row } from '../table';
import { WRITES } from './audit';
import { isReady, NAMESPACE, request, thing } from './objects';
import { clear } from './one';
import { ENGINE_USER, type LabSession } from './session';

const COUNT = 100;
const ROUNDS = 3;
/** An engine that has called nobody for this long is quiet, in milliseconds. */
const QUIET_MS = 3_000;

interface JobLike extends KubeObject {
  spec: { template: { metadata?: { labels?: Record<string, string> }; spec: { containers: { command?: string[]; args?: string[] }[] } } };
  status?: { completionTime?: string };
}

/** When, in seconds since the first of them was asked for, each of a hundred was done. */
type Ends = number[];

const first = (ends: Ends) => Math.min(...ends);
const last = (ends: Ends) => Math.max(...ends);

/** A hundred requests at once, beside a hundred bare Jobs. Ids: lab-hundred, lab-first, lab-memory, lab-restart. */
export async function measureHundred(session: LabSession): Promise<Row[]> {
  const template = await templateOf(session);
  const ours: Ends[] = [];
  const bare: Ends[] = [];
  let peak = 0;
  const cpu: number[] = [];
  let restart: Row[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await bareJobs(session, template, round));
    const before = session.engine.cpuSeconds();
    const sampling = setInterval(() => {
      peak = Math.max(peak, session.engine.resident());
    }, 100);
    ours.push(await requests(session, round));
    clearInterval(sampling);
    cpu.push(session.engine.cpuSeconds() - before);
    if (round === ROUNDS - 1) restart = await measureRestart(session);
    await clear(session, 'one');
  }
  const ratio = median(ours.map((ends, round) => last(ends) / last(bare[round])));
  const beyond = median(ours.map((ends, round) => first(ends) - first(bare[round])));
  const spread = median(ours.map(ends => median(ends) / last(ends)));
  const list = (values: number[]) => values.map(value => value.toFixed(1)).join(', ');
  return [
    { ...atMost('lab-hundred', `${COUNT} requests Ready (${list(ours.map(last))} s) beside ${COUNT} bare Jobs (${list(bare.map(last))} s), median of ${ROUNDS}`, ratio, '×', 1.25), beside: 'last after 159 s, tuned 93 s' },
    { ...atMost('lab-first', `of the hundred: first Ready beyond the first bare Job's end (${list(ours.map(first))} s; ${list(bare.map(first))} s)`, beyond, 's', 2), beside: 'first after 139 s, tuned 23 s' },
    atMost('lab-first', 'of the hundred: median Ready / last Ready', spread, '', 0.75),
    ...restart,
    { ...atMost('lab-memory', 'engine resident at the peak of the hundred', peak, 'MB', 130), beside: '89 MB' },
    { ...atMost('lab-memory', 'CPU time of the engine and its git for the hundred', median(cpu), 's', 6), beside: '9 s' },
  ];
}

async function requests(session: LabSession, round: number): Promise<Ends> {
  const began = Date.now();
  return Promise.all(
    Array.from({ length: COUNT }, async (_, index) => {
      const name = `hundred-${round}-${index}`;
      const ready = session.seen(thing('one'), `${name} to be Ready`, object => object.metadata.name === name && isReady(object));
      await session.kube.create(thing('one'), request('one', name));
      return ((await ready) - began) / 1_000;
    }),
  );
}

/** The Job of a request, as a pattern for bare ones. */
async function templateOf(session: LabSession): Promise<JobLike> {
  const name = 'pattern';
  const ready = session.seen(thing('one'), `${name} to be Ready`, object => object.metadata.name === name && isReady(object));
  await session.kube.create(thing('one'), request('one', name));
  await ready;
  const { items } = await session.kube.list<JobLike>(coreTypes.Job, { namespace: NAMESPACE, labelSelector: `kratix.io/resource-name=${name}` });
  await session.kube.delete(thing('one'), { name, namespace: NAMESPACE });
  await session.gone(thing('one'), name, ({ metadata }) => metadata.name === name);
  if (items.length === 0) throw new Error('the first request left no Job to take as a pattern');
  return items[0];
}

/** The same pods, whose last container only exits; nobody but Kubernetes looks after them. */
async function bareJobs(session: LabSession, { spec: { template } }: JobLike, round: number): Promise<Ends> {
  const [helper, ...others] = template.spec.containers;
  const container = { ...helper, command: ['/usr/local/bin/node', '-e', '0'], args: undefined };
  // the pattern's own account went with its request
  const spec = { ...template.spec, serviceAccountName: 'default', serviceAccount: undefined, containers: [container, ...others] };
  const pod = { metadata: { labels: { bare: 'true' } }, spec };
  const began = Date.now();
  const ends = await Promise.all(
    Array.from({ length: COUNT }, async (_, index) => {
      const metadata = { name: `bare-${round}-${index}`, namespace: NAMESPACE, labels: { bare: 'true' } };
      const done = session.seen(coreTypes.Job, metadata.name, job => job.metadata.name === metadata.name && isComplete(job));
      await session.kube.create<DynamicObject>(coreTypes.Job, { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { backoffLimit: 0, template: pod } });
      return ((await done) - began) / 1_000;
    }),
  );
  for (let index = 0; index < COUNT; index += 1) await session.kube.delete(coreTypes.Job, { name: `bare-${round}-${index}`, namespace: NAMESPACE }, { propagationPolicy: 'Background' });
  await session.gone(coreTypes.Pod, 'the pods of bare Jobs', ({ metadata }) => metadata.labels?.bare === 'true');
  return ends;
}

function isComplete({ status }: DynamicObject): boolean {
  return ((status?.conditions ?? []) as { type: string; status: string }[]).some(({ type, status: is }) => type === 'Complete' && is === 'True');
}

/** A new engine finds a hundred settled requests. */
async function measureRestart(session: LabSession): Promise<Row[]> {
  await session.engine.stop();
  const mark = session.audit.mark();
  const began = Date.now();
  await session.startEngine();
  for (let before = -1, now = ownCalls(session, mark).length; now !== before; ) {
    before = now;
    await new Promise(resolve => setTimeout(resolve, QUIET_MS));
    now = ownCalls(session, mark).length;
  }
  const calls = ownCalls(session, mark);
  const quietAfter = (Math.max(began, ...calls.map(({ answeredAt }) => answeredAt)) - began) / 1_000;
  const writes = calls.filter(({ verb }) => WRITES.has(verb)).length;
  return [
    { ...atMost('lab-restart', 'engine started anew with 100 settled requests: time to quiet', quietAfter, 's', 2), beside: '36 s' },
    { ...atMost('lab-restart', 'its writes', writes, 'calls', 0), beside: '185' },
  ];
}

/** Leases are renewed for ever, and watches end when they please. */
function ownCalls(session: LabSession, mark: number) {
  return session.audit.since(mark).filter(({ user, resource, verb }) => user === ENGINE_USER && resource !== 'leases' && verb !== 'watch');
}
