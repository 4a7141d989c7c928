import { Challenge } from 'mppx';
import { priceOf } from './quote.ts';
import type { RigRequest } from './quote.ts';
import { usdcAddress } from './usdc.ts';

/** The same price by MPP, as its own server library writes a `WWW-Authenticate` header. */
export function mppChallenges(request: RigRequest): string {
  const amount = String(priceOf(request));
  return ['tempo', 'evm']
    .map((method) =>
      Challenge.serialize(
        Challenge.from({
          realm: 'rungate.localhost',
          method,
          intent: 'charge',
          request: { amount, currency: usdcAddress, chainId: 8453 },
          expires: new Date(Date.now() + 300_000).toISOString(),
          description: 'Chat completion, "streamed" or whole',
          secretKey: 'the rig has no secrets',
        }),
      ),
    )
    .join(', ');
}
