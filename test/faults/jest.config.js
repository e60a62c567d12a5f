// An engine in this process, an embedded API server behind a proxy that tests steer, and a kubelet that is done at once.
const suite = require('../../scripts/jest/suite.cjs');

module.exports = suite(__dirname, { testMatch: ['**/*.faults.ts'], testTimeout: 120_000, maxWorkers: 2 });
