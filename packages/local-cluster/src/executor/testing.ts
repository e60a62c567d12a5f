import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Image } from '../images';
import type { ContainerSpec, Executor, ExitState } from './types';

let count = 0;

/** A container of this image in a folder of its own below `dir`. */
export function aContainer(image: Image, dir: string, spec: Partial<ContainerSpec> & { command: string[] }): ContainerSpec {
  count += 1;
  const folder = path.join(dir, `container-${count}`);
  mkdirSync(folder, { recursive: true });
  return {
    id: `test-${process.pid}-${count}`,
    image,
    dir: folder,
    env: { PATH: '/usr/bin:/bin' },
    workingDir: '/',
    user: { uid: 0, gid: 0, groups: [] },
    hostname: 'test',
    mounts: [],
    readOnlyRoot: false,
    ...spec,
  };
}

/** Runs a container to its end. */
export async function runToEnd(executor: Executor, spec: ContainerSpec): Promise<ExitState & { stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  const container = await executor.run(spec, (stream, chunk) => {
    output[stream] += chunk.toString('utf8');
  });
  return { ...(await container.exited), ...output };
}
