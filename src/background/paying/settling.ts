import { wait } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import type { Payment } from '../../core/ledger.ts';
import { transactionId, TransactionTaken } from '../../core/transactions.ts';
import type { X402Receipt } from '../../x402/payload.ts';
import type { Deps } from '../deps.ts';

const attempts = 3;
const pauseMs = 1_000;
/** A longer receipt is not kept, in characters. */
const maxReceipt = 8 * 1024;

/**
 * Writes a gateway's receipt down. A disk that does not take it (full, silent) is asked again; after that the row stays
 * as it is, which counts the same, and the chain has the last word.
 *
 * @returns the payment as far as it is on disk; nothing where the receipt names another payment's transaction, which is no
 *   word about this one
 */
export async function settleByReceipt(
  { ledger, clock, changes }: Pick<Deps, 'ledger' | 'clock' | 'changes'>,
  sent: Payment,
  { transaction: named }: X402Receipt,
  header?: string,
): Promise<Payment | undefined> {
  const receipt = header === undefined || header.length > maxReceipt ? {} : { receipt: header };
  const transaction = named === undefined ? undefined : transactionId(sent.network, named);
  const proof = {
    proof: 'receipt',
    ...receipt,
    ...(transaction === undefined ? {} : { transaction }),
  } as const;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const settled = await ledger.advance(sent.id, { type: 'settle', ...proof, atMs: clock.nowMs() });
      changes.notify();
      return settled;
    } catch (error) {
      if (error instanceof TransactionTaken) return undefined;
      if (!(error instanceof Failure)) throw error;
      if (attempt === attempts) return sent;
      await wait(clock, pauseMs);
    }
  }
}
