import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import { closingLine } from './counts.mjs';
import type { Counts } from './counts.mjs';

/**
 * Adds up every project's tests. A file that could not be loaded, a hook that failed and an error outside of any
 * test each count as one failure. The counts go to the file named in PAIDCHAT_TEST_COUNTS, or else are the run's
 * last line.
 */
export class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts = countTests(modules, unhandled.length);
    const file = process.env['PAIDCHAT_TEST_COUNTS'];
    if (file === undefined) process.stdout.write(`\n${closingLine(counts)}\n`);
    else writeFileSync(file, JSON.stringify(counts));
  }
}

function countTests(modules: readonly TestModule[], unhandled: number): Counts {
  const counts = { passed: 0, failed: unhandled, skipped: 0, pending: 0 };
  for (const module of modules) {
    const failedBefore = counts.failed;
    for (const test of module.children.allTests()) counts[test.result().state] += 1;
    if (module.state() === 'failed' && counts.failed === failedBefore) counts.failed += 1;
  }
  // A test that was collected and never ran did not pass.
  return { passed: counts.passed, failed: counts.failed + counts.pending, skipped: counts.skipped };
}
