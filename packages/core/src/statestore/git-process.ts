import { ChildProcess, spawn, SpawnOptions } from 'node:child_process';
import { StoreError } from './store';

const KEPT_VARIABLES = [
  'PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'SSL_CERT_FILE', 'SSL_CERT_DIR',
  'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY',
];

/** Settings of git by name, and plain variables. They reach git through its environment, never its arguments. */
export interface GitEnvironment {
  config: Record<string, string>;
  variables: Record<string, string>;
}

const BASE_CONFIG: Record<string, string> = {
  'core.hooksPath': '/dev/null',
  'core.fsync': 'none',
  'credential.helper': '',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'http.followRedirects': 'false',
  'http.sslVerify': 'true',
  'http.lowSpeedLimit': '1',
  'http.lowSpeedTime': '30',
  'protocol.version': '2',
  'push.negotiate': 'false',
  'advice.pushUpdateRejected': 'false',
  'init.defaultBranch': 'main',
  'fetch.writeCommitGraph': 'false',
};

/**
 * The whole environment of a git process: nothing of the user's or the system's settings, no prompt, no credential
 * helper, no hook; proxies and certificate folders of this process stay.
 */
export function gitEnvironment(home: string, extra: GitEnvironment): NodeJS.ProcessEnv {
  const kept = KEPT_VARIABLES.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  const settings = Object.entries({ ...BASE_CONFIG, ...extra.config });
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    XDG_CONFIG_HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(settings.flatMap(([key, value], index) => [[`GIT_CONFIG_KEY_${index}`, key], [`GIT_CONFIG_VALUE_${index}`, value]])),
    ...extra.variables,
  };
}

export interface GitRun {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  input?: string;
  /** Milliseconds until the process and its children are killed. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface GitResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

const MAX_OUTPUT = 4 * 1024 * 1024;

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_OUTPUT) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Kills a process together with those that it started, such as git-remote-https and ssh. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Starts git in a process group of its own, so that {@link killGroup} reaches its helpers. */
export function startGit(args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn('git', args, { ...options, detached: true });
}

export const gitMissing = (error: NodeJS.ErrnoException): StoreError =>
  error.code === 'ENOENT'
    ? new StoreError('LocalFault', 'the program "git" is not installed where the engine runs; install git 2.31 or later')
    : new StoreError('LocalFault', `git cannot be started: ${error.message}`);

/**
 * Runs git to its end and gives back what it said; a code other than 0 is an answer, not an error. Throws StoreError
 * `TimedOut` after `timeoutMs`, `Closed` when the signal aborts, `LocalFault` when git cannot be started.
 */
export function runGit({ args, env, cwd, input, timeoutMs, signal }: GitRun): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new StoreError('Closed', 'the store was closed'));
      return;
    }
    const child = startGit(args, { cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    let stopped: StoreError | undefined;
    const stop = (error: StoreError) => {
      stopped = error;
      killGroup(child);
    };
    const timer = setTimeout(
      () => stop(new StoreError('TimedOut', `git ${args[0]} had no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const onAbort = () => stop(new StoreError('Closed', 'the store was closed'));
    signal.addEventListener('abort', onAbort, { once: true });
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    child.on('error', error => {
      done();
      reject(gitMissing(error));
    });
    child.on('close', code => {
      done();
      if (stopped) reject(stopped);
      else resolve({ code, stdout: stdout(), stderr: stderr() });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
