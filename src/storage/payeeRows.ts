import * as v from 'valibot';
import type { Network } from '../core/assets.ts';
import { maxPayees } from '../core/payees.ts';
import type { Payees } from '../core/payees.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { countField, parseStored } from './fields.ts';

const payeesRow = v.strictObject({
  gateway: v.string(),
  network: v.string(),
  payTo: v.pipe(v.array(v.string()), v.maxLength(maxPayees)),
  paidSinceChange: v.exactOptional(countField),
  trustedOrigin: v.exactOptional(v.string()),
});

/** What is known of a gateway's addresses. @throws Failure `ledgerUnavailable` */
export async function readPayees(tx: ReadTransaction, gateway: string, network: Network): Promise<Payees> {
  const stored = await tx.objectStore('payees').get([gateway, network]);
  if (stored === undefined) return { payTo: [] };
  const { gateway: _key, network: _chain, ...payees } = parseStored(payeesRow, stored);
  return payees;
}

/** Writes it in the transaction. Refuses what could not be read back. */
export async function putPayees(
  tx: WriteTransaction,
  gateway: string,
  network: Network,
  payees: Payees,
): Promise<void> {
  const row = { ...payees, payTo: [...payees.payTo], gateway, network };
  parseStored(payeesRow, row);
  await tx.objectStore('payees').put(row);
}
