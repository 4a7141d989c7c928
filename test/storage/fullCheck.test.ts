import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microUsdc } from '../../src/core/money.ts';
import { panelSite } from '../../src/core/site.ts';
import { checkWhole } from '../../src/storage/fullCheck.ts';
import { until } from '../fakes/database.ts';
import { draft, news, receiptEvents, shop } from '../fakes/payments.ts';
import { ledgerRig, reserved, tamper, through } from './ledgerRig.ts';
import type { LedgerRig } from './ledgerRig.ts';

const quarantined = { reason: 'quarantined', loss: { cause: 'damaged' } };

/** Pays so often, over several days, and proves some of it on the chain later. */
async function paid(count: number): Promise<LedgerRig> {
  const rig = await ledgerRig();
  for (let made = 0; made < count; made += 1) {
    const site = [shop, news, panelSite][made % 3] ?? shop;
    const payment = await reserved(rig, { site, amount: microUsdc(BigInt(100 + made)) });
    const atMs = rig.clock.nowMs();
    await through(rig, payment, receiptEvents(payment, atMs));
    if (made % 2 === 0)
      await through(rig, payment, [{ type: 'settle', proof: 'chain', blockTimeMs: atMs, atMs }]);
    rig.clock.advance(7 * 3_600_000);
  }
  return rig;
}

/** Lets the pauses of a check pass. */
async function inItsTime<T>(rig: LedgerRig, checking: Promise<T>): Promise<T> {
  const wait = { over: false };
  const end = () => void (wait.over = true);
  checking.then(end, end);
  await until(() => {
    rig.clock.advance(5);
    return wait.over;
  });
  return checking;
}

describe('a check of the whole record', () => {
  it('finds nothing wrong with what the ledger wrote, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(9), async (count) => {
        const rig = await paid(count);
        await expect(inItsTime(rig, rig.ledger.checkWhole())).resolves.toBeUndefined();
        rig.db.close();
      }),
      { numRuns: 8 },
    );
  });

  it.each([
    ['a sum that is too small', 'counters', (row) => ({ ...row, sum: '1' })],
    ['a sum that is gone', 'counters', () => undefined],
    ['a payment that is gone', 'payments', () => undefined],
    ['an amount that was changed', 'payments', (row) => ({ ...row, amount: '7' })],
    ['a row that is not ours', 'payments', (row) => ({ ...row, state: 'refunded' })],
    ['a payment of another site', 'payments', (row) => ({ ...row, site: 'https://other.example' })],
  ] as [string, 'counters' | 'payments', (row: object) => object | undefined][])(
    'finds %s, and stops the ledger for good',
    async (_what, store, change) => {
      const rig = await paid(4);
      let done = false;
      await rig.db.write([store], async (tx) => {
        let cursor = await tx.objectStore(store).openCursor();
        while (cursor && !done) {
          done = true;
          const changed = change(cursor.value as object);
          await (changed === undefined ? cursor.delete() : cursor.update(changed));
          cursor = await cursor.continue();
        }
      });
      await expect(inItsTime(rig, rig.ledger.checkWhole())).rejects.toMatchObject(quarantined);
      await expect(rig.ledger.reserve(draft())).rejects.toMatchObject(quarantined);
      rig.db.close();
      await expect((await ledgerRig(rig)).ledger.ready()).rejects.toMatchObject(quarantined);
    },
  );

  it('says nothing about a record that changes meanwhile, and begins anew', async () => {
    const rig = await paid(2);
    const read = rig.db.read.bind(rig.db);
    let reads = 0;
    const slow: typeof rig.db = {
      ...rig.db,
      async read(stores, work) {
        reads += 1;
        if (reads === 2) await reserved(rig);
        return read(stores, work);
      },
    };
    await expect(checkWhole(slow, rig.clock)).resolves.toBe('changed');
    await expect(checkWhole(slow, rig.clock)).resolves.toBe('sound');
    await expect(rig.ledger.recent(9)).resolves.toHaveLength(3);
  });

  it('reads more than one slice, with pauses in which others are served', async () => {
    const rig = await ledgerRig();
    await rig.ledger.ready();
    await rig.db.write(['payments', 'settings'], async (tx) => {
      for (let order = 1; order <= 600; order += 1)
        await tx.objectStore('payments').add({
          ...draft({ id: `old-${order}` }),
          schema: 1,
          amount: '1',
          state: 'released',
          releasedReason: 'stopped',
          releasedAtMs: 1,
          reservedAtMs: 1,
          order,
        });
      await tx.objectStore('settings').put({ epoch: 1, seq: 600, settledTotal: '0' }, 'head');
    });
    const checking = rig.ledger.checkWhole();
    await until(() => rig.clock.waiting > 0);
    await reserved(rig);
    await expect(inItsTime(rig, checking)).resolves.toBeUndefined();
    await tamper(rig, 'payments', (row) => (row['id'] === 'old-599' ? { ...row, amount: '-1' } : row));
    await expect(inItsTime(rig, rig.ledger.checkWhole())).rejects.toMatchObject(quarantined);
  });
});
