import * as v from 'valibot';
import { carriedUse } from '../core/quarantine.ts';
import type { CarriedUse, KnownSpending } from '../core/quarantine.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { parseStored, sumField, timeField } from './fields.ts';

const carriedRow = v.strictObject({
  atMs: timeField,
  day: sumField,
  month: sumField,
  openTotal: sumField,
  latestExpiryMs: timeField,
});
const carriedRows = v.optional(v.array(carriedRow), []);

/** What stands in the ledger for payments whose rows are lost, one entry for each time that the person went on. */
export async function readCarried(tx: ReadTransaction): Promise<readonly KnownSpending[]> {
  const stored = await tx.objectStore('settings').get('carried');
  return parseStored(carriedRows, stored);
}

/** Writes what stands for lost payments. */
export async function putCarried(tx: WriteTransaction, list: readonly KnownSpending[]): Promise<void> {
  const rows = list.map(({ atMs, day, month, openTotal, latestExpiryMs }) => ({
    atMs,
    latestExpiryMs,
    day: day.toString(),
    month: month.toString(),
    openTotal: openTotal.toString(),
  }));
  await tx.objectStore('settings').put(rows, 'carried');
}

/** How much of it counts now. */
export async function readCarriedUse(tx: ReadTransaction, nowMs: number): Promise<CarriedUse> {
  return carriedUse(await readCarried(tx), nowMs);
}
