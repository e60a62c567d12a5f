import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { tmpdir } from 'node:os';
import { configFromEnvironment, createLogger, parseAddress, type EngineConfig, type Logger } from '@kratix-ts/core';
import { type Command, flag, type Input, text, UsageError } from '../command';
import { EngineProcess, type EngineProcessOptions } from '../engine/engine-process';

/** How long the engine may take to end, in milliseconds: less than the 30 seconds that the kubelet gives it. */
const END_PATIENCE = 25_000;

/** The engine alone, for a cluster that is there: what the image runs. Source: B-CFG-1, B-CFG-2. */
export const engine: Command = {
  name: 'engine',
  summary: 'Runs the engine for a cluster, until it is told to end',
  usage: ['kratix-ts engine --helper-image REF [--kubeconfig FILE] [--leader-elect]'],
  options: {
    kubeconfig: { type: 'string', value: 'FILE', text: 'the cluster; else KUBECONFIG, ~/.kube/config or the account of the pod' },
    'helper-image': { type: 'string', value: 'REF', text: "image of the pipelines' last container (PIPELINE_ADAPTER_IMG)" },
    'cache-dir': { type: 'string', value: 'DIR', text: 'local copies of state stores; one engine alone uses it' },
    'leader-elect': { type: 'boolean', text: 'work only while this process holds the Lease: for several replicas' },
    'health-probe-bind-address': { type: 'string', value: 'ADDRESS', text: 'where /healthz and /readyz are served (:8081); 0 for nowhere' },
    'metrics-bind-address': { type: 'string', value: 'ADDRESS', text: 'where /metrics is served (:8080); 0 for nowhere' },
    'requests-role': { type: 'string', value: 'NAME', text: 'ClusterRole that the engine keeps in step with the APIs of Promises, where its rights are narrow' },
    'webhook-bind-address': { type: 'string', value: 'ADDRESS', text: 'where the admission webhook is served, such as :9443; nowhere unless given' },
    'push-events-bind-address': { type: 'string', value: 'ADDRESS', text: 'where git hosts may say that somebody pushed, such as :8083; nowhere unless given' },
    'push-events-secret': { type: 'string', value: 'NAME', text: 'Secret with what they sign with (kratix-push-events)' },
    'plugins-dir': { type: 'string', value: 'DIR', text: "the folder in whose node_modules the plugins' packages are; else the working directory" },
    'allow-local-stores': { type: 'boolean', text: 'let state stores have file: URLs, for laptops and tests' },
  },
  run: async input => {
    const options = optionsOf(input, process.env);
    const log = createLogger({ name: 'kratix-ts' });
    const running = new EngineProcess(options, log);
    const failed = running.failed.then(error => {
      log.error({ err: error }, 'the engine cannot go on');
      return 1;
    });
    const stopped = untilAborted(input.signal).then(() => 0);
    // both settle by themselves: a start that waits for the lead must not hold up the end
    running.start().catch(error => running.fail(error));
    const code = await Promise.race([failed, stopped]);
    if (code === 0) log.info({}, 'ending: what is under way is finished, and the lead given away');
    return (await endsInTime(running, log)) ? code : 1;
  },
};

/** Reads the process-level settings; the rest stands in ConfigMap `kratix`. Throws {@link UsageError}. */
export function optionsOf(given: Input, env: NodeJS.ProcessEnv): EngineProcessOptions {
  if (given.positionals.length > 0) throw new UsageError(`"${given.positionals[0]}" is one word too many`);
  const kubeconfig = text(given, 'kubeconfig');
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) throw new UsageError(`--kubeconfig ${kubeconfig}: there is no such file`);
  const fromEnvironment = configFromEnvironment(env);
  const helperImage = text(given, 'helper-image') ?? fromEnvironment.helperImage;
  if (!helperImage) throw new UsageError('--helper-image REF is missing, and PIPELINE_ADAPTER_IMG is not set: name the image of the helper container');
  const requestsRole = text(given, 'requests-role');
  const pluginsDir = text(given, 'plugins-dir');
  const webhook = addressOf(given, 'webhook-bind-address', '0');
  const pushEvents = addressOf(given, 'push-events-bind-address', '0');
  const secret = text(given, 'push-events-secret');
  if (secret !== undefined && !pushEvents) throw new UsageError('--push-events-secret is of use with --push-events-bind-address alone');
  const config: EngineConfig = {
    ...fromEnvironment,
    ...(pluginsDir && { pluginsDir: isAbsolute(pluginsDir) ? pluginsDir : join(process.cwd(), pluginsDir) }),
    ...(webhook && { admission: { address: webhook } }),
    ...(pushEvents && { pushEvents: { address: pushEvents, ...(secret && { secret }) } }),
    helperImage,
    cacheDir: text(given, 'cache-dir') ?? join(tmpdir(), 'kratix-ts'),
    leaderElection: flag(given, 'leader-elect'),
    allowLocalStores: flag(given, 'allow-local-stores'),
    ...(requestsRole && { requestsRole }),
  };
  const probes = addressOf(given, 'health-probe-bind-address', ':8081');
  const metrics = addressOf(given, 'metrics-bind-address', ':8080');
  return { config, ...(kubeconfig && { kubeconfig }), ...(probes && { probes }), ...(metrics && { metrics }) };
}

/** `0` turns an endpoint off. */
function addressOf(input: Input, option: string, byDefault: string): string | undefined {
  const address = text(input, option) ?? byDefault;
  if (address === '0') return undefined;
  try {
    parseAddress(address);
  } catch (error) {
    throw new UsageError(`--${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return address;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** False when something held the end up; then the process goes without it. Source: Q-35. */
async function endsInTime(running: EngineProcess, log: Logger): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), END_PATIENCE);
  });
  const ended = running.stop().then(
    () => true,
    error => {
      log.error({ err: error }, 'the engine did not end in peace');
      return false;
    },
  );
  const isInTime = await Promise.race([ended, tooLate]);
  clearTimeout(timer);
  if (!isInTime) log.error({ patienceMs: END_PATIENCE }, 'not everything ended in time');
  return isInTime;
}
