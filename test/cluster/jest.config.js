// The suites that run against any cluster: the one that KUBECONFIG names, else an embedded one.
const suite = require('../../scripts/jest/suite.cjs');

module.exports = suite(__dirname, { testMatch: ['**/*.cluster.ts'], testTimeout: 180_000, maxWorkers: 2 });
