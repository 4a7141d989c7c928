import type { Network, Usdc } from '../core/assets.ts';
import type { AnnouncedWallet } from '../protocol/wallet.ts';
import type { Offer } from '../x402/offer.ts';

/** The wallets of a page that could pay, and the chains to pay on, the preferred one first. */
export interface ChainChoice {
  readonly wallets: readonly AnnouncedWallet[];
  readonly networks: readonly Network[];
}

/**
 * Where a page has wallets for two chains, the chain of the wallet that the person chose for the site comes first;
 * else the one whose wallet is connected, else Solana.
 */
export function chainChoice(
  found: readonly AnnouncedWallet[],
  payable: readonly Usdc[],
  remembered: string | undefined,
): ChainChoice {
  const wallets = payingWallets(found, payable);
  const chosen = wallets.find(({ rdns }) => rdns === remembered && rdns !== '');
  const connected = wallets.find(({ isConnected }) => isConnected);
  const first = chosen ?? connected ?? wallets.find(({ kind }) => kind === 'svm') ?? wallets[0];
  const preferred = first && kindOf(first);
  const usable = payable.filter(({ kind }) => wallets.some((wallet) => kindOf(wallet) === kind));
  const ordered = [
    ...usable.filter(({ kind }) => kind === preferred),
    ...usable.filter(({ kind }) => kind !== preferred),
  ];
  return { wallets, networks: ordered.map(({ network }) => network) };
}

/** Those of the wallets that are on a chain which is paid on. */
export function payingWallets(
  found: readonly AnnouncedWallet[],
  payable: readonly Usdc[],
): readonly AnnouncedWallet[] {
  return found.filter((wallet) => payable.some(({ kind }) => kind === kindOf(wallet)));
}

/** Those of the wallets that can pay this offer. */
export function walletsFor(wallets: readonly AnnouncedWallet[], { kind }: Offer): readonly AnnouncedWallet[] {
  return wallets.filter((wallet) => kindOf(wallet) === kind);
}

/** The one to ask: the person's choice where it can pay this offer. */
export function walletFor(
  wallets: readonly AnnouncedWallet[],
  offer: Offer,
  chosenId: string | undefined,
): AnnouncedWallet | undefined {
  const able = walletsFor(wallets, offer);
  return able.find(({ id }) => id === chosenId) ?? able[0];
}

function kindOf({ kind }: AnnouncedWallet): Usdc['kind'] {
  return kind ?? 'evm';
}
