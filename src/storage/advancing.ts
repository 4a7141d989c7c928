import { advance } from '../core/ledger.ts';
import type { LedgerEvent, Payment } from '../core/ledger.ts';
import { noMoney } from '../core/money.ts';
import { scopesOf } from '../core/usage.ts';
import { moveSettled } from './counters.ts';
import { unavailable } from './db.ts';
import type { WriteTransaction } from './db.ts';
import { readFigures, witnessOf } from './figures.ts';
import { countedOn, putHead, readHead, readSeenMs } from './head.ts';
import { claimTransaction, refuseUsedMark } from './oneUse.ts';
import { decodePayment, putPayment } from './paymentRows.ts';
import type { Witness } from './witness.ts';

/**
 * Moves a payment on in the transaction, by one step or by several at once, with its sums and the head.
 *
 * @returns no witness where nothing has changed
 */
export async function advanceIn(
  tx: WriteTransaction,
  id: string,
  events: readonly LedgerEvent[],
  localMs: number,
  notedMs: number | undefined,
): Promise<{ readonly after: Payment; readonly witness?: Witness }> {
  const [row, head, seenMs] = await Promise.all([
    tx.objectStore('payments').get(id),
    readHead(tx),
    readSeenMs(tx, notedMs),
  ]);
  if (row === undefined) throw unavailable('a payment is missing from it');
  const { payment: before, order } = decodePayment(row);
  let after = before;
  for (const event of events) {
    const next = advance(after, event);
    if (next !== after && event.type === 'sign') await refuseUsedMark(tx, id, event.authorization);
    if (next !== after && event.type === 'settle') await claimTransaction(tx, after, event);
    after = next;
  }
  if (after === before) return { after };
  if (after.state === 'settled') {
    const from = before.state === 'settled' ? { fromMs: before.countsFromMs } : {};
    await moveSettled(tx, scopesOf(after.site), { amount: after.amount, ...from, toMs: after.countsFromMs });
  }
  const newlySettled = after.state === 'settled' && before.state !== 'settled' ? after.amount : noMoney;
  const next = countedOn(head, newlySettled);
  // Requests are carried out in the order they are made: the witness sees what was written just before.
  const [, , figures] = await Promise.all([
    putHead(tx, next),
    putPayment(tx, { payment: after, order }),
    readFigures(tx, localMs, seenMs),
  ]);
  return { after, witness: witnessOf(next, figures) };
}
