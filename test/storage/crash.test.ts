import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Payment } from '../../src/core/ledger.ts';
import { microUsdc } from '../../src/core/money.ts';
import { createLedgerStore } from '../../src/storage/ledgerStore.ts';
import { fakeWitnessStorage, until } from '../fakes/database.ts';
import { draft, receiptEvents, shop, signEvent } from '../fakes/payments.ts';
import { ledgerRig, witnessOf } from './ledgerRig.ts';
import type { LedgerRig } from './ledgerRig.ts';

/** A ledger whose witness is lost from its n-th write on. */
async function dyingRig(dieAtWrite: number): Promise<LedgerRig> {
  const rig = await ledgerRig();
  const keep = rig.witness.set.bind(rig.witness);
  rig.witness.set = async (key, value) => {
    if (rig.witness.writes >= dieAtWrite) rig.witness.mode = 'fail';
    await keep(key, value);
  };
  return rig;
}

/** What the next start finds: the same database, or an empty one, and the witness as far as it came. */
function afterCrash(
  { factory, clock, witness }: LedgerRig,
  database: 'kept' | 'emptied',
): Promise<LedgerRig> {
  const found = { clock, witness: fakeWitnessStorage(witness.records) };
  return ledgerRig(database === 'kept' ? { ...found, factory } : found);
}

/** Pays one after another until the witness is lost; the payments as their caller knows them. */
async function payUntilRefused(rig: LedgerRig, count: number): Promise<Payment[]> {
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
  const payments = fc.integer({ min: 1, max: 4 });

  it('loses no payment, and stops none after the restart', async () => {
    await fc.assert(
      fc.asyncProperty(payments, fc.nat(16), async (count, dieAtWrite) => {
        const rig = await dyingRig(dieAtWrite);
        const known = await payUntilRefused(rig, count);
        const usage = await rig.ledger.usage(shop);
        rig.db.close();

        const restarted = await afterCrash(rig, 'kept');
        expect(['current', 'behind', 'absent']).toContain(await restarted.ledger.ready());
        await expect(restarted.ledger.usage(shop)).resolves.toEqual(usage);
        for (const payment of known) {
          const row = await restarted.ledger.get(payment.id);
          // A row may be a step further than its caller was told, never behind.
          if (row?.state !== 'signing') expect(row).toEqual(payment);
        }
        const next = draft();
        await restarted.ledger.reserve(next);
        await restarted.ledger.advance(next.id, signEvent(next, rig.clock.nowMs()));
        const open = await restarted.ledger.open();
        const openTotal = open.reduce((sum, { amount }) => sum + amount, 0n).toString();
        expect(witnessOf(restarted)).toMatchObject({ openTotal });
        restarted.db.close();
      }),
      { numRuns: 40 },
    );
  });

  it('leaves a witness that tells an emptied database apart', async () => {
    await fc.assert(
      fc.asyncProperty(payments, fc.integer({ min: 1, max: 16 }), async (count, dieAtWrite) => {
        const rig = await dyingRig(dieAtWrite);
        await payUntilRefused(rig, count);
        rig.db.close();
        const emptied = await afterCrash(rig, 'emptied');
        await expect(emptied.ledger.ready()).rejects.toMatchObject({ reason: 'quarantined' });
        emptied.db.close();
      }),
      { numRuns: 25 },
    );
  });

  it('leaves none only where no signature was ever asked', async () => {
    const rig = await dyingRig(0);
    const [payment] = await payUntilRefused(rig, 1);
    // Its caller was told that it failed, so nothing was put to a wallet.
    expect(payment).toMatchObject({ state: 'reserved' });
    expect(witnessOf(rig)).toEqual({});
    await expect((await afterCrash(rig, 'emptied')).ledger.ready()).resolves.toBe('new');
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
    const deaf = { ...rig.witness, set: () => Promise.reject(new Error('killed')) };
    const other = createLedgerStore({ db: rig.db, witness: deaf, clock: rig.clock, writer: rig.writer });
    await other.reserve(draft());
    expect(witnessOf(rig)).toMatchObject({ seq: 1, openTotal: '4424' });
    rig.db.close();
    const restarted = await ledgerRig(rig);
    await expect(restarted.ledger.ready()).resolves.toBe('behind');
    await until(() => witnessOf(rig)['seq'] === 2);
    expect(witnessOf(rig)).toMatchObject({ openTotal: '8848' });
  });
});
