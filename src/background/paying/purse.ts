import type { Network } from '../../core/assets.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { AnnouncedWallet } from '../../protocol/wallet.ts';
import type { Offer } from '../../x402/offer.ts';
import { isSvmAddress } from '../../x402/svmMessage.ts';
import { walletsFor } from './chainChoice.ts';
import type { Deps } from '../deps.ts';
import type { PageWallet } from '../pages/pageWallet.ts';
import { isEvmAddress } from './signer.ts';

/**
 * What the wallets of one document have, as far as our own nodes have said. For our screens alone: no page hears of it,
 * and nothing is decided by it but what a card offers.
 */
export interface Purse {
  /** The account that a wallet shows the page already: the page's claim. Undefined where it shows none, or not soon. */
  account(wallet: AnnouncedWallet): Promise<string | undefined>;
  /** Undefined while no node has said so. */
  has(network: Network, walletId: string): MicroUsdc | undefined;
  note(network: Network, walletId: string, balance: MicroUsdc): void;
  /** Asks what can be asked about these offers without opening a window, until the signal. */
  look(offers: readonly Offer[], signal: AbortSignal, onRead: () => void): void;
}

/** No window opens for it, so a wallet that takes longer is broken or asleep. */
const quietMs = 1_000;
/** Of more wallets nobody wants to know. */
const maxWallets = 4;

/** @param signal ends all asking: the call's own */
export function createPurse(
  { balances }: Pick<Deps, 'balances'>,
  document: PageWallet,
  wallets: readonly AnnouncedWallet[],
  signal: AbortSignal,
): Purse {
  const accounts = new Map<string, Promise<string | undefined>>();
  const known = new Map<string, MicroUsdc>();
  const keyOf = (network: Network, walletId: string) => `${network} ${walletId}`;

  const askQuietly = async (walletId: string): Promise<string | undefined> => {
    const shown = await document.ask({ type: 'accounts', wallet: walletId }, { timeoutMs: quietMs, signal });
    const [first] = shown.ok && Array.isArray(shown.value) ? (shown.value as readonly unknown[]) : [];
    return isEvmAddress(first) ? first : undefined;
  };

  const purse: Purse = {
    async account({ id, kind, account }) {
      if (kind === 'svm') return isSvmAddress(account) ? account : undefined;
      const asked = accounts.get(id) ?? askQuietly(id);
      accounts.set(id, asked);
      return asked;
    },
    has: (network, walletId) => known.get(keyOf(network, walletId)),
    note: (network, walletId, balance) => void known.set(keyOf(network, walletId), balance),
    look(offers, until, onRead) {
      const read = async ({ usdc, network }: Offer, wallet: AnnouncedWallet) => {
        const account = await purse.account(wallet);
        if (account === undefined || until.aborted) return;
        const balance = await balances.of(usdc, account);
        if (balance === undefined || until.aborted) return;
        purse.note(network, wallet.id, balance);
        onRead();
      };
      for (const offer of offers)
        for (const wallet of walletsFor(wallets, offer).slice(0, maxWallets)) void read(offer, wallet);
    },
  };
  return purse;
}
