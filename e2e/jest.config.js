module.exports = require('../scripts/jest/suite.cjs')(__dirname, { testTimeout: 180_000, maxWorkers: 1 });
