import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Applied } from './applied';
import { Running } from './dev';
import { appliedFile } from './folders';
import { takeFolder } from './lock';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'dev-state-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

describe('what was brought in', () => {
  it('is known to the next start, by digest', async () => {
    await (await Applied.load(data)).add('a', 'one');
    const applied = await Applied.load(data);
    expect([applied.has('a', 'one'), applied.has('a', 'two'), applied.has('b', 'one')]).toEqual([true, false, false]);
  });

  it('counts as unknown when its file is torn', async () => {
    writeFileSync(appliedFile(data), '{"a":');
    expect((await Applied.load(data)).has('a', 'one')).toBe(false);
  });
});

describe('a data folder', () => {
  it('is taken, and given back', async () => {
    const giveBack = await takeFolder(data);
    expect(readFileSync(join(data, 'dev.pid'), 'utf8')).toBe(`${process.pid}\n`);
    await giveBack();
    await expect(takeFolder(data)).resolves.toBeDefined();
  });

  it('of a running process is refused, naming the process', async () => {
    writeFileSync(join(data, 'dev.pid'), `${process.ppid}\n`);
    await expect(takeFolder(data)).rejects.toThrow(`in use by process ${process.ppid}`);
  });

  it('of a process that is gone is taken over', async () => {
    writeFileSync(join(data, 'dev.pid'), '2147483646\n');
    await expect(takeFolder(data)).resolves.toBeDefined();
  });
});

describe('what runs', () => {
  it('ends in the opposite order, all of it, and once', async () => {
    const ended: string[] = [];
    const running = new Running();
    running.add(async () => void ended.push('first'));
    running.add(async () => {
      throw new Error('the second cannot end');
    });
    running.add(async () => void ended.push('third'));
    await expect(running.end()).rejects.toThrow('the second cannot end');
    expect(ended).toEqual(['third', 'first']);
    await running.end();
    expect(ended).toHaveLength(2);
  });
});
