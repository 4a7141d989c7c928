import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Payment } from '../../src/core/ledger.ts';
import { microUsdc } from '../../src/core/money.ts';
import { createLedgerStore } from '../../src/storage/ledgerStore.ts';
import { until } from '../fakes/database.ts';
import { draft, receiptEvents, shop } from '../fakes/payments.ts';
import { ledgerRig, witnessOf } from './ledgerRig.ts';
import type { LedgerRig } from './ledgerRig.ts';

/** Pays one after another until the witness's storage dies; the payments as the caller knows them. */
async function payUntilTheWitnessDies(rig: LedgerRig, count: number, dieAtWrite: number): Promise<Payment[]> {
  const { set } = rig.witness;
  rig.witness.set = async (key, value) => {
    if (rig.witness.writes >= dieAtWrite) rig.witness.mode = 'fail';
    await set(key, value);
  };
  const known: Payment[] = [];
  for (let made = 0; made < count; made += 1) {
    const reservation = await rig.ledger.reserve(draft({ amount: microUsdc(10_000n) }));
    if (!reservation.ok) throw new Error('there was room');
    let { payment } = reservation;
    known.push(payment);
    const events = receiptEvents(payment, rig.clock.nowMs());
    for (const event of made % 2 === 0 ? events : events.slice(0, 2)) {
      try {
        payment = await rig.ledger.advance(payment.id, event);
      } catch {
        return known;
      }
      known[made] = payment;
      if (event.type === 'sign') {
        // From here on a signature may be out: the witness must already know of its amount.
        const open = await rig.ledger.open();
        const openTotal = open.reduce((sum, { amount }) => sum + amount, 0n);
        expect(witnessOf(rig)).toMatchObject({ openTotal: openTotal.toString() });
      }
    }
  }
  return known;
}

describe('a crash between a write and its witness', () => {
  it('loses no payment, and stops none after the restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat(20), async (count, dieAtWrite) => {
        const rig = await ledgerRig();
        const known = await payUntilTheWitnessDies(rig, count, dieAtWrite);
        const usage = await rig.ledger.usage(shop);
        rig.db.close();

        const { factory, clock } = rig;
        const witness = { ...rig.witness, mode: 'keep' as const };
        const restarted = await ledgerRig({ factory, clock, witness: Object.assign(rig.witness, witness) });
        expect(['new', 'current', 'behind', 'absent']).toContain(await restarted.ledger.ready());
        await expect(restarted.ledger.usage(shop)).resolves.toEqual(usage);
        for (const payment of known) {
          const row = await restarted.ledger.get(payment.id);
          // A row may be a step further than its caller was told, never behind.
          if (row?.state !== 'signing') expect(row).toEqual(payment);
        }
        await restarted.ledger.releaseReservedAtBoot();
        const { seq } = (await restarted.db.read(['settings'], (tx) =>
          tx.objectStore('settings').get('head'),
        )) as { seq: number };
        restarted.db.close();
        expect(seq).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a witness that tells an emptied or restored database apart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 16 }),
        async (count, dieAtWrite) => {
          const rig = await ledgerRig();
          await payUntilTheWitnessDies(rig, count, dieAtWrite);
          rig.db.close();
          const seen = witnessOf(rig)['seq'];
          const emptied = await ledgerRig({ witness: rig.witness, clock: rig.clock });
          const verdict = emptied.ledger.ready();
          if (seen === undefined) await expect(verdict).resolves.toBe('new');
          else await expect(verdict).rejects.toMatchObject({ reason: 'ledgerUnavailable' });
          emptied.db.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a database that dies in the middle of a payment', () => {
  it('answers with a failure, and the next start finds the last step that was answered', async () => {
    const rig = await ledgerRig();
    const facts = draft();
    await rig.ledger.reserve(facts);
    const [sign] = receiptEvents(facts, rig.clock.nowMs());
    if (!sign) throw new Error('no event');
    await rig.ledger.advance(facts.id, sign);
    rig.db.close();
    await expect(rig.ledger.advance(facts.id, { type: 'signed', signature: '0xab' })).rejects.toMatchObject({
      reason: 'ledgerUnavailable',
    });
    const restarted = await ledgerRig(rig);
    await restarted.ledger.releaseReservedAtBoot();
    await expect(restarted.ledger.get(facts.id)).resolves.toMatchObject({ state: 'signing' });
  });

  it('leaves the witness behind, which the next start mends', async () => {
    const rig = await ledgerRig();
    await rig.ledger.reserve(draft());
    await until(() => witnessOf(rig)['seq'] === 1);
    // Another start writes without the witness hearing of it.
    const deaf = { get: rig.witness.get, set: () => Promise.reject(new Error('killed')) };
    const other = createLedgerStore({ db: rig.db, witness: deaf, clock: rig.clock });
    await other.reserve(draft());
    expect(witnessOf(rig)).toMatchObject({ seq: 1, openTotal: '4424' });
    rig.db.close();
    const restarted = await ledgerRig(rig);
    await expect(restarted.ledger.ready()).resolves.toBe('behind');
    await until(() => witnessOf(rig)['seq'] === 2);
    expect(witnessOf(rig)).toMatchObject({ openTotal: '8848' });
  });
});
