import type { Network } from './assets.ts';
import type { Payment } from './ledger.ts';

/** A transaction was named as a payment's that is the proof of another. */
export class TransactionTaken extends Error {
  override readonly name = 'TransactionTaken';

  constructor() {
    super('This transaction proves another payment.');
  }
}

/**
 * A transaction's id as the ledger compares it: an EVM hash in lower case, a Solana signature as it is.
 *
 * @returns undefined for what is neither, such as a gateway's own number
 */
export function transactionId(network: Network, text: string): string | undefined {
  if (network.startsWith('eip155:')) return /^0x[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined;
  return /^[1-9A-HJ-NP-Za-km-z]{64,88}$/.test(text) ? text : undefined;
}

/** A settled payment whose gateway named a transaction that the chain shows to be another payment's. */
export function disown(payment: Payment): Payment {
  if (payment.state !== 'settled') return payment;
  const { transaction: _another, ...row } = payment;
  return row;
}
