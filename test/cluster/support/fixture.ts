import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { helperImage, loadImages, toolsImage } from './images';

const run = promisify(execFile);
const root = resolve(__dirname, '../../..');
const command = join(root, 'packages/cli/dist/kratix-ts.mjs');
const helper = join(root, 'packages/pipeline-adapter/dist/pipeline-adapter.mjs');
/** How long cluster and engine may take to start, and to end. Milliseconds. */
const START_PATIENCE = 120_000;
const END_PATIENCE = 30_000;

export const EXAMPLE_IMAGE = 'docker.io/kratix-ts/application-environment:v0.1.0';
const exampleFolder = join(root, 'examples/application-environment/image');

export interface Fixture {
  kubeconfig: string;
  /** A folder for what the suites write to this machine. */
  data: string;
  /** The image whose /bin/sh runs the suites' scripts. */
  image: string;
  stop(): Promise<void>;
}

/** Brings up the engine, for the cluster of `kubeconfig` or for an embedded one. */
export async function startFixture(kubeconfig: string | undefined): Promise<Fixture> {
  requireBuild();
  const data = await mkdtemp(join(tmpdir(), 'cluster-suite-'));
  try {
    const images = kubeconfig ? await realImages(data) : await embeddedImages(data);
    const args = ['dev', '--data', data, '--examples', 'none', '--no-agent'];
    if (kubeconfig) args.push('--kubeconfig', kubeconfig, '--yes');
    if (images.helper) args.push('--helper-image', images.helper);
    const child = await startCommand(args, data);
    return { kubeconfig: child.kubeconfig, data, image: images.test, stop: () => stop(child.process, data) };
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    throw error;
  }
}

function requireBuild(): void {
  for (const file of [command, helper]) {
    if (!existsSync(file)) throw new Error(`${file} is missing; build it with \`npm run build\``);
  }
}

interface Images {
  test: string;
  /** Undefined where the command makes it itself. */
  helper?: string;
}

async function embeddedImages(data: string): Promise<Images> {
  const add = (...args: string[]) => run(process.execPath, [command, 'image', 'add', '--data', data, ...args]);
  const test = 'docker.io/library/busybox:latest';
  await add(test, '--host');
  await add(EXAMPLE_IMAGE, '--folder', exampleFolder, '--host');
  return { test };
}

/** LOAD_IMAGE is called with a name and an archive; without it the cluster must be able to pull what is named. */
async function realImages(data: string): Promise<Images> {
  const { LOAD_IMAGE, HELPER_IMAGE, TEST_IMAGE } = process.env;
  if (!LOAD_IMAGE) {
    if (!HELPER_IMAGE) {
      throw new Error('set LOAD_IMAGE to a command that brings an archive into the cluster, or HELPER_IMAGE to an image that it can pull');
    }
    return { helper: HELPER_IMAGE, test: TEST_IMAGE ?? 'docker.io/library/busybox:latest' };
  }
  const last = await helperImage(data, 'docker.io/kratix-ts/pipeline-adapter:suite');
  const test = await toolsImage(data, 'docker.io/kratix-ts/tools:suite');
  const example = await toolsImage(data, EXAMPLE_IMAGE, exampleFolder);
  await loadImages(LOAD_IMAGE, [last, test, example]);
  return { helper: last.name, test: test.name };
}

async function startCommand(args: string[], data: string): Promise<{ process: ChildProcess; kubeconfig: string }> {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', line => said.push(line));
  const ready = new Promise<string>((resolveReady, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready after ${START_PATIENCE / 1000} s`)), START_PATIENCE);
    createInterface({ input: child.stdout }).on('line', line => {
      said.push(line);
      const kubeconfig = readyLine(line);
      if (!kubeconfig) return;
      clearTimeout(timer);
      resolveReady(kubeconfig);
    });
    child.once('exit', code => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${code}`));
    });
  });
  try {
    return { process: child, kubeconfig: await ready };
  } catch (error) {
    child.kill('SIGKILL');
    const log = await readFile(join(data, 'logs/engine.log'), 'utf8').catch(() => '');
    throw new Error([`kratix-ts ${args.join(' ')}: ${error}`, ...said.slice(-20), ...log.split('\n').slice(-20)].join('\n'));
  }
}

function readyLine(line: string): string | undefined {
  try {
    const { ready, kubeconfig }: { ready?: boolean; kubeconfig?: string } = JSON.parse(line);
    return ready ? kubeconfig : undefined;
  } catch {
    return undefined;
  }
}

async function stop(child: ChildProcess, data: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise<void>(resolveEnd => child.once('exit', () => resolveEnd()));
    const timer = setTimeout(() => child.kill('SIGKILL'), END_PATIENCE);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
  if (!process.env.KRATIX_TEST_KEEP) await rm(data, { recursive: true, force: true });
}
