import { mkdir } from 'node:fs/promises';
import { engineExecutor } from './engine';
import { bwrapExecutor } from './sandbox/bwrap';
import { unshareExecutor } from './sandbox/unshare';
import type { Executor } from './types';

export * from './types';
export { homeOf, userOfImage } from './rootfs';

/** Makes an executor for a cluster's folder; the first that works here is taken. */
const CANDIDATES: ((dir: string) => Executor)[] = [
  dir => engineExecutor('docker', dir),
  dir => engineExecutor('podman', dir),
  dir => engineExecutor('nerdctl', dir),
  bwrapExecutor,
  unshareExecutor,
];

export interface Choice {
  executor?: Executor;
  /** Why those in front of it, or all of them, do not work here. */
  refused: { name: string; why: string }[];
}

const choices = new Map<string, Promise<Choice>>();

async function choose(dir: string, only: string | undefined): Promise<Choice> {
  await mkdir(dir, { recursive: true });
  const refused: Choice['refused'] = [];
  for (const make of CANDIDATES) {
    const executor = make(dir);
    if (!only || executor.name === only) {
      const why = await executor.trial();
      if (why === undefined) {
        return { executor, refused };
      }
      refused.push({ name: executor.name, why });
    }
  }
  return { refused };
}

/** The first executor that passes a trial run on this machine; with `only`, that one or none. Tried once per process and folder. */
export function chooseExecutor(dir: string, only?: string): Promise<Choice> {
  const key = `${only ?? ''}\0${dir}`;
  const known = choices.get(key) ?? choose(dir, only);
  choices.set(key, known);
  return known;
}

/** What a person can do when no executor works here. */
export function adviceFor({ refused }: Choice): string {
  const reasons = refused.map(({ name, why }) => `${name}: ${why.split('\n')[0]}`).join('; ');
  const advice = process.platform === 'linux'
    ? 'install bubblewrap (for example: apt-get install bubblewrap), Docker or Podman, and start again'
    : 'install and start Docker or Podman, and start again';
  return `no way to run containers works on this machine; ${advice}. Tried ${reasons}`;
}
