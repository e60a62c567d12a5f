// The suites that run against any cluster: the one that KUBECONFIG names, else an embedded one.
const swc = require.resolve('@backstage/cli-module-test-jest/config/jestSwcTransform');

const parsed = syntax => [swc, { module: { ignoreDynamic: true }, jsc: { parser: { syntax } } }];

module.exports = {
  rootDir: __dirname,
  testMatch: ['**/*.cluster.ts'],
  testEnvironment: 'node',
  testTimeout: 180_000,
  maxWorkers: 2,
  moduleFileExtensions: ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '\\.(mjs|cjs|js)$': parsed('ecmascript'), '\\.(mts|cts|ts)$': parsed('typescript') },
  transformIgnorePatterns: ['/node_modules/(?:jest-.*|typescript|ajv)/'],
  globalSetup: './setup.ts',
  globalTeardown: './teardown.ts',
};
