import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { leaveData, runningOn, takeData } from './data.mjs';
import { startDemo } from './demo.mjs';
import { exec } from './exec.mjs';
import { Failure } from './launch.mjs';
import { help, startOptions } from './options.mjs';
import { requirePort } from './ports.mjs';
import { createProgress } from './progress.mjs';

const foreignCluster = file => `With the cluster of ${file} the demo will
  * create or update the CustomResourceDefinitions of platform.kratix.io and workflows.kratix-ts.dev,
  * create the namespace kratix-platform-system, the example Promise, its destinations and what the Promise brings,
  * run the engine as a process on this machine, with the rights of that kubeconfig.
Nothing of it is removed when the demo stops.`;

async function agree({ kubeconfig, yes }) {
  if (!kubeconfig) return;
  if (!existsSync(kubeconfig))
    throw new Failure(`There is no file ${kubeconfig}; --kubeconfig needs the path of a kubeconfig.`);
  process.stdout.write(`${foreignCluster(kubeconfig)}\n`);
  if (yes) return;
  if (!process.stdin.isTTY) throw new Failure('Nobody can be asked here; add --yes to agree.');
  const dialogue = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await dialogue.question('Go on? [y/N] ');
  dialogue.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('Nothing was changed.');
}

async function checkMachine(options) {
  const running = runningOn(options.data);
  if (running) {
    throw new Failure(
      `A demo runs already (process ${running.pid}): ${running.portal}. End it with Ctrl-C where it runs.`,
    );
  }
  const git = await exec('git', ['--version']);
  if (git.code !== 0) throw new Failure('git is missing; install it and try again.');
  await requirePort(options.port, 'portal', '--port');
  if (options.apiPort) await requirePort(options.apiPort, 'API server', '--api-port');
}

/** Aborts on Ctrl-C or SIGTERM, and when the npm that runs us has gone. */
function stopSignal() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => controller.abort());
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && controller.abort(), 1000).unref();
  }
  return controller.signal;
}

const summary = ({ portal, kubeconfig, store }, isEmbedded) => `
kratix-ts is running.

  Portal       ${portal}
  Kubeconfig   ${kubeconfig}
  State store  ${store ?? 'as the destinations of that cluster say'}

In the portal, Create asks for something, and Kratix shows all that was asked for and what of it needs attention.

Ctrl-C stops everything. ${
  isEmbedded
    ? '`npm start` brings it back with its data, `npm start -- --fresh` starts anew.'
    : 'What is in the cluster stays there; the same command goes on with it.'
}
`;

async function run(toolchain, options, progress) {
  takeData(options.data, { fresh: options.fresh, portal: `http://localhost:${options.port}` });
  const signal = stopSignal();
  try {
    const demo = await startDemo(toolchain, { ...options, signal }, progress);
    process.stdout.write(`${summary(demo, !options.kubeconfig)}\n`);
    const stopped = new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
    const failure = signal.aborted ? undefined : await Promise.race([stopped, demo.failed]);
    await progress.step('Stopping', demo.stop);
    if (failure) throw failure;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    leaveData(options.data);
  }
}

export async function main(argv) {
  const options = startOptions(argv);
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  await checkMachine(options);
  await agree(options);
  const progress = createProgress();
  const toolchain = await bootstrap(progress);
  await build(toolchain, progress);
  await run(toolchain, options, progress);
}
