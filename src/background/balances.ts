import type { EvmUsdc } from '../core/assets.ts';
import { withTimeout } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { MicroUsdc } from '../core/money.ts';
import type { Http } from '../gateway/http.ts';
import { readUsdcBalance } from './baseChain.ts';

/** What wallets have. */
export interface Balances {
  /** Undefined where no node says so in time. */
  usdcOf(usdc: EvmUsdc, account: `0x${string}`): Promise<MicroUsdc | undefined>;
}

/** The wallet's prompt waits for this, so a slow node is not waited for. */
const withinMs = 1_500;

/** Asks all nodes and takes the first answer: it decides nothing about money, only whether asking to sign makes sense. */
export function createBalances(deps: { readonly http: Http; readonly clock: Clock }): Balances {
  const { http, clock } = deps;
  return {
    async usdcOf(usdc, account) {
      const asked = usdc.rpcUrls.map((url) => readUsdcBalance(http, url, usdc, account));
      try {
        return await withTimeout(
          clock,
          withinMs,
          Promise.any(asked),
          () => new Error('No node has answered.'),
        );
      } catch {
        return undefined;
      }
    },
  };
}
