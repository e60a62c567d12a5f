import { coreTypes, type DynamicObject } from '@kratix-ts/core/kube';
import { atMost, median, type Row } from '../table';
import { type AuditedCall, READS, WRITES } from './audit';
import { isReady, NAMESPACE, request, thing } from './objects';
import { ENGINE_USER, type LabSession } from './session';

const REQUESTS = 20;
const STEPS = 50;
/** What else writes while a request is on its way; counted apart. */
const APART = new Set(['events', 'leases', 'leases/status']);
const HELPER = 'system:serviceaccount:';

interface Times {
  name: string;
  mark: number;
  createdAt: number;
  /** When a pod's status that shows the helper ended was seen, for each pipeline. */
  helperEnded: number[];
  readyAt: number;
}

/** Makes a request and waits until it is Ready. */
async function one(session: LabSession, promise: string, name: string, pipelines = 1): Promise<Times> {
  const mark = session.audit.mark();
  const createdAt = Date.now();
  const isOurs = ({ metadata }: DynamicObject) => metadata.labels?.['kratix.io/resource-name'] === name;
  const ended = Array.from({ length: pipelines }, (_, index) =>
    session.seen(coreTypes.Pod, `the pod of ${name}`, pod => isOurs(pod) && pod.metadata.labels?.['kratix.io/pipeline-name'] === `step-${index + 1}` && hasHelperEnded(pod)),
  );
  await session.kube.create(thing(promise), request(promise, name));
  const ready = session.seen(thing(promise), `${name} to be Ready`, object => object.metadata.name === name && isReady(object));
  return { name, mark, createdAt, helperEnded: await Promise.all(ended), readyAt: await ready };
}

function hasHelperEnded({ status }: DynamicObject): boolean {
  const containers = (status?.containerStatuses ?? []) as { state?: { terminated?: object } }[];
  return containers.length > 0 && containers.every(({ state }) => state?.terminated);
}

/** One request after the other: how long, and at what cost. Ids: lab-one, lab-writes, lab-reads. */
export async function measureOne(session: LabSession): Promise<Row[]> {
  const all: Times[] = [];
  let calls: AuditedCall[] = [];
  for (let count = 0; count < REQUESTS; count += 1) {
    // what is still written for the first is none of the second's
    if (count === 1) await new Promise(resolve => setTimeout(resolve, 2_000));
    const times = await one(session, 'one', `one-${count}`);
    all.push(times);
    if (count !== 1) continue;
    // what is written after Ready belongs to it, too
    await new Promise(resolve => setTimeout(resolve, 2_000));
    calls = session.audit.since(times.mark);
  }
  await clear(session, 'one');
  const beyond = median(all.map(({ readyAt, helperEnded }) => readyAt - helperEnded[0]));
  const whole = median(all.map(({ createdAt, readyAt }) => readyAt - createdAt));
  const seconds = (ms: number) => (ms / 1_000).toFixed(2);
  return [
    { ...atMost('lab-one', `one request, Ready beyond its pod's own time, median of ${REQUESTS} (${seconds(whole)} s, of which its pod ${seconds(whole - beyond)} s)`, beyond, 'ms', 300), beside: '6.9 s, of which its workflow 3.8 s' },
    ...callRows(calls),
  ];
}

function callRows(calls: AuditedCall[]): Row[] {
  const isHelper = ({ user, namespace }: AuditedCall) => user.startsWith(`${HELPER}${NAMESPACE}:`) && user !== ENGINE_USER && namespace === NAMESPACE;
  const isEngine = ({ user }: AuditedCall) => user === ENGINE_USER;
  const isCounted = ({ resource }: AuditedCall) => !APART.has(resource);
  const writes = calls.filter(call => WRITES.has(call.verb) && isCounted(call) && (isEngine(call) || isHelper(call)));
  const reads = (isIt: typeof isHelper) => calls.filter(call => READS.has(call.verb) && isCounted(call) && isIt(call)).length;
  const events = calls.filter(call => isEngine(call) && call.resource === 'events').length;
  const others = calls.filter(call => WRITES.has(call.verb) && !isEngine(call) && !isHelper(call) && call.namespace === NAMESPACE).length;
  for (const { verb, resource, user, code } of writes) if (process.env.BENCH_LOG) process.stderr.write(`${user} ${verb} ${resource} ${code}\n`);
  return [
    { ...atMost('lab-writes', `API writes per request until Ready, engine and helper (${events} events apart; kubelet and controllers ${others})`, writes.length, 'calls', 12), beside: '35' },
    { ...atMost('lab-reads', `reads outside watches, engine ${reads(isEngine)}, helper ${reads(isHelper)}`, reads(isEngine) + reads(isHelper), 'calls', 0), beside: '17' },
  ];
}

/** Requests of two pipelines: how soon the next Job comes, by the API server's own clock. Id: lab-step. */
export async function measureSteps(session: LabSession): Promise<Row[]> {
  const nextJob: number[] = [];
  const firstJob: number[] = [];
  const pods: number[] = [];
  for (let count = 0; count < STEPS; count += 1) {
    const times = await one(session, 'two', `two-${count}`, 2);
    const calls = session.audit.since(times.mark);
    const jobs = calls.filter(({ user, verb, resource }) => user === ENGINE_USER && verb === 'create' && resource === 'jobs');
    const created = calls.find(({ verb, resource }) => verb === 'create' && resource === thing('two').plural);
    // the pod's last status before this process saw that the helper had ended is the one that shows it
    const shown = calls.filter(({ user, resource, answeredAt }) => user.startsWith('system:node:') && resource === 'pods/status' && answeredAt <= times.helperEnded[0] + 1).at(-1);
    if (!created || !shown || jobs.length < 2) throw new Error(`${times.name}: the audit log does not hold its creation, its pod's status and its two Jobs`);
    firstJob.push(jobs[0].receivedAt - created.receivedAt);
    nextJob.push(jobs[1].receivedAt - shown.receivedAt);
    const pod = calls.find(({ verb, resource, receivedAt }) => verb === 'create' && resource === 'pods' && receivedAt >= jobs[1].receivedAt);
    if (pod) pods.push(pod.receivedAt - jobs[1].receivedAt);
  }
  await clear(session, 'two');
  const p = (values: number[], share: number) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
  const row = (what: string, values: number[], share: number, aim: number) => atMost('lab-step', `${what}, p${share * 100} of ${STEPS}`, p(values, share), 'ms', aim);
  return [
    row(`helper ended → next Job (then Job → pod, the Job controller's share: ${p(pods, 0.5)} ms)`, nextJob, 0.5, 50),
    row('helper ended → next Job', nextJob, 0.99, 150),
    row('request created → its Job', firstJob, 0.5, 50),
    row('request created → its Job', firstJob, 0.99, 150),
  ];
}

/** Deletes all requests of a Promise and waits until they are gone. */
export async function clear(session: LabSession, promise: string): Promise<void> {
  const requests = await session.view(thing(promise));
  for (const { metadata } of requests.list()) await session.kube.delete(thing(promise), { name: metadata.name, namespace: metadata.namespace });
  await session.gone(thing(promise), `requests of ${promise}`, () => true);
}
