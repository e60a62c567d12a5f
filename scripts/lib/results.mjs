// Counts of checks, and the one line that ends a test run. Pure.

export const nothing = { passed: 0, failed: 0, skipped: 0 };

export const sum = results =>
  results.reduce(
    (all, { passed = 0, failed = 0, skipped = 0 }) => ({
      passed: all.passed + passed,
      failed: all.failed + failed,
      skipped: all.skipped + skipped,
    }),
    nothing,
  );

/** The last line of a test run. */
export const lineOf = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** Counts in a last line, or undefined when it is not one. */
export function countsOf(line) {
  const found = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line.trim());
  return found ? { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) } : undefined;
}

/** Counts and the words of the failures from jest's JSON. A file that could not run counts as one failure. */
export function fromJest(report) {
  const failures = report.testResults.flatMap(file => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length > 0) {
      return failed.map(test => `${file.name}\n  ${test.fullName}\n${test.failureMessages.join('\n')}`);
    }
    return file.status === 'failed' ? [`${file.name}\n${file.message}`] : [];
  });
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}
