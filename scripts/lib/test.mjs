import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { runSuite, runUnit } from './jest.mjs';
import { lint } from './lint.mjs';
import { typesAndReports } from './pack.mjs';
import { createProgress } from './progress.mjs';
import { lineOf, nothing, sum } from './results.mjs';

/** A check that passes or not, such as lint: nothing wrong is one pass. */
const asCheck = wrong => ({ passed: wrong.length === 0 ? 1 : 0, failed: wrong.length === 0 ? 0 : 1, failures: wrong });

/** Never on the cluster that a developer happens to work with. */
const embedded = (toolchain, note) => runSuite(toolchain, 'test/cluster', { note, more: { KUBECONFIG: '' } });

async function browser(toolchain, note) {
  const chromium = await findChromium();
  if (!chromium.path) return { ...nothing, skipped: 1, notes: [`browser tests: ${chromium.missing}`] };
  return runSuite(toolchain, 'e2e', { note, more: { CHROMIUM: chromium.path } });
}

async function built(toolchain, progress) {
  try {
    await build(toolchain, progress);
    return [];
  } catch (error) {
    return [error.message];
  }
}

/** What `npm test` does, in order: the cheap and telling ones first. `npm test -- NAME …` does only those. */
const stages = {
  lint: { title: 'Lint', run: async toolchain => asCheck(await lint(toolchain)) },
  types: { title: 'Types and API reports', run: async toolchain => asCheck(await typesAndReports(toolchain)) },
  unit: { title: 'Unit tests', run: runUnit },
  cluster: { title: 'Embedded-cluster suite', run: embedded },
  faults: { title: 'Fault suite', run: (toolchain, note) => runSuite(toolchain, 'test/faults', { note }) },
  browser: { title: 'Browser tests', run: browser },
};

async function runStage({ title, run }, toolchain, progress) {
  const result = await progress.step(title, note => run(toolchain, note));
  for (const failure of result.failures ?? []) progress.line(`\n${title} failed:\n${failure}`);
  progress.line(`  ${title}: ${lineOf(sum([result]))}`);
  return result;
}

export async function main(argv) {
  const progress = createProgress();
  const unknown = argv.find(name => !(name in stages));
  if (unknown) {
    progress.line(`There is no stage "${unknown}"; choose from ${Object.keys(stages).join(', ')}.`);
    return 1;
  }
  const names = argv.length > 0 ? argv : Object.keys(stages);
  const toolchain = await bootstrap(progress);
  const results = [];
  if (names.some(name => name === 'cluster' || name === 'browser')) {
    const wrong = await built(toolchain, progress);
    wrong.forEach(words => progress.line(`\n${words}`));
    results.push(asCheck(wrong));
  }
  for (const name of names) results.push(await runStage(stages[name], toolchain, progress));
  for (const note of results.flatMap(({ notes = [] }) => notes)) progress.line(`Skipped: ${note}`);
  const all = sum(results);
  progress.line(lineOf(all));
  return all.failed > 0 ? 1 : 0;
}
