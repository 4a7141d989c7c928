import { microUsdc, noMoney, sumMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import { bucketsOf, windowBuckets } from '../core/usage.ts';
import type { Scope, Settled } from '../core/usage.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { DamagedRecord } from './fields.ts';
import { oneOf, only, record, sum, text, whole } from './readers.ts';

const unit = oneOf('hour', 'day');

/** One sum as it lies in the database. @throws DamagedRecord */
export function readCounter(stored: unknown) {
  const row = record(stored);
  return only(row, {
    scope: text(row['scope']),
    unit: unit(row['unit']),
    bucket: whole(row['bucket']),
    sum: sum(row['sum']),
  });
}

/** What of a scope's settled amounts still lies in its windows. */
export async function readSettled(tx: ReadTransaction, scope: Scope, nowMs: number): Promise<Settled> {
  const { dayFromHour, monthFromHour, monthUntilHour, monthFromDay } = windowBuckets(nowMs);
  const store = tx.objectStore('counters');
  const from = (unit: 'hour' | 'day', first: number, end = Infinity) =>
    store.getAll(IDBKeyRange.bound([scope, unit, first], [scope, unit, end], false, true));
  const [dayHours, monthDays, monthHours] = await Promise.all([
    from('hour', dayFromHour),
    from('day', monthFromDay),
    // A month that begins with a day has no broken one, and IndexedDB refuses an empty range.
    monthFromHour < monthUntilHour ? from('hour', monthFromHour, monthUntilHour) : [],
  ]);
  return { day: sumOf(dayHours), month: sumMicroUsdc([sumOf(monthHours), sumOf(monthDays)]) };
}

function sumOf(rows: readonly unknown[]): MicroUsdc {
  let total = 0n;
  for (const row of rows) total += readCounter(row).sum;
  return microUsdc(total);
}

/** A settled amount comes to count from a time; `fromMs` is where it counted before. */
export interface SettledMove {
  readonly amount: MicroUsdc;
  readonly fromMs?: number;
  readonly toMs: number;
}

/** Moves a settled amount to its right time in every scope that it counts in. */
export async function moveSettled(
  tx: WriteTransaction,
  scopes: readonly Scope[],
  { amount, fromMs, toMs }: SettledMove,
): Promise<void> {
  const units = scopes.flatMap((scope) => (['hour', 'day'] as const).map((unit) => ({ scope, unit })));
  await Promise.all(
    units.map(async ({ scope, unit }) => {
      // One after the other: both may be one bucket.
      if (fromMs !== undefined) await change(tx, scope, unit, bucketsOf(fromMs)[unit], (sum) => sum - amount);
      await change(tx, scope, unit, bucketsOf(toMs)[unit], (sum) => sum + amount);
    }),
  );
}

async function change(
  tx: WriteTransaction,
  scope: Scope,
  unit: 'hour' | 'day',
  bucket: number,
  by: (sum: bigint) => bigint,
): Promise<void> {
  const store = tx.objectStore('counters');
  const stored = await store.get([scope, unit, bucket]);
  const changed = by(stored === undefined ? noMoney : readCounter(stored).sum);
  // The sums are not those of the payments.
  if (changed < 0n) throw new DamagedRecord();
  await store.put({ scope, unit, bucket, sum: changed.toString() });
}
