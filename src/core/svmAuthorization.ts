/** The exact transaction of a Solana payment, as the wallet was asked to sign it. */
export interface SvmAuthorization {
  readonly kind: 'svm';
  /** Addresses of owners, not of their token accounts. */
  readonly from: string;
  readonly to: string;
  readonly value: string;
  /** Tells this payment's transactions from all others: whatever a wallet adds, its memo stays. */
  readonly memo: string;
  readonly feePayer: string;
  readonly blockhash: string;
  /** Of our own nodes, never a gateway's word: in later blocks the transaction cannot be charged. */
  readonly lastValidBlockHeight: string;
  /** When the blockhash was the latest: no transaction of this payment is in an earlier slot. */
  readonly slot: string;
  readonly readAtMs: number;
  /** The compiled message, base64. */
  readonly message: string;
}

/** About how long a blockhash lives: 150 blocks of 0.4 s. It is renewed, and asked to be signed with, by this. */
export const blockhashLifeMs = 60_000;

/** When the transaction can hardly be charged any more, by the clock: for windows and words; only the chain frees. */
export function svmExpiryMs({ readAtMs }: SvmAuthorization): number {
  return readAtMs + 2 * blockhashLifeMs;
}
