import { carriedUse } from '../core/quarantine.ts';
import type { CarriedUse, KnownSpending } from '../core/quarantine.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { damaged, only, record, sum, whole } from './readers.ts';

/** What stands in the ledger for payments whose rows are lost, one entry for each time that the person went on. */
export async function readCarried(tx: ReadTransaction): Promise<readonly KnownSpending[]> {
  const stored: unknown = await tx.objectStore('settings').get('carried');
  if (stored === undefined) return [];
  return Array.isArray(stored) ? (stored as readonly unknown[]).map(readOne) : damaged();
}

function readOne(stored: unknown): KnownSpending {
  const row = record(stored);
  return only(row, {
    atMs: whole(row['atMs']),
    day: sum(row['day']),
    month: sum(row['month']),
    openTotal: sum(row['openTotal']),
    latestExpiryMs: whole(row['latestExpiryMs']),
  });
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
