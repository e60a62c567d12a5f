// Who may import whom. The table is that of docs/architecture.md; change both together.

const ours = '^(packages|plugins)/';
const core = '^packages/core/src';
const entry = `${core}/(index|(api|kube|testing|wire)/index)\\.ts$`;
const modelAndClient = [`${core}/(api|kube)/index\\.ts$`];
const wire = `${core}/wire/index\\.ts$`;
const common = '^plugins/kratix-common/src/index\\.ts$';
const plugins = ['^plugins/kratix-backend/src/index\\.ts$', '^plugins/scaffolder-actions/src/index\\.ts$'];
const isTest = '\\.test\\.tsx?$|/(__fixtures__|__test[uU]tils__)/|/src/setupTests\\.ts$|/bench/|/dev/';

/** Runs the engine inside the portal's backend, and alone of its files imports it. */
const engineInBackend = '^plugins/kratix-backend/src/engine\\.ts$';

/** Sources of a folder may import, of what is ours, their own folder and the given modules; `except` names files with rules of their own. */
const mayImport = (folder, allowed, ...except) => ({
  name: `${folder.replace(/.*\//, '')}-imports`,
  comment: `See the table in docs/architecture.md: ${folder} imports something that it may not.`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: [isTest, ...except] },
  to: { path: ours, pathNot: [`^${folder}/`, ...allowed] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Modules that import each other in a circle cannot be understood one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-entry-points',
      comment: 'Outside packages/core only its entry points may be imported.',
      severity: 'error',
      from: { pathNot: '^packages/core/' },
      to: { path: core, pathNot: entry },
    },
    {
      name: 'testing-in-tests',
      comment: '@kratix-ts/core/testing is for tests.',
      severity: 'error',
      from: { path: ours, pathNot: [isTest, `${core}/testing/`] },
      to: { path: `${core}/testing/` },
    },
    {
      name: 'pure-planners',
      comment: 'Rules are pure: planners and layouts neither talk to the cluster nor to the disk.',
      severity: 'error',
      from: { path: `${core}/(workflow|scheduling|promise)/`, pathNot: isTest },
      to: {
        path: [
          '^(node:)?(fs|net|http|https|child_process)(/|$)',
          '^node_modules/(undici|@kubernetes)/',
          `${core}/controllers/`,
        ],
      },
    },
    mayImport('packages/core', []),
    mayImport('packages/pipeline-adapter', [wire]),
    mayImport('packages/local-cluster', []),
    mayImport('packages/cli', [entry, '^packages/local-cluster/src/index\\.ts$', common]),
    mayImport('packages/app', ['^plugins/kratix-frontend/src/index\\.ts$']),
    mayImport('packages/backend', plugins),
    mayImport('plugins/kratix-common', []),
    mayImport('plugins/kratix-backend', [...modelAndClient, wire, common], engineInBackend),
    {
      name: 'engine-in-backend',
      comment: 'See the table in docs/architecture.md: the feature that runs the engine imports core and nothing else of ours.',
      severity: 'error',
      from: { path: engineInBackend },
      to: { path: ours, pathNot: entry },
    },
    mayImport('plugins/scaffolder-actions', [...modelAndClient, wire, common]),
    mayImport('plugins/kratix-frontend', [common]),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|dist-types|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      mainFields: ['main', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
    cache: { folder: '.cache/dependency-cruiser', strategy: 'content' },
  },
};
