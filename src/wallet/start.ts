import { createAskAnswerer } from './answerer.ts';
import { discoverWallets } from './discover.ts';
import { discoverStandardWallets } from './standard.ts';
import type { Clock } from '../core/clock.ts';
import type { AskAnswerer } from '../protocol/wallet.ts';

/** Looks for wallets from now on, and answers asks with them. */
export function startWallets(after: Clock['after']): AskAnswerer {
  return createAskAnswerer(discoverWallets(), discoverStandardWallets(), after);
}
