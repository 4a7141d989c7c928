import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultGlobalCaps, windowMs } from '../../src/core/limits.ts';
import { microUsdc, parseSum } from '../../src/core/money.ts';
import {
  allThatLimitsAllow,
  carriedMarginMs,
  carriedUse,
  heldUntilMs,
  missingFrom,
} from '../../src/core/quarantine.ts';
import type { KnownSpending } from '../../src/core/quarantine.ts';

const t0 = Date.UTC(2026, 0, 15, 12);
const money = fc.bigInt({ min: 0n, max: 10n ** 9n }).map(microUsdc);
const lost: fc.Arbitrary<KnownSpending> = fc
  .record({ atMs: fc.nat(windowMs.month), day: money, more: money, openTotal: money, lasts: fc.nat(600_000) })
  .map(({ atMs, day, more, openTotal, lasts }) => ({
    atMs: t0 + atMs,
    day,
    month: microUsdc(day + more),
    openTotal,
    latestExpiryMs: openTotal === 0n ? 0 : t0 + atMs + lasts,
  }));

describe('what counts in place of lost payments', () => {
  it('is all of it at first, never more than that, and nothing in the end', () => {
    fc.assert(
      fc.property(fc.array(lost, { maxLength: 4 }), fc.nat(3 * windowMs.month), (list, laterMs) => {
        const sum = (pick: (one: KnownSpending) => bigint) =>
          list.reduce((total, one) => total + pick(one), 0n);
        const open = sum(({ openTotal }) => openTotal);
        const first = carriedUse(list, t0);
        expect(first.day).toBe(sum(({ day }) => day) + open);
        expect(first.month).toBe(sum(({ month }) => month) + open);
        expect(first.held).toBe(open);
        const later = carriedUse(list, t0 + laterMs);
        expect(later.day <= first.day && later.month <= first.month && later.held <= first.held).toBe(true);
        expect(later.held <= later.day && later.day <= later.month).toBe(true);
        const end = carriedUse(list, t0 + 3 * windowMs.month);
        expect(end).toEqual({ day: 0n, month: 0n, held: 0n, heldUntilMs: 0 });
      }),
    );
  });

  it('is held until an hour after the last expiry, and not at all where nothing was out', () => {
    expect(heldUntilMs(t0)).toBe(t0 + carriedMarginMs);
    expect(heldUntilMs(0)).toBeLessThan(0);
    const one = { atMs: t0, day: microUsdc(1n), month: microUsdc(2n), openTotal: microUsdc(4n) };
    const open = { ...one, latestExpiryMs: t0 + 1 };
    expect(carriedUse([open], t0)).toEqual({
      day: 5n,
      month: 6n,
      held: 4n,
      heldUntilMs: t0 + 1 + carriedMarginMs,
    });
    // Reserved only: no message had left.
    expect(carriedUse([{ ...one, latestExpiryMs: 0 }], t0)).toEqual({
      day: 1n,
      month: 2n,
      held: 0n,
      heldUntilMs: 0,
    });
  });

  it('is what an older copy lacks: what it has settled counts once, what was open counts whole', () => {
    const known = {
      atMs: t0,
      day: microUsdc(50n),
      month: microUsdc(90n),
      openTotal: microUsdc(7n),
      latestExpiryMs: t0,
    };
    const copy = { day: microUsdc(20n), month: microUsdc(100n) };
    expect(missingFrom(known, copy)).toEqual({ ...known, day: 30n, month: 0n });
  });

  it('is all that the limits let through where nobody can tell', () => {
    const { allDay, allMonth, panelDay } = defaultGlobalCaps;
    expect(allThatLimitsAllow(defaultGlobalCaps, t0)).toEqual({
      atMs: t0,
      day: allDay + panelDay,
      month: allMonth + 30n * panelDay,
      openTotal: 0n,
      latestExpiryMs: 0,
    });
  });
});

it('a sum is plain digits, longer than an amount may be, and nothing else', () => {
  expect(parseSum('0')).toBe(0n);
  expect(parseSum('9'.repeat(30))).toBe(BigInt('9'.repeat(30)));
  for (const text of ['', '01', '-1', '1e9', '0x1', '9'.repeat(31), 5, null, undefined])
    expect(parseSum(text)).toBeUndefined();
});
