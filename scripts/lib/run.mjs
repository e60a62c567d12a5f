import { mkdirSync, readdirSync } from 'node:fs';
import { bootstrap, nodeAlone, yarnPath } from './bootstrap.mjs';
import { build } from './build.mjs';
import { deploy } from './deploy.mjs';
import { exec } from './exec.mjs';
import { runSuite, runUnit } from './jest.mjs';
import { Failure } from './launch.mjs';
import { lint, types } from './lint.mjs';
import { apiReports, pack } from './pack.mjs';
import { at } from './paths.mjs';
import { createProgress } from './progress.mjs';
import { lineOf } from './results.mjs';
import { lineOfRules, readRules } from './rules.mjs';

const command = ['helper', 'command', 'engine'];
const run = async ({ node, env }, args) =>
  (await exec(node, args, { cwd: process.env.INIT_CWD ?? at(), env, inherit: true })).code;

function report(failures, line) {
  for (const failure of failures) process.stdout.write(`\n${failure}\n`);
  process.stdout.write(`${line}\n`);
  return failures.length > 0 ? 1 : 0;
}

async function bench(toolchain, [name, ...args]) {
  const names = readdirSync(at('bench')).flatMap(file => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? []);
  if (!names.includes(name))
    throw new Failure(`There is no benchmark "${name ?? ''}"; choose from ${names.join(', ')}.`);
  await build(toolchain, createProgress());
  mkdirSync(at('bench', 'results'), { recursive: true });
  const made = await exec(toolchain.node, [at('scripts/lib/bundle.mjs'), 'bench', name], {
    cwd: at(),
    env: toolchain.env,
  });
  if (made.code !== 0) throw new Failure(made.output);
  return run(toolchain, [at('.cache', 'bench', `${name}.mjs`), ...args]);
}

/** The part that runs every day; with `--all`, every walk whole. */
const faults = (toolchain, args) =>
  suite(
    toolchain,
    'test/faults',
    args.filter(arg => arg !== '--all'),
    args.includes('--all') ? { KRATIX_FAULTS: 'all' } : {},
  );

async function suite(toolchain, folder, args, more) {
  const progress = createProgress();
  await build(toolchain, progress, command);
  const result = await progress.step(`Suite ${folder}`, note => runSuite(toolchain, folder, { note, args, more }));
  return report(result.failures, lineOf(result));
}

/** The table of rules by the tests that ran last; `npm test` ran them all. */
function rules() {
  const table = readRules();
  for (const number of table.without) process.stdout.write(`${number} is without a test\n`);
  return report(table.problems, lineOfRules(table));
}

const tasks = {
  build: async toolchain => {
    const built = await build(toolchain, createProgress());
    if (built.length === 0) process.stdout.write('Everything is up to date.\n');
    return 0;
  },
  kratix: async (toolchain, args) => {
    await build(toolchain, createProgress(process.stderr), command);
    return run(toolchain, [at('packages/cli/dist/kratix-ts.mjs'), ...args]);
  },
  lint: async toolchain => report(await lint(toolchain), 'lint: done'),
  types: async toolchain => report(await types(toolchain), 'types: done'),
  unit: async (toolchain, args) => {
    const result = await createProgress().step('Unit tests', note => runUnit(toolchain, note, args));
    return report(result.failures, lineOf(result));
  },
  'test:cluster': (toolchain, args) => suite(toolchain, 'test/cluster', args),
  'test:faults': faults,
  'test:deployed': (toolchain, args) => suite(toolchain, 'test/deployed', args),
  bench,
  deploy: async toolchain => {
    await build(toolchain, createProgress(), ['helper', 'command']);
    await deploy(toolchain, createProgress());
    return 0;
  },
  'api-reports': (toolchain, args) => apiReports(toolchain, args, createProgress()),
  pack: (toolchain, args) => pack(toolchain, args, createProgress()),
  rules,
  yarn: (toolchain, args) => run(toolchain, [yarnPath(), ...args]),
};

/** `run.mjs TASK …`: brings the tools along, then does the task under Node 24. */
export async function main([name, ...args]) {
  const task = tasks[name];
  if (!task) throw new Failure(`There is no task "${name ?? ''}"; choose from ${Object.keys(tasks).join(', ')}.`);
  const progress = createProgress(process.stderr);
  // packages that do not match the lock file are what one comes to yarn with
  return task(await (name === 'yarn' ? nodeAlone(progress) : bootstrap(progress)), args);
}
