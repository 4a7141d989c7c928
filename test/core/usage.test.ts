import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowMs } from '../../src/core/limits.ts';
import { microUsdc, noMoney } from '../../src/core/money.ts';
import { panelSite } from '../../src/core/site.ts';
import {
  bucketMs,
  bucketsOf,
  scopesOf,
  settledNow,
  usageOf,
  windowBuckets,
  windowNow,
} from '../../src/core/usage.ts';
import type { OpenPayment } from '../../src/core/ledger.ts';
import { draft, news, shop } from '../fakes/payments.ts';

const t0 = Date.UTC(2026, 0, 15, 12, 34, 56, 789);

describe('the now of a window', () => {
  it('is the local time while nobody has shown another', () => {
    expect(windowNow(t0, undefined)).toBe(t0);
  });

  it('runs at most two minutes ahead of the latest time seen: a clock set forward empties nothing', () => {
    expect(windowNow(t0 + 40 * bucketMs.day, t0)).toBe(t0 + 120_000);
    expect(windowNow(t0 + 120_000, t0)).toBe(t0 + 120_000);
  });

  it('is before all time for what is settled while nobody has shown any, and the same as ever after that', () => {
    expect(settledNow(t0, undefined)).toBe(-Infinity);
    expect(settledNow(t0 + 40 * bucketMs.day, t0)).toBe(t0 + 120_000);
    const { dayFromHour, monthFromHour, monthUntilHour, monthFromDay } = windowBuckets(-Infinity);
    // All hours make the day, all days the month, and no hour counts in it twice.
    expect([dayFromHour, monthFromDay]).toEqual([-Infinity, -Infinity]);
    expect(monthFromHour).toBe(monthUntilHour);
  });

  it('is never later than the local time: a time from elsewhere empties nothing either', () => {
    expect(windowNow(t0, t0 + 40 * bucketMs.day)).toBe(t0);
  });
});

/** The sums as the database would give them, for settled amounts of one micro-USDC more each. */
function sums(times: readonly number[], nowMs: number) {
  const { dayFromHour, monthFromHour, monthUntilHour, monthFromDay } = windowBuckets(nowMs);
  const counted = (inWindow: (bucket: { hour: number; day: number }) => boolean) =>
    times.reduce((sum, time, index) => sum + (inWindow(bucketsOf(time)) ? 2 ** index : 0), 0);
  return {
    day: counted(({ hour }) => hour >= dayFromHour),
    month:
      counted(({ hour }) => hour >= monthFromHour && hour < monthUntilHour) +
      counted(({ day }) => day >= monthFromDay),
  };
}

function exact(times: readonly number[], fromMs: number): number {
  return times.reduce((sum, time, index) => sum + (time > fromMs ? 2 ** index : 0), 0);
}

describe('a rolling window', () => {
  const nearby = fc.integer({ min: -33 * bucketMs.day, max: 2 * bucketMs.day });
  const times = fc.array(
    nearby.map((offset) => t0 + offset),
    { maxLength: 20 },
  );

  it.each(['day', 'month'] as const)(
    'of a %s holds every amount in it once, and none an hour past it',
    (name) => {
      fc.assert(
        fc.property(times, fc.integer({ min: 0, max: bucketMs.day }), (settledAt, later) => {
          const nowMs = t0 + later;
          const sum = sums(settledAt, nowMs)[name];
          const least = exact(settledAt, nowMs - windowMs[name]);
          const most = exact(settledAt, nowMs - windowMs[name] - bucketMs.hour);
          // Each amount is a bit of its own: a superset of the least, a subset of the most, nothing twice.
          return (sum & least) === least && (sum | most) === most;
        }),
        { numRuns: 1000 },
      );
    },
  );

  it('lets go of nothing to the millisecond of its bucket', () => {
    const hourStart = Math.floor(t0 / bucketMs.hour) * bucketMs.hour;
    const settled = [hourStart + bucketMs.hour - 1];
    const gone = hourStart + bucketMs.hour + windowMs.month;
    expect(sums(settled, gone - 1).month).toBe(1);
    expect(sums(settled, gone).month).toBe(0);
  });

  it('counts what lies in the future', () => {
    expect(sums([t0 + 400 * bucketMs.day], t0)).toEqual({ day: 1, month: 1 });
  });

  it('reads at most eighty sums', () => {
    fc.assert(
      fc.property(nearby, (offset) => {
        const nowMs = t0 + offset;
        const { dayFromHour, monthFromHour, monthUntilHour, monthFromDay } = windowBuckets(nowMs);
        const { hour, day } = bucketsOf(nowMs);
        const count = hour - dayFromHour + 1 + (monthUntilHour - monthFromHour) + (day - monthFromDay + 1);
        return count > 0 && count <= 80;
      }),
    );
  });
});

describe('usage', () => {
  const money = (value: bigint) => microUsdc(value);
  const open = (site: typeof shop, amount: bigint): OpenPayment => ({
    ...draft({ site, amount: money(amount) }),
    schema: 1,
    state: 'reserved',
    reservedAtMs: t0,
  });
  const settled = {
    site: { day: money(1n), month: money(10n) },
    all: { day: money(100n), month: money(1000n) },
    panel: { day: money(7n), month: money(70n) },
  };
  const nothingCarried = { day: noMoney, month: noMoney, held: noMoney, heldUntilMs: 0 };
  const held = [open(shop, 5n), open(shop, 6n), open(news, 50n), open(panelSite, 500n)];

  it('adds what is open, each where it belongs', () => {
    expect(usageOf(shop, settled, held, nothingCarried)).toEqual({
      siteDay: { used: 12n, held: 11n },
      siteMonth: { used: 21n, held: 11n },
      allDay: { used: 161n, held: 61n },
      allMonth: { used: 1061n, held: 61n },
      panelDay: { used: 507n, held: 500n },
    });
  });

  it('counts what stands for lost payments for every site and for the panel: it may have been anybody’s', () => {
    const carried = { day: money(2000n), month: money(9000n), held: money(800n), heldUntilMs: t0 };
    expect(usageOf(shop, settled, held, carried)).toEqual({
      siteDay: { used: 2012n, held: 811n },
      siteMonth: { used: 9021n, held: 811n },
      allDay: { used: 2161n, held: 861n },
      allMonth: { used: 10_061n, held: 861n },
      panelDay: { used: 2507n, held: 1300n },
    });
  });

  it('of a site counts in the site and in all sites, of the panel in the panel alone', () => {
    expect(scopesOf(shop)).toEqual([shop, 'all']);
    expect(scopesOf(panelSite)).toEqual([panelSite]);
  });
});
