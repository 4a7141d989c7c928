import { describe, expect, it } from 'vitest';
import { median, quantile } from '../bench/figures.ts';
import type { Pair } from '../bench/figures.ts';
import type { LedgerTimes } from '../bench/driveLedger.ts';
import { answerRowsOf, ledgerRowsOf, reportOf } from '../bench/report.ts';

/** A pair whose tokens all came so late. */
function pair(paidChat: readonly [first: number, token: number], unguarded: readonly [number, number]): Pair {
  const timing = ([firstTokenMs, token]: readonly [number, number]) => ({
    firstTokenMs,
    delaysMs: [token, token, token],
  });
  return { paidChat: timing(paidChat), unguarded: timing(unguarded) };
}

const quick: LedgerTimes = { few: [3, 4, 5], many: [4, 5, 6], ready: [100, 120] };

describe('the figures of the bench', () => {
  it('take the middle of what was measured, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(quantile([30, 10, 20], 0.1)).toBeCloseTo(12);
    expect(() => median([])).toThrow('nothing');
  });

  it('are medians and what lies between them, and meet their goals', () => {
    const report = reportOf(
      {
        20: [pair([60, 2], [50, 1]), pair([66, 2.5], [50, 1.5]), pair([400, 90], [50, 1])],
        5: [pair([60, 1.2], [50, 1])],
      },
      quick,
    );
    expect(report.firstToken).toEqual({ paidChatMs: 63, unguardedMs: 50, ratio: 1.26 });
    expect(report.perToken['20 ms']).toMatchObject({ paidChatMs: 2.5, unguardedMs: 1, addedMs: 1 });
    expect(report.perToken['5 ms'].addedMs).toBeCloseTo(0.2);
    expect(report.goals.map(({ met }) => met)).toEqual([true, true, true, true, true, true]);
    expect(report.ok).toBe(true);
    expect(report.ledger).toMatchObject({ many: { medianMs: 5 }, ratio: 1.25 });
    expect(report.ledger.ready.p95Ms).toBeCloseTo(119);
    expect(ledgerRowsOf(report)[1]).toEqual([
      'reservation, beside 1,000 stored',
      '1.25 times',
      '',
      '≤ 1.50 times ✓',
    ]);
    expect(answerRowsOf(report)[1]).toEqual([
      'added per token, one every 20 ms',
      '2.50 ms',
      '1.00 ms',
      '+1.00 ms',
      '≤ 1.30 ms ✓',
      '+1.00 ms',
    ]);
  });

  const fine = { 20: [pair([60, 2], [50, 1])], 5: [pair([60, 1.2], [50, 1])] };

  it.each([
    { missed: 0, slow: { 20: [pair([76, 1], [50, 1])], 5: [pair([76, 1], [50, 1])] }, times: quick },
    { missed: 1, slow: { 20: [pair([50, 2.31], [50, 1])], 5: [pair([50, 1], [50, 1])] }, times: quick },
    { missed: 2, slow: { 20: [pair([50, 1], [50, 1])], 5: [pair([50, 1.51], [50, 1])] }, times: quick },
    { missed: 3, slow: fine, times: { ...quick, many: [5, 5, 5, 30] } },
    { missed: 4, slow: fine, times: { ...quick, many: [7, 7, 7] } },
    { missed: 5, slow: fine, times: { ...quick, ready: [100, 700] } },
  ])('miss goal $missed and no other where only that is too slow', ({ missed, slow, times }) => {
    const report = reportOf(slow, times);
    expect(report.ok).toBe(false);
    expect(report.goals.map(({ met }) => met)).toEqual([0, 1, 2, 3, 4, 5].map((goal) => goal !== missed));
  });
});
