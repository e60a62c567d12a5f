import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and gathers what it prints (both streams, as it came).
 * Resolves with `{ code, signal, output }`; never rejects for an exit code. A program that cannot be started has code 127.
 */
export function exec(command, args, { cwd, env, onLine, inherit = false } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { cwd, env, stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let rest = '';
    const take = chunk => {
      const text = chunk.toString();
      output += text;
      if (!onLine) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(onLine);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.on('error', error => resolve({ code: 127, signal: null, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) => {
      if (onLine && rest) onLine(rest);
      resolve({ code: code ?? 1, signal, output });
    });
  });
}
