import { awaitsProof, isOpen } from '../core/ledger.ts';
import type { OpenPayment, Payment } from '../core/ledger.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { DamagedRecord, refuseUnreadable } from './fields.ts';
import { readPayment } from './paymentDecoder.ts';
import { damaged, fieldsOf, oneOf, record, whole } from './readers.ts';

/** A payment as it lies in the database: amounts as digits, and what the indexes need beside it. */
export type PaymentRow = Stored<Payment>;

type Stored<P> = P extends Payment ? Omit<P, 'amount'> & { readonly amount: string } & Index : never;

/** What only the indexes need. */
interface Index {
  readonly order: number;
  readonly open?: 1;
  readonly unproved?: number;
  readonly grantUseMs?: number;
}

const openMark = oneOf(1);

/** A payment, and its place in the order of reservations. */
export interface Ordered {
  readonly payment: Payment;
  readonly order: number;
}

/** The row of a payment. Refuses one that could not be read back. @throws Failure `ledgerUnavailable` */
export function encodePayment({ payment, order }: Ordered): PaymentRow {
  const row = {
    ...payment,
    amount: payment.amount.toString(),
    order,
    ...(isOpen(payment) ? { open: 1 as const } : {}),
    ...(awaitsProof(payment) ? { unproved: order } : {}),
    ...(payment.approvedBy === 'grant' ? { grantUseMs: payment.reservedAtMs } : {}),
  };
  refuseUnreadable(row, decodePayment);
  return row;
}

/** @throws DamagedRecord */
export function decodePayment(stored: unknown): Ordered {
  const row = record(stored);
  const payment = readPayment(row);
  const index: { -readonly [Name in keyof Index]: Index[Name] } = { order: whole(row['order']) };
  if (row['open'] !== undefined) index.open = openMark(row['open']);
  if (row['unproved'] !== undefined) index.unproved = whole(row['unproved']);
  if (row['grantUseMs'] !== undefined) index.grantUseMs = whole(row['grantUseMs']);
  // An open row outside the index of open ones would not be counted.
  if ((index.open === 1) !== isOpen(payment)) return damaged();
  if (fieldsOf(row) !== fieldsOf(payment) + fieldsOf(index)) return damaged();
  return { payment, order: index.order };
}

/** Every payment that is neither settled nor released. */
export async function readOpen(
  tx: ReadTransaction,
): Promise<readonly (Ordered & { payment: OpenPayment })[]> {
  const rows = await tx.objectStore('payments').index('open').getAll();
  return rows.map((row) => {
    const { payment, order } = decodePayment(row);
    if (!isOpen(payment)) throw new DamagedRecord();
    return { payment, order };
  });
}

/** The latest payments of an index, newest first. */
export async function readNewest(
  tx: ReadTransaction,
  indexName: 'order' | 'site' | 'call' | 'unproved',
  range: IDBKeyRange | undefined,
  limit: number,
): Promise<readonly Ordered[]> {
  const rows: Ordered[] = [];
  const index = tx.objectStore('payments').index(indexName);
  let cursor = limit > 0 ? await index.openCursor(range, 'prev') : null;
  while (cursor) {
    rows.push(decodePayment(cursor.value));
    cursor = rows.length < limit ? await cursor.continue() : null;
  }
  return rows;
}

/** Writes a row in the transaction. */
export async function putPayment(tx: WriteTransaction, ordered: Ordered): Promise<void> {
  await tx.objectStore('payments').put(encodePayment(ordered));
}
