import type { Usdc } from '../../core/assets.ts';
import { withTimeout } from '../../core/clock.ts';
import type { Clock } from '../../core/clock.ts';
import { noMoney } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { Http } from '../../gateway/http.ts';
import { readUsdcBalance } from './baseChain.ts';
import type { PageWallet } from '../pages/pageWallet.ts';
import { readTokenAccount } from './solanaChain.ts';

/** What wallets have. */
export interface Balances {
  /**
   * Asks already now what the account has that this document's wallet was last asked about: a payment that has begun
   * will want to know, and until its wallet is connected again the answer is there.
   */
  askAhead(wallet: PageWallet): void;
  /** What the account has. Undefined where no node says so in time. */
  of(usdc: Usdc, account: string): Promise<MicroUsdc | undefined>;
  /** What the account has, where that is less than the amount. Undefined also where no node says so in time. */
  tooLittle(
    wallet: PageWallet,
    usdc: Usdc,
    account: string,
    amount: MicroUsdc,
  ): Promise<MicroUsdc | undefined>;
}

/** What was asked about a wallet, and what it had when that was asked ahead. */
interface Asked {
  readonly usdc: Usdc;
  readonly account: string;
  readonly balance?: Promise<MicroUsdc | undefined>;
}

/** The wallet's prompt waits for this, so a slow node is not waited for. */
const withinMs = 1_500;

/** Asks all nodes and takes the first answer: it decides nothing about money, only whether asking to sign makes sense. */
export function createBalances(deps: { readonly http: Http; readonly clock: Clock }): Balances {
  const { http, clock } = deps;
  const lastAsked = new WeakMap<PageWallet, Asked>();

  async function usdcOf(usdc: Usdc, account: string): Promise<MicroUsdc | undefined> {
    const asked = usdc.rpcUrls.map((url) => read(http, url, usdc, account));
    try {
      return await withTimeout(clock, withinMs, Promise.any(asked), () => new Error('No node has answered.'));
    } catch {
      return undefined;
    }
  }

  return {
    of: usdcOf,
    askAhead(wallet) {
      const last = lastAsked.get(wallet);
      if (!last) return;
      const { usdc, account } = last;
      lastAsked.set(wallet, { usdc, account, balance: usdcOf(usdc, account) });
    },
    async tooLittle(wallet, usdc, account, amount) {
      const last = lastAsked.get(wallet);
      lastAsked.set(wallet, { usdc, account });
      if (last?.balance && last.usdc.network === usdc.network && last.account === account) {
        const ahead = await last.balance;
        if (ahead === undefined || ahead >= amount) return undefined;
        // Nobody is refused by what was true some time ago: a card may have been open in between.
      }
      const balance = await usdcOf(usdc, account);
      return balance === undefined || balance >= amount ? undefined : balance;
    },
  };
}

async function read(http: Http, url: string, usdc: Usdc, account: string): Promise<MicroUsdc> {
  if (usdc.kind === 'svm') return (await readTokenAccount(http, url, usdc, account)) ?? noMoney;
  return readUsdcBalance(http, url, usdc, account as `0x${string}`);
}
