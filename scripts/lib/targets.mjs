// What is built, from what, into what, and by which command (run with Node 24 at the top of the checkout).

const adapter = 'packages/pipeline-adapter';
const common = 'plugins/kratix-common';
const bundler = 'scripts/lib/bundle.mjs';

export const targets = [
  {
    name: 'helper',
    inputs: [`${adapter}/src`, `${adapter}/build.mjs`, 'packages/core/src'],
    output: `${adapter}/dist/pipeline-adapter.mjs`,
    command: { file: `${adapter}/build.mjs`, args: [] },
  },
  {
    name: 'command',
    inputs: ['packages/cli/src', 'packages/core/src', 'packages/local-cluster/src', `${common}/src`, bundler],
    output: 'packages/cli/dist/kratix-ts.mjs',
    command: { file: bundler, args: ['cli'] },
  },
  {
    name: 'engine',
    inputs: ['packages/cli/src', 'packages/core/src', bundler],
    output: 'packages/cli/dist/engine/kratix-engine.mjs',
    command: { file: bundler, args: ['engine'] },
  },
  {
    name: 'portal backend',
    inputs: [
      'packages/backend/src',
      'packages/core/src',
      'plugins/kratix-backend/src',
      'plugins/scaffolder-actions/src',
      `${common}/src`,
      bundler,
    ],
    output: 'packages/backend/dist/index.cjs',
    command: { file: bundler, args: ['backend'] },
  },
  {
    name: 'portal pages',
    inputs: [
      'packages/app',
      'plugins/kratix-frontend',
      common,
      'plugins/kratix-backend/config.schema.json',
      'plugins/kratix-backend/package.json',
      'app-config.yaml',
    ],
    output: 'packages/app/dist/index.html',
    command: {
      file: 'node_modules/@backstage/cli/bin/backstage-cli',
      args: ['package', 'build', '--config', '../../app-config.yaml'],
      cwd: 'packages/app',
      env: { NODE_ENV: 'production' },
    },
  },
];
