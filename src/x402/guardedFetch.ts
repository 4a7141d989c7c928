import type { PaymentRequired } from '@x402/core/types';
import { encodePaymentRequiredHeader } from '@x402/core/http';

/** What the official wrapper may do: meet the validated challenge once, and pay once. */
export interface GuardedExchange {
  readonly paymentRequired: PaymentRequired;
  /** Sends the paid request; called at most once. */
  readonly pay: (paymentHeader: string) => Promise<Response>;
}

/**
 * The fetch that the official wrapper runs over. It reaches no network by itself: the first request is answered with
 * the challenge we have validated, the second one's payment header goes to `pay`, a third one throws. Unguarded, the
 * wrapper follows redirects with the signature, and a server can make it sign twice.
 */
export function createGuardedFetch({ paymentRequired, pay }: GuardedExchange) {
  let requests = 0;
  return async (input: RequestInfo | URL): Promise<Response> => {
    requests += 1;
    if (requests === 1) {
      const headers = { 'PAYMENT-REQUIRED': encodePaymentRequiredHeader(paymentRequired) };
      return new Response(null, { status: 402, headers });
    }
    const header = input instanceof Request ? input.headers.get('PAYMENT-SIGNATURE') : null;
    if (requests > 2 || header === null) throw new Error('The x402 wrapper sent an unexpected request.');
    return pay(header);
  };
}
