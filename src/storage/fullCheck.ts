import { wait } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { noMoney, sumMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import { bucketsOf, scopesOf } from '../core/usage.ts';
import { readCounter } from './counters.ts';
import type { PaidChatDb } from './db.ts';
import { DamagedRecord } from './fields.ts';
import { readHead } from './head.ts';
import { decodePayment } from './paymentRows.ts';

/** Rows read at once: some milliseconds, so that no payment waits for a check. */
const sliceRows = 250;
const pauseMs = 5;

/** `sound`, or `changed`: something was written meanwhile, so that nothing can be said. */
export type FullCheckOutcome = 'sound' | 'changed';

/**
 * Reads every payment and compares the sums that limits are judged by with them, in slices between which others may
 * read and write.
 *
 * @throws DamagedRecord when a row is not what we wrote, or a sum is not that of its payments
 */
export async function checkWhole(db: PaidChatDb, clock: Clock): Promise<FullCheckOutcome> {
  const begin = await db.read(['settings'], readHead);
  const sums = new Map<string, MicroUsdc>();
  const add = (key: string, amount: MicroUsdc) =>
    sums.set(key, sumMicroUsdc([sums.get(key) ?? noMoney, amount]));
  let settledTotal = noMoney;

  for (let after = -1; ;) {
    const rows = await slice(db, 'payments', begin.seq, IDBKeyRange.lowerBound(after, true));
    if (rows === undefined) return 'changed';
    for (const row of rows) {
      const { payment, order } = decodePayment(row);
      after = order;
      if (payment.state !== 'settled') continue;
      settledTotal = sumMicroUsdc([settledTotal, payment.amount]);
      const buckets = bucketsOf(payment.countsFromMs);
      for (const scope of scopesOf(payment.site)) {
        add(keyOf(scope, 'hour', buckets.hour), payment.amount);
        add(keyOf(scope, 'day', buckets.day), payment.amount);
      }
    }
    if (rows.length < sliceRows) break;
    await wait(clock, pauseMs);
  }

  for (let after: IDBKeyRange | undefined; ;) {
    const rows = await slice(db, 'counters', begin.seq, after);
    if (rows === undefined) return 'changed';
    for (const row of rows) {
      const { scope, unit, bucket, sum } = readCounter(row);
      after = IDBKeyRange.lowerBound([scope, unit, bucket], true);
      const key = keyOf(scope, unit, bucket);
      if (sum !== (sums.get(key) ?? noMoney)) throw new DamagedRecord();
      sums.delete(key);
    }
    if (rows.length < sliceRows) break;
    await wait(clock, pauseMs);
  }
  // A sum that is missing lets its payments be forgotten.
  if ([...sums.values()].some((sum) => sum !== noMoney)) throw new DamagedRecord();
  if (settledTotal !== begin.settledTotal) throw new DamagedRecord();
  return 'sound';
}

/** Some rows in order, or undefined when the ledger has moved on since the check began. */
function slice(
  db: PaidChatDb,
  store: 'payments' | 'counters',
  seq: number,
  range: IDBKeyRange | undefined,
): Promise<readonly unknown[] | undefined> {
  return db.read(['settings', store], async (tx) => {
    if ((await readHead(tx)).seq !== seq) return undefined;
    return store === 'payments'
      ? tx.objectStore('payments').index('order').getAll(range, sliceRows)
      : tx.objectStore('counters').getAll(range, sliceRows);
  });
}

function keyOf(scope: string, unit: string, bucket: number): string {
  return JSON.stringify([scope, unit, bucket]);
}
