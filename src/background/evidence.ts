/**
 * What one RPC node shows of a signed message, in final blocks only.
 *
 * `open`: neither charged nor expired there yet.
 */
export type Evidence =
  | { readonly kind: 'charged'; readonly transaction: string; readonly blockTimeMs: number }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'open' };

/** An answer of one node about a message, and the time of the final block that it was read in, where it has shown one. */
export interface Sighting {
  readonly evidence: Evidence;
  readonly blockTimeMs?: number;
}
