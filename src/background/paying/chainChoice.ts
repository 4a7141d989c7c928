import type { Network, Usdc } from '../../core/assets.ts';
import type { SitePolicy } from '../../core/policy.ts';
import type { AnnouncedWallet } from '../../protocol/wallet.ts';
import type { Offer } from '../../x402/offer.ts';

/**
 * The chains that these wallets can pay on, the preferred one first: the one that the person chose for the site, or
 * that of the wallet they chose; else the one whose wallet is connected, else Solana.
 *
 * @param isConnected is asked only where nothing else tells, of wallets that do not say it by themselves
 */
export async function chainsToPayOn(
  wallets: readonly AnnouncedWallet[],
  payable: readonly Usdc[],
  policy: Pick<SitePolicy, 'network' | 'walletRdns'> | undefined,
  isConnected: (wallet: AnnouncedWallet) => Promise<boolean>,
): Promise<readonly Network[]> {
  const usable = payable.filter(({ kind }) => wallets.some((wallet) => kindOf(wallet) === kind));
  const networks = usable.map(({ network }) => network);
  const remembered = networks.find((network) => network === policy?.network);
  if (remembered !== undefined) return firstOf(networks, remembered);
  const kind = await preferredKind(wallets, policy?.walletRdns, isConnected);
  const first = usable.find((usdc) => usdc.kind === kind);
  return first ? firstOf(networks, first.network) : networks;
}

/** The same chains with this one at their head, where it is one of them. */
export function firstOf(networks: readonly Network[], first: Network): readonly Network[] {
  return networks.includes(first) ? [first, ...networks.filter((network) => network !== first)] : networks;
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

async function preferredKind(
  wallets: readonly AnnouncedWallet[],
  rdns: string | undefined,
  isConnected: (wallet: AnnouncedWallet) => Promise<boolean>,
): Promise<Usdc['kind']> {
  const chosen = wallets.find((wallet) => wallet.rdns === rdns && rdns !== '');
  if (chosen) return kindOf(chosen);
  const evm = wallets.filter((wallet) => kindOf(wallet) === 'evm');
  const others = wallets.filter((wallet) => kindOf(wallet) === 'svm');
  if (evm.length === 0 || others.length === 0) return others.length === 0 ? 'evm' : 'svm';
  const connected = async (some: readonly AnnouncedWallet[]) =>
    (await Promise.all(some.map(isConnected))).some(Boolean);
  if (await connected(others)) return 'svm';
  return (await connected(evm)) ? 'evm' : 'svm';
}

function kindOf({ kind }: AnnouncedWallet): Usdc['kind'] {
  return kind ?? 'evm';
}
