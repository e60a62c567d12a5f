/*
 * A process that writes two batches to a git store and kills itself, as `kill -9` would, at the step whose number it is
 * given: before and after each process that it starts, and around each write to and each answer of git fast-import.
 * `node killed-writer.cjs URL CACHE-FOLDER STEP`; step 0 is never reached, and the number of steps is printed at the end.
 */
import childProcess, { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [url = '', cacheDir = '', killAt = '0'] = process.argv.slice(2);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

const realSpawn = childProcess.spawn;
childProcess.spawn = ((...args: Parameters<typeof realSpawn>) => {
  step();
  const child: ChildProcess = realSpawn(...args);
  child.once('close', step);
  const { stdin, stdout } = child;
  if (stdin && (args[1] as readonly string[]).includes('fast-import')) {
    const write = stdin.write.bind(stdin) as (chunk: unknown) => boolean;
    stdin.write = ((chunk: unknown) => {
      step();
      const isFlushed = write(chunk);
      step();
      return isFlushed;
    }) as typeof stdin.write;
    stdout?.on('data', step);
  }
  return child;
}) as typeof realSpawn;

async function main(): Promise<void> {
  // after the patch, so that the store starts its processes through it
  const { createGitStore } = await import('../git');
  const { firstBatch, secondBatch } = await import('./batches');
  writeFileSync(join(cacheDir, 'pid'), `${process.pid}`);
  const store = createGitStore({ name: 'prod', spec: { url, commitGranularity: 'object' }, allowLocal: true, cacheDir });
  for (const batch of [firstBatch, secondBatch]) {
    await Promise.all(batch.map(async change => {
      await store.submit(change);
      process.stdout.write(`settled ${change.id} ${change.generation}\n`);
    }));
  }
  await store.close();
  process.stdout.write(`steps ${steps}\n`);
}

void main();
