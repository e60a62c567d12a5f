import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Promise as PromiseKind } from '@kratix-ts/core/api';
import { coreTypes } from '@kratix-ts/core/kube';
import type { Measurement } from '../measurement';
import { atLeast, atMost, median, type Row } from '../table';
import { Child, type Figures } from './children';
import { Users } from './requests';
import { copySettled, PATTERN } from './seed';

const MANY = Number(process.env.BENCH_REQUESTS ?? 10_000);
const BURST = 1_000;
const TIMES = 3;
const IDLE_SECONDS = 120;
const FAIR_SECONDS = 60;
const FAIR_LIMIT = 2;

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const percentile = (values: number[], share: number) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

interface Quiet extends Figures {
  seconds: number;
}

const say = (line: string) => process.stderr.write(`${line}\n`);
const missing = () => undefined;

/** Many requests at once. */
export const control: Measurement = {
  ids: ['control'],
  missing,
  async measure() {
    const rates: number[] = [];
    for (let time = 0; time < TIMES; time += 1) rates.push(await withCluster(async (users, startEngine) => burst(users, await startEngine())));
    return [atLeast('control', `${BURST} requests until Ready, files in a bare repository, pods ended at once by a stub`, median(rates), 'requests/s', 60)];
  },
};

/** An engine over many settled requests. */
export const settled: Measurement = { ids: ['start', 'idle', 'fair'], missing, measure: chosen => withCluster((users, startEngine, folder) => measureSettled(users, startEngine, folder, chosen)) };

type StartEngine = () => Promise<Child>;

async function withCluster<T>(measure: (users: Users, startEngine: StartEngine, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kratix-ts-bench-'));
  const { child: cluster, ready: kubeconfig } = await Child.start<string>('cluster', join(folder, 'cluster'));
  const users = await Users.of(kubeconfig);
  try {
    await users.prepare(folder);
    return await measure(users, async () => (await Child.start('engine', kubeconfig, folder)).child, folder);
  } finally {
    await users.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requests a second, from the first to the last one Ready. */
async function burst(users: Users, engine: Child): Promise<number> {
  await users.install('thing');
  await users.request('thing', ['first']);
  await users.untilReady('thing', 1);
  const began = performance.now();
  const all = users.untilReady('thing', BURST + 1);
  await users.request('thing', numbered('many', BURST));
  await all;
  const seconds = (performance.now() - began) / 1_000;
  const { cpu, resident, writes } = await engine.ask<Figures>('figures');
  say(`control: ${(BURST / seconds).toFixed(1)} requests/s; the engine: CPU ${cpu.toFixed(1)} s, ${Math.round(resident / 1e6)} MB, ${(writes / BURST).toFixed(1)} writes a request`);
  await engine.stop();
  return BURST / seconds;
}

/** What an engine costs that has nothing to do, and how fair one is that has too much. */
async function measureSettled(users: Users, startEngine: StartEngine, folder: string, chosen: readonly string[]): Promise<Row[]> {
  const isChosen = (id: string) => chosen.length === 0 || chosen.includes(id);
  const seeding = await startEngine();
  await users.install('thing');
  await users.install('other');
  await users.request('thing', [PATTERN]);
  await users.untilReady('thing', 1);
  await seeding.stop();
  const began = performance.now();
  await copySettled(users, folder, 'thing', numbered('many', MANY - 1));
  say(`${MANY} settled requests made in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  // Kubernetes forgets Jobs and pods in time; records stay
  await users.removeAll(coreTypes.Job);
  const starts: Quiet[] = [];
  let engine: Child | undefined;
  for (let time = 0; time < (isChosen('start') ? TIMES : 1); time += 1) {
    await engine?.stop();
    engine = await startEngine();
    const start = await engine.ask<Quiet>('quiet');
    say(`start: ${start.seconds.toFixed(1)} s (CPU ${start.cpu.toFixed(1)} s), ${Math.round(start.resident / 1e6)} MB, ${start.writes} writes, ${start.reads} reads`);
    starts.push(start);
  }
  const rows = !isChosen('start') ? [] : [
    atMost('start', `${MANY} each of request, binding, Work, placement and run: time to quiet`, median(starts.map(({ seconds }) => seconds)), 's', 8),
    atMost('start-writes', 'writes meanwhile', median(starts.map(({ writes }) => writes)), 'calls', 0),
    atMost('start-memory', 'resident at its peak', median(starts.map(({ resident }) => resident)) / 1e6, 'MB', 450),
  ];
  if (!engine) return rows;
  if (isChosen('idle')) rows.push(...(await idle(engine)));
  if (isChosen('fair')) rows.push(...(await fair(users)));
  await engine.stop();
  return rows;
}

async function idle(engine: Child): Promise<Row[]> {
  const before = await engine.ask<Figures>('figures');
  await sleep(IDLE_SECONDS * 1_000);
  const after = await engine.ask<Figures>('figures');
  const calls = (figures: Figures) => figures.reads + figures.writes;
  return [
    atMost('idle', `the same for ${IDLE_SECONDS} s: share of a core`, ((after.cpu - before.cpu) / IDLE_SECONDS) * 100, '%', 1),
    atMost('idle-calls', 'API calls a second meanwhile', (calls(after) - calls(before)) / IDLE_SECONDS, 'calls/s', 1),
  ];
}

/** One Promise is edited under its many requests, while somebody makes a request of it, or of another one, each second. */
async function fair(users: Users): Promise<Row[]> {
  const started = new Map<string, number>();
  const jobs = users.cache.informer(coreTypes.Job);
  await jobs.whenSynced();
  jobs.onChange(({ type, object }) => {
    const name = object.metadata.labels?.['kratix.io/resource-name'];
    if (type === 'added' && name?.startsWith('late-')) started.set(name, performance.now());
  });
  const pipeline = { apiVersion: PromiseKind.apiVersion, kind: 'Pipeline', metadata: { name: 'only' }, spec: { containers: [{ name: 'write', image: 'bench.example/tools:2' }] } };
  await users.kube.patch(PromiseKind.type, { name: 'thing' }, { spec: { workflows: { resource: { configure: [pipeline] } } } }, { kind: 'merge' });
  await sleep(1_000);
  const made = new Map<string, number>();
  for (let second = 0; second < FAIR_SECONDS; second += 1) {
    const name = `late-${second}`;
    made.set(name, performance.now());
    await users.request(second % 2 ? 'thing' : 'other', [name]);
    await sleep(1_000);
  }
  await sleep(FAIR_LIMIT * 1_000);
  const now = performance.now();
  const waits = (parity: number) => [...made].filter(([name]) => Number(name.slice(5)) % 2 === parity).map(([name, at]) => ((started.get(name) ?? now) - at) / 1_000);
  const [other, same] = [percentile(waits(0), 0.99), percentile(waits(1), 0.99)];
  say(`fair: wait for the Job, p99: a request of another Promise ${other.toFixed(2)} s, of the edited one ${same.toFixed(2)} s`);
  return [atMost('fair', `a Promise is edited under ${MANY} requests: wait of a new request for its Job, p99`, Math.max(other, same), 's', FAIR_LIMIT)];
}
