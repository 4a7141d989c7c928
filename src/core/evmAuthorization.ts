/** The exact EIP-3009 message of a Base payment; amounts and times are decimal strings, times in unix seconds. */
export interface EvmAuthorization {
  /** Rows from before Solana have none either. */
  readonly kind?: never;
  readonly from: `0x${string}`;
  readonly to: `0x${string}`;
  readonly value: string;
  readonly validAfter: string;
  readonly validBefore: string;
  readonly nonce: `0x${string}`;
}
