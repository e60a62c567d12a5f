import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeHostRoot } from '../../images/host';
import type { ContainerSpec, Executor } from '../types';

const SENTENCE = 'the trial container ran';
/** Reads a volume, writes to another one and to its own root file system, and looks at its processes. */
const SCRIPT = `read -r line < /trial/in/line && echo "$line" > /trial/out/line && echo x > /written && test -e /proc/1/status && cat /trial/out/line`;

/** Runs one container as a pod would. Says what went wrong, or undefined. */
export async function tryOut(executor: Executor, base: string): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return 'works on Linux only';
  }
  const dir = path.join(base, `trial-${randomUUID()}`);
  try {
    const folders = { image: path.join(dir, 'image'), input: path.join(dir, 'in'), output: path.join(dir, 'out'), container: path.join(dir, 'container') };
    await Promise.all(Object.values(folders).map(folder => mkdir(folder, { recursive: true })));
    await writeFile(path.join(folders.input, 'line'), `${SENTENCE}\n`);
    const binds = writeHostRoot(folders.image);
    const config = { entrypoint: [], cmd: [], env: [], workingDir: '/', user: '' };
    const spec: ContainerSpec = {
      id: `trial-${randomUUID()}`,
      image: { name: 'trial', id: 'trial', layers: [folders.image], binds, config, addedAt: '' },
      dir: folders.container,
      command: ['sh', '-c', SCRIPT],
      env: {},
      workingDir: '/',
      user: { uid: 0, gid: 0, groups: [] },
      hostname: 'trial',
      mounts: [
        { source: folders.input, target: '/trial/in', readOnly: true },
        { source: folders.output, target: '/trial/out', readOnly: false },
      ],
      readOnlyRoot: false,
    };
    let output = '';
    const container = await executor.run(spec, (_, chunk) => {
      output += chunk.toString('utf8');
    });
    const { exitCode } = await container.exited;
    return exitCode === 0 && output.includes(SENTENCE) ? undefined : output.trim() || `the trial container ended with exit code ${exitCode}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
