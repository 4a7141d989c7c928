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

/** What one node shows of whether a message can still be charged, by its final block, and that block's time. */
export interface EndSighting {
  readonly isPast: boolean;
  readonly blockTimeMs?: number;
}

/** An answer of one node about a message, and the time of the final block that it was read in, where it has shown one. */
export interface Sighting {
  readonly evidence: Evidence;
  readonly blockTimeMs?: number;
}
