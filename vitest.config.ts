import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { CountingReporter } from './test/reporter.ts';

// vitest 5 prints failures with Map.groupBy, which Node 20 does not have.
if (!('groupBy' in Map)) Object.assign(Map, { groupBy });

const buildTests = ['test/manifest.test.ts', 'test/packages.test.ts', 'test/client/package.test.ts'];
const firefoxTests = ['test/e2e/firefox/**/*.test.ts'];
/**
 * One browser that is left alone until its background ends: it costs a minute and next to no work. Projects of one group
 * run in the order of their names, and this one begins first.
 */
const aloneTests = ['test/e2e/keepAlive.test.ts'];
const browserTests = ['test/e2e/**/*.test.ts', 'test/**/*.e2e.test.ts'];
/** Each file has a browser and a chain of its own. They wait a lot, for wallets, blocks and windows: two at a time. */
const twoByTwo = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  maxWorkers: 2,
  // As long as these tests wait for a text. By itself vitest polls for one second, and a busy browser takes longer.
  expect: { poll: { timeout: 15_000 } },
};
/** By itself vitest leaves one core alone, which is half of two. */
const allCores = { maxWorkers: availableParallelism() };
/** Beside the file that only waits. */
const allCoresAndOne = { maxWorkers: availableParallelism() + 1 };

export default defineConfig({
  test: {
    reporters: ['default', new CountingReporter()],
    // A test that waits for something that never comes says so, long before the run as a whole is cut off.
    testTimeout: 10_000,
    hookTimeout: 20_000,
    unstubGlobals: true,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          ...allCores,
          name: 'unit',
          include: [
            'test/*.test.ts',
            'test/{core,x402,protocol,gateway,storage,platform,background,inpage,bridge,wallet,client,ui,simulate}/**/*.test.{ts,tsx}',
          ],
          exclude: [...browserTests, ...buildTests],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...allCoresAndOne,
          name: 'build',
          include: buildTests,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...allCoresAndOne,
          name: 'rig',
          include: ['test/rig-tests/**/*.test.ts'],
          exclude: browserTests,
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...allCoresAndOne,
          name: 'flow',
          include: ['test/flow/**/*.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { ...allCoresAndOne, name: 'alone', include: aloneTests, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          ...twoByTwo,
          name: 'e2e',
          include: browserTests,
          exclude: [...firefoxTests, ...aloneTests],
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...twoByTwo,
          name: 'firefox',
          include: firefoxTests,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
