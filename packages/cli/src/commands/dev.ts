import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Command, flag, type Input, number, text, UsageError } from '../command';
import { type DevOptions, Running, startDev, SYSTEM_NAMESPACE } from '../dev/dev';
import { createProgress } from '../progress';

/** How long everything may take to end. Milliseconds. */
const END_PATIENCE = 20_000;

export const dev: Command = {
  name: 'dev',
  summary: 'Runs a cluster, the engine and the examples on this machine',
  usage: ['kratix-ts dev [--data DIR] [--port N]', 'kratix-ts dev --kubeconfig FILE --helper-image REF [--yes]'],
  options: {
    data: { type: 'string', value: 'DIR', text: 'where everything is kept (.data)' },
    port: { type: 'string', value: 'N', text: 'port of the embedded API server' },
    kubeconfig: { type: 'string', value: 'FILE', text: 'use that cluster instead of the embedded one' },
    'helper-image': { type: 'string', value: 'REF', text: "image of the pipelines' last container" },
    examples: { type: 'string', value: 'DIR', text: 'what to bring in; "none" for an empty platform' },
    'no-agent': { type: 'boolean', text: 'do not apply to the cluster what lands in the state store' },
    yes: { type: 'boolean', text: 'do not ask before something is installed into a cluster' },
  },
  run: async input => {
    const options = optionsOf(input);
    await agree(options, input);
    const progress = createProgress(input.stdout);
    const running = new Running();
    const stopped = untilAborted(input.signal);
    try {
      await Promise.race([startDev(options, progress, running).then(ready => progress.ready(ready)), stopped]);
      await stopped;
    } finally {
      await endWithin(running, END_PATIENCE);
    }
    return 0;
  },
};

function optionsOf(input: Input): DevOptions {
  if (input.positionals.length > 0) throw new UsageError(`"${input.positionals[0]}" is one word too many`);
  const kubeconfig = text(input, 'kubeconfig');
  const helperImage = text(input, 'helper-image');
  const port = number(input, 'port', 0, 65_535);
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) throw new UsageError(`--kubeconfig ${kubeconfig}: there is no such file`);
  if (kubeconfig !== undefined && port !== undefined) throw new UsageError('--port is for the embedded cluster; leave it out with --kubeconfig');
  if (kubeconfig !== undefined && helperImage === undefined) {
    throw new UsageError('--kubeconfig needs --helper-image REF too: an image that the cluster can pull');
  }
  return {
    data: resolve(text(input, 'data') ?? '.data'),
    port,
    kubeconfig: kubeconfig && resolve(kubeconfig),
    helperImage,
    helperBundle: beside('pipeline-adapter', 'dist', 'pipeline-adapter.mjs'),
    examples: examplesFolder(text(input, 'examples')),
    withAgent: !flag(input, 'no-agent'),
  };
}

function examplesFolder(given: string | undefined): string | undefined {
  if (given === 'none') return undefined;
  if (given !== undefined && !existsSync(given)) throw new UsageError(`--examples ${given}: there is no such folder`);
  if (given !== undefined) return resolve(given);
  const ours = beside('..', 'examples');
  return existsSync(ours) ? ours : undefined;
}

/** A path beside this package: the command runs from its own `dist`. */
function beside(...path: string[]): string {
  return join(dirname(realpathSync(process.argv[1])), '..', '..', ...path);
}

function whatIsInstalled({ kubeconfig, examples, withAgent }: DevOptions): string {
  const lines = [
    'create or update the definitions of platform.kratix.io and workflows.kratix-ts.dev',
    `create the namespace ${SYSTEM_NAMESPACE}`,
    ...(examples === undefined ? [] : [`apply what is in ${examples}`]),
    ...(withAgent ? ['apply to the same cluster what Promises and requests bring'] : []),
    'run the engine as a process on this machine, with the rights of that kubeconfig',
  ];
  return [`With the cluster of ${kubeconfig} this will:`, ...lines.map(line => `  * ${line}`), 'Nothing of it is removed at the end.', ''].join('\n');
}

/** Asks before a cluster that is not ours is changed; throws when nobody agrees. */
async function agree(options: DevOptions, input: Input): Promise<void> {
  if (!options.kubeconfig || flag(input, 'yes')) return;
  if (!input.stdin.isTTY || !input.stdout.isTTY) {
    throw new UsageError(`${whatIsInstalled(options)}Nobody can be asked here; add --yes to agree`);
  }
  input.stdout.write(whatIsInstalled(options));
  const dialogue = createInterface({ input: input.stdin, output: input.stdout });
  try {
    const answer = await dialogue.question('Go on? [y/N] ', { signal: input.signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new Error('nothing was changed');
  } finally {
    dialogue.close();
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolvePromise => {
    if (signal.aborted) resolvePromise();
    else signal.addEventListener('abort', () => resolvePromise(), { once: true });
  });
}

async function endWithin(running: Running, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not everything ended within ${patienceMs / 1000} s`)), patienceMs);
  });
  try {
    await Promise.race([running.end(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
