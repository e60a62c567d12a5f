import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Child } from './embedded/children';
import { playRole } from './embedded/roles';
import { catalog } from './portal/catalog';
import { Load } from './portal/load';
import { LIMITED, portal, type PortalFigures, type Told } from './portal/role';
import { atMost, report, type Row } from './table';

const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 10_000);
const REPEATS = 200;
const CHANGES = 50;
const PAGES = 200;
/** Requests whose entities a catalog of its own has. */
const SHOWN = 100;
const PATIENCE = 120_000;

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const p95 = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;
const say = (line: string) => process.stderr.write(`${line}\n`);

interface Portal {
  process: ChildProcess;
  port: number;
  /** Milliseconds. */
  ready: number;
}

async function startPortal(kubeconfig: string, expected: number): Promise<Portal> {
  const child = fork(process.argv[1], ['portal', kubeconfig], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: ['--expose-gc'], env: { ...process.env, NODE_ENV: 'production', EXPECTED: String(expected) } });
  const [answer] = await once(child, 'message');
  return { process: child, ...(answer as { port: number; ready: number }) };
}

async function figures({ process: child }: Portal): Promise<PortalFigures> {
  child.send('figures');
  for (;;) {
    const [answer] = (await once(child, 'message')) as [PortalFigures | Told];
    if ('resident' in answer) return answer;
  }
}

async function stop({ process: child }: Portal): Promise<void> {
  const ended = once(child, 'exit');
  child.send('stop');
  await ended;
}

function fetchFrom({ port }: { port: number }, path: string, read: (chunk: Buffer) => void | Promise<void> = () => {}, headers: Record<string, string> = {}): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, async response => {
      for await (const chunk of response) await read(chunk as Buffer);
      if (response.statusCode === 200) resolve(performance.now() - began);
      else reject(new Error(`${path} answered ${response.statusCode}`));
    }).on('error', reject);
  });
}

async function times(count: number, measure: (index: number) => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let index = 0; index < count; index += 1) values.push(await measure(index));
  return values;
}

/** Milliseconds from before a change is written to when it was told, as a signal and to the catalog. */
async function delays(running: Portal, load: Load): Promise<Record<Told['what'], number[]>> {
  const values: Record<Told['what'], number[]> = { signal: [], emit: [] };
  for (let count = 0; count < CHANGES; count += 1) {
    const index = (count * 97) % REQUESTS;
    const began = Date.now();
    const waiting = new Set<Told['what']>(['signal', 'emit']);
    const told = new Promise<void>(resolve => {
      const note = (message: Told) => {
        if (!waiting.has(message.what) || message.name.split('.')[0] !== load.name(index)) return;
        waiting.delete(message.what);
        values[message.what].push(message.at - began);
        if (waiting.size > 0) return;
        running.process.off('message', note);
        resolve();
      };
      running.process.on('message', note);
    });
    await load.touch(index, `change ${count}`);
    await load.annotate(index, `change ${count}`);
    await Promise.race([told, sleep(5_000)]);
  }
  return values;
}

/** The entity of a request, as text; empty while the catalog does not have it. */
async function entityOf(port: number, load: Load, index: number): Promise<string> {
  let text = '';
  const name = `${load.name(index)}.${load.offer.promise}`;
  await fetchFrom({ port }, `/api/catalog/entities/by-name/component/${load.namespace(index)}/${name}`, chunk => void (text += chunk)).catch(() => (text = ''));
  return text;
}

async function untilShown(port: number, load: Load, index: number, words: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!(await entityOf(port, load, index)).includes(words)) {
    if (performance.now() > deadline) throw new Error(`the catalog does not show "${words}" on ${load.name(index)}`);
    await sleep(10);
  }
}

/** Milliseconds from before a change is written to when the catalog's API shows it on the entity. */
async function shownAfter(kubeconfig: string): Promise<number[]> {
  const load = await Load.on(kubeconfig);
  await load.fill(SHOWN);
  const { child, ready: port } = await Child.start<number>('catalog', kubeconfig);
  try {
    for (let index = 0; index < SHOWN; index += 1) await untilShown(port, load, index, load.name(index));
    return await times(CHANGES, async count => {
      // at no set distance from the catalog's own polls
      await sleep((count * 37) % 1_000);
      const began = performance.now();
      await load.annotate(count, `shown ${count}`);
      await untilShown(port, load, count, `shown-${count}`);
      return performance.now() - began;
    });
  } finally {
    await child.stop();
    await load.close();
  }
}

