import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { exec } from './exec.mjs';
import { lastLines } from './mend.mjs';
import { at } from './paths.mjs';
import { fromJest, sum } from './results.mjs';

/** Runs jest by a command that takes jest's arguments; resolves with counts and failures, whatever jest's exit code. */
export async function runJest({ node, env }, name, args, { note = () => {}, cwd = at(), more = {} } = {}) {
  const outputFile = at('.cache', `jest-${name}.json`);
  rmSync(outputFile, { force: true });
  let files = 0;
  const { output } = await exec(node, [...args, '--json', `--outputFile=${outputFile}`], {
    cwd,
    env: { ...env, CI: '1', ...more },
    onLine: line => {
      const file = /^(?:PASS|FAIL)\s+(?:\S+\s+)?(\S+\.tsx?)/.exec(line)?.[1];
      if (!file) return;
      files += 1;
      note(`${files} files, last ${basename(file)}`);
    },
  });
  if (!existsSync(outputFile)) return { passed: 0, failed: 1, skipped: 0, failures: [lastLines(output, 40)] };
  return fromJest(JSON.parse(readFileSync(outputFile, 'utf8')));
}

const backstageCli = at('node_modules', '@backstage', 'cli', 'bin', 'backstage-cli');
const jest = at('node_modules', 'jest', 'bin', 'jest.js');

/** The tests of the scripts, which run on Node's own runner because jest would make other modules of them. */
async function runScriptTests({ node, env }) {
  const files = readdirSync(at('scripts/test')).map(file => at('scripts/test', file));
  const { code, output } = await exec(node, ['--test', '--test-reporter=tap', ...files], { cwd: at(), env });
  const count = word => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const failed = Math.max(count('fail'), code === 0 ? 0 : 1);
  return {
    passed: count('pass'),
    failed,
    skipped: count('skipped'),
    failures: failed > 0 ? [lastLines(output, 60)] : [],
  };
}

/** The unit tests of all packages and of the scripts. */
export async function runUnit(toolchain, note, args = []) {
  const command = [backstageCli, 'repo', 'test', '--watchAll=false', '--maxWorkers=100%', ...args];
  const packages = await runJest(toolchain, 'unit', command, { note });
  const scripts = await runScriptTests(toolchain);
  return { ...sum([packages, scripts]), failures: [...packages.failures, ...scripts.failures] };
}

/** A suite outside the packages: its folder holds jest.config.js. */
export const runSuite = (toolchain, folder, { note, more, args = [] } = {}) =>
  runJest(toolchain, folder.replace(/\W/g, '-'), [jest, '--config', at(folder, 'jest.config.js'), ...args], {
    note,
    more,
  });
