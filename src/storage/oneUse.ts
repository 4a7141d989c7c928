import { Failure } from '../core/failure.ts';
import type { Authorization, LedgerEvent, Payment } from '../core/ledger.ts';
import { disown, TransactionTaken } from '../core/transactions.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { decodePayment, putPayment } from './paymentRows.ts';
import type { Ordered } from './paymentRows.ts';

/**
 * A memo on Solana and a nonce elsewhere tell a payment's transfer from all others, so no two payments ever have the
 * same: one transfer would look like the proof of both.
 *
 * @throws {Failure} unsafeOffer, naming the part
 */
export async function refuseUsedMark(
  tx: ReadTransaction,
  id: string,
  authorization: Authorization,
): Promise<void> {
  const [part, mark] =
    authorization.kind === 'svm'
      ? (['memo', authorization.memo] as const)
      : (['nonce', authorization.nonce] as const);
  const rows = await tx.objectStore('payments').index(part).getAll(IDBKeyRange.only(mark));
  if (rows.some((row) => decodePayment(row).payment.id !== id))
    throw new Failure('unsafeOffer', { phase: 'sign', detail: `used ${part}` });
}

/**
 * Each transaction proves one payment. A gateway's word never names another payment's; a chain's outranks the word of a
 * gateway, which then has named a transaction for nothing. On an EVM chain the proof is the nonce's event, and one
 * transaction may hold the events of several payments.
 *
 * @throws TransactionTaken
 */
export async function claimTransaction(
  tx: WriteTransaction,
  { id, network }: Payment,
  { proof, transaction }: LedgerEvent & { type: 'settle' },
): Promise<void> {
  if (transaction === undefined) return;
  const others = (await readNaming(tx, transaction)).filter(({ payment }) => payment.id !== id);
  if (proof === 'receipt' && others.length > 0) throw new TransactionTaken();
  const isOnSolana = network.startsWith('solana:');
  if (isOnSolana && others.some(({ payment }) => isProvedByChain(payment))) throw new TransactionTaken();
  const onWord = others.filter(({ payment }) => !isProvedByChain(payment));
  await Promise.all(onWord.map(({ payment, order }) => putPayment(tx, { payment: disown(payment), order })));
}

/** The payment that a transaction on Solana proves, by the chain's word. */
export async function readProvedBy(tx: ReadTransaction, transaction: string): Promise<Payment | undefined> {
  const named = await readNaming(tx, transaction);
  return named.find(({ payment }) => isProvedByChain(payment))?.payment;
}

async function readNaming(tx: ReadTransaction, transaction: string): Promise<readonly Ordered[]> {
  const range = IDBKeyRange.only(transaction);
  const rows = await tx.objectStore('payments').index('transaction').getAll(range);
  return rows.map(decodePayment);
}

function isProvedByChain(payment: Payment): boolean {
  return payment.state === 'settled' && payment.proof === 'chain';
}
