import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from './launch.mjs';
import { mendFor } from './mend.mjs';
import { at } from './paths.mjs';
import { startProcess } from './processes.mjs';

const watched = ['--import', pathToFileURL(at('scripts/lib/stop-with-parent.mjs')).href];

/** The command and its arguments that run cluster and engine. */
export function clusterArguments({ data, apiPort, kubeconfig, helperImage }) {
  const given = Object.entries({ port: apiPort, kubeconfig, 'helper-image': helperImage });
  const more = given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
  const agreed = kubeconfig ? ['--yes'] : [];
  return [at('packages/cli/dist/kratix-ts.mjs'), 'dev', '--data', data, ...more, ...agreed];
}

/** Why the demo stops when one of its programs has ended. */
export function failureOf(ended, when) {
  // Whoever killed it knows why; its last lines would only hide the sentence.
  if (ended.signal === 'SIGKILL') {
    return new Failure(
      `The ${ended.name} was killed (SIGKILL), by somebody or for want of memory. The same command starts again with its data.`,
    );
  }
  const how = ended.signal ? `was ended by ${ended.signal}` : `ended with code ${ended.code}`;
  return new Failure(
    mendFor(/ENOSPC/.exec(ended.said)?.[0] ?? '') ?? `The ${ended.name} ${how} ${when}. It said:\n${ended.said}`,
  );
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Starts cluster and engine; resolves with `{ process, kubeconfig, store, server }` when they are ready. */
async function startCluster({ node, env }, options, started, note) {
  let tellReady;
  const ready = new Promise(resolve => {
    tellReady = resolve;
  });
  const process = startProcess({
    name: 'cluster',
    command: node,
    args: [...watched, ...clusterArguments(options)],
    cwd: at(),
    env,
    logFile: join(options.data, 'logs', 'cluster.log'),
    onLine: line => {
      const said = parse(line);
      if (said?.ready) tellReady(said);
      else if (said?.step) note(said.step);
    },
  });
  started(process);
  const said = await Promise.race([
    ready,
    process.ended.then(ended => {
      throw failureOf(ended, 'before it was ready');
    }),
  ]);
  return { process, kubeconfig: said.kubeconfig, store: said.store, server: said.server };
}

async function isReady(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/.backstage/health/v1/readiness`, {
      signal: AbortSignal.timeout(2000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** How long the portal may take until it answers. Milliseconds. */
const portalPatience = 180_000;

/** A portal for one person: without these Node lets its heap grow to twice the size. Megabytes. */
const portalMemory = ['--max-semi-space-size=8', '--max-old-space-size=512'];

/** Starts the portal; resolves with its process when it says that it is ready. */
async function startPortal({ node, env }, { data, port }, kubeconfig, started) {
  const local = at('app-config.local.yaml');
  const configs = [at('app-config.yaml'), ...(existsSync(local) ? [local] : [])];
  const process = startProcess({
    name: 'portal',
    command: node,
    args: [
      ...watched,
      ...portalMemory,
      at('packages/backend/dist/index.cjs'),
      ...configs.flatMap(config => ['--config', config]),
    ],
    cwd: at(),
    env: {
      ...env,
      NODE_ENV: 'production',
      PORTAL_PORT: String(port),
      PORTAL_DATA: join(data, 'portal'),
      KRATIX_KUBECONFIG: kubeconfig,
    },
    logFile: join(data, 'logs', 'portal.log'),
    // It would wait for every open page; its database survives a kill.
    grace: 2000,
  });
  started(process);
  let over;
  process.ended.then(ended => {
    over = ended;
  });
  const deadline = Date.now() + portalPatience;
  while (!(await isReady(port))) {
    if (over) throw failureOf(over, 'before it was ready');
    if (Date.now() > deadline) {
      throw new Failure(
        `The portal did not answer on port ${port} within ${portalPatience / 1000} s; its log is ${process.logFile}.`,
      );
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  return process;
}

/**
 * Starts cluster, engine and portal. Resolves with what they are and with `failed`, which resolves with a Failure when one
 * of them ends by itself, and `stop`. When the start fails, everything that it started has ended before it rejects.
 */
export async function startDemo(toolchain, options, progress) {
  const processes = [];
  const started = process => processes.push(process);
  const stop = () => Promise.all([...processes].reverse().map(process => process.stop()));
  const aborted = new Promise((_, reject) => {
    options.signal?.addEventListener('abort', () => reject(new Failure('Stopped.')), { once: true });
  });
  aborted.catch(() => {});
  const step = (title, work) => Promise.race([progress.step(title, work), aborted]);
  try {
    const cluster = await step(options.kubeconfig ? 'Starting the engine' : 'Starting the cluster', note =>
      startCluster(toolchain, options, started, note),
    );
    await step('Starting the portal', () => startPortal(toolchain, options, cluster.kubeconfig, started));
    const failed = Promise.race(processes.map(process => process.ended)).then(ended => failureOf(ended, 'by itself'));
    return { ...cluster, portal: `http://localhost:${options.port}`, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
