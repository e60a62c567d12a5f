import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** What a line of a log says to a reader: the message of a JSON line, or the line. */
export function readable(line) {
  try {
    const entry = JSON.parse(line);
    return entry.error ?? entry.stack ?? entry.message ?? entry.step ?? line;
  } catch {
    return line;
  }
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * A program in a process group of its own, so that ending it ends all that it started. Its output goes to a log file;
 * `onLine` hears each line of its standard output. `stop` gives it `grace` milliseconds to end by itself, then kills it.
 */
export function startProcess({ name, command, args, cwd, env, logFile, grace = 10_000, onLine = () => {} }) {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile);
  const recent = [];
  const listen = (stream, hear) => {
    let rest = '';
    stream.setEncoding('utf8').on('data', chunk => {
      log.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        recent.push(line);
        if (recent.length > 40) recent.shift();
        hear(line);
      }
    });
  };
  listen(child.stdout, onLine);
  listen(child.stderr, () => {});
  const ended = new Promise(resolve => {
    child.on('error', error => resolve({ name, code: 127, signal: null, said: error.message }));
    child.on('close', (code, signal) => {
      log.end();
      resolve({ name, code, signal, said: recent.slice(-15).map(readable).join('\n') });
    });
  });
  async function stop() {
    if (child.pid === undefined) return;
    signalGroup(child.pid, 'SIGTERM');
    const killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), grace);
    await ended;
    clearTimeout(killer);
    signalGroup(child.pid, 'SIGKILL');
  }
  return { name, pid: child.pid, logFile, ended, stop };
}
