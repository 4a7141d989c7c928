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
