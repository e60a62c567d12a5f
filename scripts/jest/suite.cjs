const { existsSync } = require('node:fs');
const { join } = require('node:path');

const transformer = require.resolve('@backstage/cli-module-test-jest/config/jestSwcTransform');
const module_ = { ignoreDynamic: true, exportInteropAnnotation: true };
const optional = file => (existsSync(file) ? file : undefined);

/**
 * The jest configuration of a suite outside the packages, with the transform that the packages' tests have. A folder may
 * hold `globalSetup.ts` and `globalTeardown.ts`.
 */
module.exports = function suite(folder, more = {}) {
  return {
    rootDir: folder,
    testMatch: ['**/*.test.ts'],
    testEnvironment: 'node',
    globalSetup: optional(join(folder, 'globalSetup.ts')),
    globalTeardown: optional(join(folder, 'globalTeardown.ts')),
    moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'node'],
    transformIgnorePatterns: ['/node_modules/(?:ajv|jest-.*|playwright-core|typescript)/'],
    transform: {
      '\\.(mjs|cjs|js)$': [transformer, { module: module_, jsc: { parser: { syntax: 'ecmascript' } } }],
      '\\.tsx?$': [transformer, { module: module_, jsc: { parser: { syntax: 'typescript' } } }],
    },
    ...more,
  };
};
