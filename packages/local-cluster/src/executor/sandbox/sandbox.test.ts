import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openImages, type Image } from '../../images';
import { aContainer, runToEnd } from '../testing';
import type { ContainerSpec, Executor } from '../types';
import { sharedBase } from './base';
import { bwrapExecutor, prepareBwrap } from './bwrap';
import type { Launch } from './process';
import { prepareUnshare, unshareExecutor } from './unshare';

const isRoot = process.getuid?.() === 0;
const hasCommand = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const candidates: [string, (dir: string) => Executor, (spec: ContainerSpec, base: string) => Promise<Launch> | Launch][] = [
  ['unshare', unshareExecutor, prepareUnshare],
  ['bwrap', bwrapExecutor, prepareBwrap],
];
jest.setTimeout(60_000);

/** On other systems containers are the business of a container engine. */
const here = process.platform === 'linux' ? candidates.filter(([name]) => hasCommand(name)) : [];

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > deadline) {
      throw new Error(`waited 20 s for ${what}`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, 20);
    });
  }
}

/** Whether a `sleep` of this many seconds runs. */
function isRunning(seconds: string): boolean {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).some(pid => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  });
}

describe.each(here)('%s', (_, make, prepare) => {
  let executor: Executor;
  let dir: string;
  let image: Image;
  const volume = (name: string) => {
    const folder = path.join(dir, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const sh = (script: string, spec: Partial<ContainerSpec> = {}) => runToEnd(executor, aContainer(image, dir, { command: ['sh', '-c', script], ...spec }));

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'sandbox test-'));
    executor = make(dir);
    image = await openImages(path.join(dir, 'images')).addImage('host', { host: true });
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('passes its own trial', async () => {
    expect(await executor.trial()).toBeUndefined();
    expect(readdirSync(dir).filter(name => name.startsWith('trial'))).toEqual([]);
  });

  it('hands over output and exit code', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toEqual({ exitCode: 3, oomKilled: false, stdout: 'out\n', stderr: 'err\n' });
  });

  it('gives exactly the environment that was asked for, whatever it holds', async () => {
    const env = { PATH: '/usr/bin', QUOTE: `it's "$HOME" \\ \`x\``, LINES: 'a\nb', LD_PRELOAD: '', 'odd.name-x': 'odd' };
    const { stdout } = await runToEnd(executor, aContainer(image, dir, { command: ['env', '-0'], env }));
    const seen = Object.fromEntries(stdout.split('\0').filter(Boolean).map(entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
    delete seen.PWD;
    expect(seen).toEqual(env);
  });

  it('lets the container write to its own root, and forgets it', async () => {
    expect(await sh('echo x > /etc/new && rm /etc/passwd && cat /etc/new')).toMatchObject({ exitCode: 0, stdout: 'x\n' });
    expect(await sh('test ! -e /etc/new && test -e /etc/passwd')).toMatchObject({ exitCode: 0 });
    expect(await sh('echo x > /etc/new', { readOnlyRoot: true })).toMatchObject({ exitCode: 2 });
  });

  it('shares folders and files, also inside each other, read-only where asked', async () => {
    const [data, inner] = [volume('data'), volume('inner')];
    writeFileSync(path.join(dir, 'file'), 'content');
    const mounts = [
      { source: inner, target: '/kratix/output/deep', readOnly: false },
      { source: data, target: '/kratix/output', readOnly: false },
      { source: path.join(dir, 'file'), target: '/opt/file', readOnly: true },
    ];
    const result = await sh('echo one > /kratix/output/a; echo two > /kratix/output/deep/b; cat /opt/file; echo no > /opt/file', { mounts });
    expect(result).toMatchObject({ stdout: 'content', exitCode: 2 });
    expect([readFileSync(path.join(data, 'a'), 'utf8'), readFileSync(path.join(inner, 'b'), 'utf8')]).toEqual(['one\n', 'two\n']);
  });

  it('does not follow a link that a container left in a volume', async () => {
    const data = volume('trap');
    symlinkSync('/', path.join(data, 'sub'));
    const mounts = [{ source: data, target: '/v', readOnly: false }, { source: volume('other'), target: '/v/sub/made-by-test', readOnly: false }];
    await sh('true', { mounts }).catch(() => {});
    expect(existsSync('/made-by-test')).toBe(false);
  });

  it('sees neither the machine nor its processes', async () => {
    const { stdout } = await sh('ls -d /work /home/* /dev/sda* /dev/vda* 2>/dev/null; ls /dev/mqueue; ls -d /proc/[0-9]* | wc -l; hostname');
    const [processes, hostname] = stdout.trim().split('\n').slice(-2);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(Number(processes)).toBeLessThan(8);
    expect(hostname).toBe('test');
  });

  it('has no rights on the machine and cannot get any', async () => {
    const { stdout } = await sh('grep -E "^(CapEff|NoNewPrivs)" /proc/self/status; mount -t tmpfs none /mnt 2>/dev/null && echo mounted; echo 1 > /proc/sys/kernel/panic && echo wrote');
    const effective = BigInt(`0x${/CapEff:\s+(\w+)/.exec(stdout)?.[1]}`);
    const [SYS_ADMIN, SYS_PTRACE, MKNOD] = [21n, 19n, 27n];
    expect([SYS_ADMIN, SYS_PTRACE, MKNOD].filter(bit => (effective >> bit) & 1n)).toEqual([]);
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(stdout).not.toMatch(/mounted|wrote/);
  });

  it('runs as the user that was asked for', async () => {
    const data = volume('shared');
    spawnSync('chmod', ['777', data]);
    const result = await sh('id -u; id -g; echo x > /v/by-user', { user: { uid: 1000, gid: 1001, groups: [] }, mounts: [{ source: data, target: '/v', readOnly: false }] });
    expect(result).toMatchObject({ exitCode: 0, stdout: '1000\n1001\n' });
    expect(statSync(path.join(data, 'by-user')).isFile()).toBe(true);
  });

  it('makes the working folder when the image has none', async () => {
    expect(await sh('pwd', { workingDir: '/a/b' })).toMatchObject({ stdout: '/a/b\n' });
  });

  it.each([
    [['nope'], /exec: "nope": executable file not found in \$PATH/],
    [['/bin/nope'], /exec: "\/bin\/nope": stat \/bin\/nope: no such file or directory/],
    [['/etc/passwd'], /permission denied/],
    [['/etc'], /is a directory/],
  ])('%s does not start, and the message says why', async (command, message) => {
    await expect(executor.run(aContainer(image, dir, { command }), () => {})).rejects.toThrow(message);
  });

  it('asks a program to end, and ends the whole tree of one that does not listen', async () => {
    const polite = await executor.run(aContainer(image, dir, { command: ['sleep', '600.5'] }), () => {});
    polite.stop(20_000);
    expect(await polite.exited).toEqual({ exitCode: 143, oomKilled: false });
    let isReady = () => {};
    const ready = new Promise<void>(resolve => {
      isReady = resolve;
    });
    const deaf = await executor.run(aContainer(image, dir, { command: ['sh', '-c', 'trap "" TERM; sleep 601.5 & echo ready; while :; do sleep 602.5; done'] }), isReady);
    await ready;
    deaf.stop(100);
    expect(await deaf.exited).toEqual({ exitCode: 137, oomKilled: false });
    expect([isRunning('601.5'), isRunning('602.5')]).toEqual([false, false]);
  });

  it('ends its containers when its process is killed', async () => {
    const { command, env } = await prepare(aContainer(image, dir, { command: ['sleep', `700.${process.pid}`] }), sharedBase(dir)());
    const script = `require('child_process').spawn(${JSON.stringify(command[0])}, ${JSON.stringify(command.slice(1))}, { env: ${JSON.stringify(env)}, stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] }); setInterval(() => {}, 1e6)`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    await until('the container to run', () => isRunning(`700.${process.pid}`));
    parent.kill('SIGKILL');
    await until('the container to end', () => !isRunning(`700.${process.pid}`));
    expect(isRunning(`700.${process.pid}`)).toBe(false);
  });

  it('finds and ends what an earlier process left', async () => {
    const left = await executor.run(aContainer(image, dir, { command: ['sleep', '800.5'] }), () => {});
    await until('the container to run', () => isRunning('800.5'));
    await make(`${dir}-other`).sweep();
    expect(isRunning('800.5')).toBe(true);
    await executor.sweep();
    await left.exited;
    expect(isRunning('800.5')).toBe(false);
  });

  it('leaves no mount behind on the machine', async () => {
    await sh('true');
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain('sandbox\\040test');
  });

  it('ends a program that takes more memory than it may, and says so', async () => {
    // Bounded, should no limit hold. An ordinary user may set no limits, and then nothing would stop the program: there a limit must only do no harm.
    const [script, expected] = isRoot ? ['head -c 500000000 /dev/zero | tail -n 1 > /dev/null', { exitCode: 137, oomKilled: true }] : ['true', { exitCode: 0, oomKilled: false }];
    expect(await sh(script, { memoryLimit: 32 * 1024 * 1024, id: `memory-${process.pid}` })).toMatchObject(expected);
    const groups = ['/sys/fs/cgroup/memory/kratix-ts', '/sys/fs/cgroup/kratix-ts'].map(folder => path.join(folder, `memory-${process.pid}`));
    await until('the limit to be taken away', () => !groups.some(group => existsSync(group)));
    expect(groups.filter(group => existsSync(group))).toEqual([]);
  });
});