/** Calls to the Kubernetes API while requests change for some seconds, with so many pages that fetch anew at each signal. */
async function callsWith(pages: number, running: Portal, load: Load, one: string): Promise<number> {
  const { calls } = await figures(running);
  for (let count = 0; count < 10; count += 1) {
    await load.touch(count, `pages ${pages} ${count}`);
    await Promise.all(Array.from({ length: pages }, (_, page) => fetchFrom(running, page % 2 === 0 ? '/v1/requests?limit=50' : one)));
    await sleep(200);
  }
  return (await figures(running)).calls - calls;
}

async function logMemory(running: Portal): Promise<number> {
  const before = (await figures(running)).resident;
  let peak = before;
  let chunks = 0;
  await fetchFrom(running, '/log', async () => {
    chunks += 1;
    if (chunks % 20 === 0) peak = Math.max(peak, (await figures(running)).resident);
  });
  return (peak - before) / 1e6;
}

async function measure(empty: string, full: string): Promise<Row[]> {
  const load = await Load.on(full);
  say(`writing ${REQUESTS} requests with their runs, Works and placements`);
  await load.fill(REQUESTS);
  const [beside, running] = [await startPortal(empty, 0), await startPortal(full, REQUESTS)];
  try {
    await sleep(2_000);
    const memory = ((await figures(running)).resident - (await figures(beside)).resident) / 1e6;
    const { group, plural } = load.offer.type;
    const one = (index: number) => `/v1/requests/demo/${group}/v1/${plural}/${load.namespace(index)}/${load.name(index)}`;
    const sorts = ['attention', 'name', 'createdAt', 'since', 'namespace'];
    const page = (index: number) => `/v1/requests?limit=50&offset=${(index % 10) * 50}&sort=${sorts[index % sorts.length]}&phase=Ready,Failed&namespace=team-1,team-2,team-3`;
    const list = await times(REPEATS, index => fetchFrom(running, page(index)));
    const limited = await times(REPEATS, index => fetchFrom(running, page(index), () => {}, { [LIMITED]: 'yes' }));
    const single = await times(REPEATS, index => fetchFrom(running, one((index * 31) % REQUESTS)));
    const { signal, emit } = await delays(running, load);
    const none = await callsWith(0, running, load, one(1));
    const many = await callsWith(PAGES, running, load, one(1));
    const log = await logMemory(running);
    const shown = await shownAfter(empty);
    return [
      atMost('ready', `started → first complete list, ${REQUESTS} requests`, running.ready / 1_000, 's', 5),
      atMost('memory', 'resident beyond the same process on an empty cluster', memory, 'MB', 250),
      atMost('list', '50 rows, filtered and sorted, p95', p95(list), 'ms', 50),
      atMost('list-limited', 'the same where a condition decides what the caller sees (namespace or requester), p95', p95(limited), 'ms', 50),
      atMost('one', 'one request in full, p95', p95(single), 'ms', 30),
      atMost('emit', 'object changed → catalog provider emits, p95', emit.length === CHANGES ? p95(emit) : Number.NaN, 'ms', 300),
      atMost('visible', `object changed → visible in a catalog of ${SHOWN} requests, which looks every 250 ms, p95`, p95(shown) / 1_000, 's', 2),
      atMost('signal', 'object changed → signal, p95', signal.length === CHANGES ? p95(signal) : Number.NaN, 'ms', 300),
      atMost('pages', `calls to the Kubernetes API with ${PAGES} open pages, beyond those with none`, many - none, 'calls', 0),
      atMost('log', '10 MB log streamed: extra memory', log, 'MB', 20),
    ];
  } finally {
    await stop(running);
    await stop(beside);
    await load.close();
  }
}

async function main() {
  const [role, kubeconfig] = process.argv.slice(2);
  if (role === 'portal') {
    await portal(kubeconfig);
    return;
  }
  if (role === 'catalog') {
    await catalog(kubeconfig);
    return;
  }
  if (await playRole(process.argv.slice(2))) return;
  const folder = mkdtempSync(join(tmpdir(), 'kratix-ts-bench-'));
  const [empty, full] = [await Child.start<string>('cluster', join(folder, 'empty')), await Child.start<string>('cluster', join(folder, 'full'))];
  try {
    report('portal', await measure(empty.ready, full.ready));
  } finally {
    await empty.child.stop();
    await full.child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
