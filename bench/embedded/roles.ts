import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createEngine, createLogger } from '@kratix-ts/core';
import { connect } from '@kratix-ts/core/kube';
import { InstantKubelet } from '@kratix-ts/core/testing';
import { startCluster } from '@kratix-ts/local-cluster';
import type { Figures, Question } from './children';

const log = createLogger({ level: 'error' });
/** A process is quiet when it was at work for less than this share of a window. */
const QUIET_SHARE = 0.05;
const WINDOW_MS = 250;

const send = (message: unknown) => process.send?.(message);

function answer(answers: Partial<Record<Question, () => unknown>>, stop: () => Promise<void>) {
  process.on('message', async (question: Question) => {
    if (question === 'stop') {
      await stop();
      process.exit(0);
    }
    send(await answers[question]?.());
  });
}

/** An API server whose pods are over at once, each with one file of a thousand bytes. */
async function cluster(dir: string) {
  const made = await startCluster({ dir, log, pods: false });
  const client = await connect({ file: made.kubeconfig });
  // nothing that compression could make small
  const file = `text: ${randomBytes(750).toString('base64')}\n`;
  const kubelet = await InstantKubelet.start({ client, run: () => ({ files: { 'file.yaml': file } }) });
  answer({}, async () => {
    await kubelet.stop();
    await client.close();
    await made.stop();
  });
  send(made.kubeconfig);
}

async function engine(kubeconfig: string, cacheDir: string) {
  const began = performance.now();
  const figures = { reads: 0, writes: 0 };
  const isLeftOut = (path: string) => /\/(events|leases)(\/|\?|$)/.test(path);
  const kube = await connect({
    file: kubeconfig,
    onCall: ({ method, path }) => {
      if (!isLeftOut(path)) figures[method === 'GET' ? 'reads' : 'writes'] += 1;
    },
  });
  let lastBusy = performance.now();
  let before = performance.eventLoopUtilization();
  const sampler = setInterval(() => {
    const now = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(now, before).utilization > QUIET_SHARE) lastBusy = performance.now();
    before = now;
  }, WINDOW_MS);
  let peak = 0;
  const memory = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
  const running = createEngine({ kube, log, config: { helperImage: 'bench.example/helper:1', allowLocalStores: true, cacheDir: join(cacheDir, 'cache') } });
  await running.start();
  const used = (): Figures => {
    const { user, system } = process.cpuUsage();
    return { resident: Math.max(peak, process.memoryUsage.rss()), cpu: (user + system) / 1e6, ...figures };
  };
  const quiet = async () => {
    while (performance.now() - lastBusy < 4 * WINDOW_MS) await new Promise(resolve => setTimeout(resolve, WINDOW_MS));
    return { seconds: (lastBusy - began) / 1_000, ...used() };
  };
  answer({ figures: used, quiet }, async () => {
    clearInterval(sampler);
    clearInterval(memory);
    await running.stop();
    await kube.close();
  });
  send('running');
}

/** Does what the process was started for; false when that is the benchmark itself. */
export async function playRole([role, ...args]: string[]): Promise<boolean> {
  if (role === 'cluster') await cluster(args[0]);
  else if (role === 'engine') await engine(args[0], args[1]);
  else return false;
  return true;
}
