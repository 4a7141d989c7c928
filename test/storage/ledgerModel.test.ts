import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IllegalTransition, advance, isOpen } from '../../src/core/ledger.ts';
import type { LedgerEvent, Payment } from '../../src/core/ledger.ts';
import { defaultGlobalCaps, defaultSiteCaps, windowMs } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import { panelSite } from '../../src/core/site.ts';
import { draft, news, shop, signEvent, signature } from '../fakes/payments.ts';
import { ledgerRig } from './ledgerRig.ts';
import type { LedgerRig } from './ledgerRig.ts';

const hour = 3_600_000;
const sites = [shop, news, panelSite] as const;

type Step =
  | { readonly do: 'reserve'; readonly site: (typeof sites)[number]; readonly amount: bigint }
  | {
      readonly do: 'event';
      readonly which: number;
      readonly type: LedgerEvent['type'] | 'next';
      readonly block: number;
    }
  | { readonly do: 'wait'; readonly ms: number }
  /** A gateway or a block shows what time it is. */
  | { readonly do: 'show' }
  | { readonly do: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      site: fc.constantFrom(...sites),
      amount: fc.bigInt({ min: 1n, max: 300_000n }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      which: fc.nat(4),
      type: fc.constantFrom(
        'next',
        'next',
        'next',
        'sign',
        'signed',
        'send',
        'settle',
        'trouble',
        'answered',
        'dispute',
        'date',
        'release',
      ),
      block: fc.integer({ min: -hour, max: 2 * hour }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(20 * 24 * hour) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('show' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

/** What comes next for a payment that goes well. */
function nextOf({ state }: Payment): LedgerEvent['type'] {
  if (state === 'reserved') return 'sign';
  if (state === 'signing') return 'signed';
  return state === 'signed' ? 'send' : 'settle';
}

function eventOf(payment: Payment, { type, block }: Step & { do: 'event' }, nowMs: number): LedgerEvent {
  const even = block % 2 === 0;
  const events: Record<LedgerEvent['type'], LedgerEvent> = {
    sign: signEvent(payment, nowMs),
    signed: { type: 'signed', signature },
    send: { type: 'send' },
    settle: {
      type: 'settle',
      proof: even ? 'receipt' : 'chain',
      atMs: nowMs,
      ...(block % 3 === 0 ? {} : { blockTimeMs: nowMs + block }),
    },
    trouble: { type: 'trouble', trouble: 'refused' },
    answered: { type: 'answered' },
    dispute: { type: 'dispute', dispute: 'empty' },
    date: { type: 'date', notAfterMs: nowMs + block },
    release: { type: 'release', reason: even ? 'stopped' : 'expired-on-chain', atMs: nowMs },
  };
  return events[type === 'next' ? nextOf(payment) : type];
}

/** The plainest ledger: a list of payments, looked through from end to end for every question. */
function usedOf(rows: readonly Payment[], counts: (row: Payment) => boolean, fromMs: number): bigint {
  return rows
    .filter((row) => counts(row) && (isOpen(row) || (row.state === 'settled' && row.countsFromMs > fromMs)))
    .reduce((sum, { amount }) => sum + amount, 0n);
}

/** What the ledger knows of the time besides its own clock: the latest that was shown to this start, and the latest written. */
interface Shown {
  noted?: number;
  written?: number;
}

/** Until when settled payments have left their windows: never further than two minutes after a time that was shown. */
function windowsEndAt({ noted, written }: Shown, localMs: number): number {
  if (noted === undefined && written === undefined) return -Infinity;
  return Math.min(localMs, Math.max(noted ?? 0, written ?? 0) + 120_000);
}

async function expectSameAsModel(
  rig: LedgerRig,
  model: ReadonlyMap<string, Payment>,
  shown: Shown,
): Promise<void> {
  const rows = [...model.values()];
  const nowMs = windowsEndAt(shown, rig.clock.nowMs());
  for (const site of sites) {
    const usage = await rig.ledger.usage(site);
    for (const [name, counts, window] of [
      ['siteDay', (row: Payment) => row.site === site, windowMs.day],
      ['siteMonth', (row: Payment) => row.site === site, windowMs.month],
      ['allDay', (row: Payment) => row.site !== panelSite, windowMs.day],
      ['allMonth', (row: Payment) => row.site !== panelSite, windowMs.month],
      ['panelDay', (row: Payment) => row.site === panelSite, windowMs.day],
    ] as const) {
      const least = usedOf(rows, counts, nowMs - window);
      const most = usedOf(rows, counts, nowMs - window - hour);
      const { used, held } = usage[name];
      expect(used >= least && used <= most, `${name}: ${least} ≤ ${used} ≤ ${most}`).toBe(true);
      expect(held).toBe(usedOf(rows.filter(isOpen), counts, 0));
    }
  }
  const open = await rig.ledger.open();
  expect(new Set(open.map(({ id }) => id))).toEqual(new Set(rows.filter(isOpen).map(({ id }) => id)));
  const settled = rows
    .filter(({ state }) => state === 'settled')
    .reduce((sum, { amount }) => sum + amount, 0n);
  const { counters, head } = await rig.db.read(['counters', 'settings'], async (tx) => ({
    counters: await tx.objectStore('counters').getAll(),
    head: await tx.objectStore('settings').get('head'),
  }));
  expect(head).toMatchObject({ settledTotal: settled.toString() });
  for (const unit of ['hour', 'day']) {
    const sum = (counters as { scope: string; unit: string; sum: string }[])
      .filter((row) => row.unit === unit && (row.scope === 'all' || row.scope === panelSite))
      .reduce((total, row) => total + BigInt(row.sum), 0n);
    expect(sum).toBe(settled);
  }
}

describe('whatever happens to payments', () => {
  it('the ledger says what a plain list of them says, and no cap is passed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        let rig = await ledgerRig();
        const model = new Map<string, Payment>();
        const shown: Shown = {};
        for (const one of steps) {
          if (one.do === 'reserve') {
            const reservation = await rig.ledger.reserve(
              draft({ site: one.site, amount: microUsdc(one.amount) }),
            );
            if (reservation.ok) {
              model.set(reservation.payment.id, reservation.payment);
              if (shown.noted !== undefined) shown.written = shown.noted;
            } else expect(reservation).toHaveProperty('exceeded.0');
          } else if (one.do === 'event') {
            const payment = [...model.values()].at(-1 - one.which);
            if (!payment) continue;
            const event = eventOf(payment, one, rig.clock.nowMs());
            let expected: Payment | undefined;
            try {
              expected = advance(payment, event);
            } catch (error) {
              expect(error).toBeInstanceOf(IllegalTransition);
              await expect(rig.ledger.advance(payment.id, event)).rejects.toThrow(IllegalTransition);
            }
            if (!expected) continue;
            await expect(rig.ledger.advance(payment.id, event)).resolves.toEqual(expected);
            model.set(payment.id, expected);
          } else if (one.do === 'wait') {
            rig.clock.set(rig.clock.nowMs() + one.ms);
          } else if (one.do === 'show') {
            shown.noted = rig.clock.nowMs();
            await rig.ledger.noteSeenTime(shown.noted);
          } else {
            delete shown.noted;
            rig.db.close();
            rig = await ledgerRig({ factory: rig.factory, clock: rig.clock, witness: rig.witness });
            for (const payment of await rig.ledger.releaseReservedAtBoot()) model.set(payment.id, payment);
          }
          const rows = [...model.values()];
          const nowMs = rig.clock.nowMs();
          for (const site of [shop, news])
            expect(
              usedOf(rows, (row) => row.site === site, nowMs - windowMs.day) <= defaultSiteCaps.day,
            ).toBe(true);
          const panelUsed = usedOf(rows, (row) => row.site === panelSite, nowMs - windowMs.day);
          expect(panelUsed <= defaultGlobalCaps.panelDay).toBe(true);
        }
        await expectSameAsModel(rig, model, shown);
        rig.db.close();
      }),
      { numRuns: 40 },
    );
  });
});
