// The engine as it is deployed: KUBECONFIG names a cluster that `npm run deploy` went to.
const suite = require('../../scripts/jest/suite.cjs');

module.exports = { ...suite(__dirname, { testMatch: ['**/*.deployed.ts'], testTimeout: 180_000, maxWorkers: 1 }), globalSetup: undefined, globalTeardown: undefined };
