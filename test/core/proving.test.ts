import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryMs } from '../../src/core/authorization.ts';
import { advance } from '../../src/core/ledger.ts';
import type { Payment } from '../../src/core/ledger.ts';
import { nextProvingMs } from '../../src/core/proving.ts';
import {
  draft,
  paymentAfter,
  receiptEvents,
  signEvent,
  solanaDraft,
  solanaSignEvent,
} from '../fakes/payments.ts';

const t0 = Date.UTC(2026, 0, 15, 12);
const minute = 60_000;
const hour = 60 * minute;
const finalityMs = 20 * minute;
const facts = draft();
const way = receiptEvents(facts, t0);
const held = paymentAfter(facts, t0, signEvent(facts, t0), { type: 'trouble', trouble: 'wallet-rejected' });
const settled = paymentAfter(facts, t0, ...way);
const endMs = expiryMs(signEvent(facts, t0).authorization) + finalityMs;

/** Every time of a while, one after the other. */
function timesOf(payment: Payment, untilMs: number): readonly number[] {
  const times: number[] = [];
  for (let next = nextProvingMs(payment, finalityMs, t0); next !== undefined && next <= untilMs;) {
    times.push(next);
    next = nextProvingMs(payment, finalityMs, next);
  }
  return times;
}

describe('the times to ask a chain', () => {
  it('are when a charge is final, when nothing can be charged any more, and then ever more seldom', () => {
    expect(timesOf(held, endMs + 24 * hour).map((ms) => (ms - t0) / minute)).toEqual([
      20,
      ...[0, 10, 20, 40, 80, 160, 320, 360, 360 * 2, 360 * 3, 360 * 4].map((later) => 30 + later),
    ]);
  });

  it('are there for what a receipt has settled, until it has left every window', () => {
    expect(nextProvingMs(settled, finalityMs, t0)).toBe(t0 + finalityMs);
    expect(timesOf(settled, t0 + 90 * 24 * hour).length).toBeLessThan(130);
    expect(nextProvingMs(settled, finalityMs, t0 + 31 * 24 * hour)).toBeUndefined();
    expect(nextProvingMs(held, finalityMs, t0 + 31 * 24 * hour)).toBeDefined();
  });

  it('go on for what counts in every window, and end with the last of them once it is dated', () => {
    const onSolana = solanaDraft();
    const undated = paymentAfter(
      onSolana,
      t0,
      solanaSignEvent(onSolana, t0, 'memo'),
      ...way.filter(({ type }) => type !== 'sign'),
    );
    expect(nextProvingMs(undated, finalityMs, t0 + 400 * 24 * hour)).toBeDefined();
    const dated = advance(undated, { type: 'date', notAfterMs: t0 + 10 * 24 * hour });
    expect(nextProvingMs(dated, finalityMs, t0 + 39 * 24 * hour)).toBeDefined();
    expect(nextProvingMs(dated, finalityMs, t0 + 41 * 24 * hour)).toBeUndefined();
  });

  it('are none for what has nothing on a chain', () => {
    const released = paymentAfter(facts, t0, { type: 'release', reason: 'restart', atMs: t0 });
    for (const payment of [paymentAfter(facts, t0), released])
      expect(nextProvingMs(payment, finalityMs, t0)).toBeUndefined();
  });

  it('lie ahead, at most six hours where all could be proved, and are the same for every start of the background', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(held, settled),
        fc.integer({ min: -hour, max: 29 * 24 * hour }),
        fc.nat({ max: hour }),
        (payment, later, meanwhileMs) => {
          const atMs = t0 + later;
          const nextMs = nextProvingMs(payment, finalityMs, atMs) ?? 0;
          expect(nextMs).toBeGreaterThan(atMs);
          if (atMs >= endMs) expect(nextMs - atMs).toBeLessThanOrEqual(6 * hour);
          const restartMs = Math.min(atMs + meanwhileMs, nextMs - 1);
          expect(nextProvingMs(payment, finalityMs, restartMs)).toBe(nextMs);
        },
      ),
    );
  });
});
