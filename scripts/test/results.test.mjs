import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf, fromJest, lineOf, sum } from '../lib/results.mjs';

const lines = [
  [{ passed: 3, failed: 0, skipped: 0 }, '3 passed, 0 failed'],
  [{ passed: 3, failed: 2, skipped: 1 }, '3 passed, 2 failed, 1 skipped'],
];

for (const [counts, line] of lines) {
  test(`"${line}" is written and read`, () => {
    assert.equal(lineOf(counts), line);
    assert.deepEqual(countsOf(line), counts);
  });
}

test('what is not a last line has no counts', () => {
  assert.equal(countsOf('Tests: 3 passed, 0 failed'), undefined);
});

test('counts add up, and what a result does not name is none', () => {
  assert.deepEqual(sum([{ passed: 2 }, { failed: 1, failures: ['x'] }, { passed: 1, skipped: 1 }]), {
    passed: 3,
    failed: 1,
    skipped: 1,
  });
});

test('a test file that could not run is one failure', () => {
  const report = {
    numPassedTests: 4,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [
      { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
      { name: 'b.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] },
      {
        name: 'c.test.ts',
        status: 'failed',
        assertionResults: [{ status: 'failed', fullName: 'adds', failureMessages: ['1 is not 2'] }],
      },
    ],
  };
  const { passed, failed, failures } = fromJest(report);
  assert.deepEqual({ passed, failed }, { passed: 4, failed: 2 });
  assert.match(failures[0], /b\.test\.ts\nCannot find module/);
  assert.match(failures[1], /adds\n1 is not 2/);
});
