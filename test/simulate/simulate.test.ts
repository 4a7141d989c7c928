import { describe, expect, it } from 'vitest';
import { mutants, ourPolicy } from './mutants.ts';
import { playSchedule } from './schedule.ts';
import { addTallies, emptyTally, playJob } from './tally.ts';

const seed = 1;

describe('the simulated world', () => {
  it(
    'passes no limit, forgets no payment and ends each one, in 200 schedules',
    { timeout: 60_000 },
    async () => {
      const tally = await playJob({ seed, policy: ourPolicy.name, first: 1, count: 200 });
      expect(tally.broken).toEqual([]);
      // Schedules in which little happens would prove little.
      expect(tally.dispatched).toBeGreaterThan(2 * tally.schedules);
      expect(4 * tally.onSolana).toBeGreaterThan(tally.dispatched);
      expect(2 * tally.charged).toBeGreaterThan(tally.schedules);
      expect(tally.kills).toBeGreaterThan(tally.schedules);
      expect(tally.nearCap).toBeGreaterThan(tally.schedules / 2);
    },
  );

  it.each(mutants.filter(({ isRarelyCaught }) => isRarelyCaught !== true).map(({ name }) => name))(
    'catches within 1,000 schedules: %s',
    { timeout: 60_000 },
    async (policy) => {
      let tally = emptyTally;
      while (tally.broken.length === 0 && tally.schedules < 1_000)
        tally = addTallies(tally, await playJob({ seed, policy, first: tally.schedules + 1, count: 20 }));
      expect(tally.broken[0]?.promise).toMatch(
        /could be charged|forgotten|was charged and is released|was never charged|proves two payments/,
      );
    },
  );

  it('plays a schedule the same way again', async () => {
    const once = await playSchedule(seed, 7, ourPolicy, true);
    expect(once.trace.length).toBeGreaterThan(15);
    expect(await playSchedule(seed, 7, ourPolicy, true)).toEqual(once);
    expect((await playSchedule(seed, 8, ourPolicy, true)).trace).not.toEqual(once.trace);
  });
});
