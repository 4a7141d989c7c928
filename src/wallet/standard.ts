import { cut, each, isArray, keys } from '../core/pristine.ts';
import type { AnnouncedWallet } from '../protocol/wallet.ts';
import { read } from './call.ts';
import { maxWallets, readIcon, shortText } from './words.ts';

/** A Wallet Standard wallet; a page can put anything in its place. */
export type StandardWallet = object;

/** The Solana wallets that this document knows of. */
export interface StandardWallets {
  refresh(): void;
  /** The others first, then these in the order they came. */
  list(others: readonly AnnouncedWallet[]): readonly AnnouncedWallet[];
  wallet(id: string): StandardWallet | undefined;
}

/** Solana's chain as the Wallet Standard names it. */
export const solanaChain = 'solana:mainnet';

/**
 * Listens for wallets that register themselves (github.com/wallet-standard/wallet-standard): of those that can sign
 * transactions of today's kind on Solana's mainnet, the first under a name stays.
 */
export function discoverStandardWallets(): StandardWallets {
  const found = { __proto__: null } as unknown as Record<string, StandardWallet>;

  const register = (wallet: unknown) => {
    const id = idOf(wallet);
    if (id !== undefined && !found[id] && keys(found).length < maxWallets)
      found[id] = wallet as StandardWallet;
    return () => undefined;
  };
  const api = { register };
  const onRegister = (event: unknown) => {
    const detail = read(event, 'detail');
    if (typeof detail === 'function') (detail as (api: object) => void)(api);
  };
  const ask = () => {
    try {
      // The same listener is there once, also after `document.open` has removed it.
      window.addEventListener('wallet-standard:register-wallet', onRegister);
      window.dispatchEvent(new CustomEvent('wallet-standard:app-ready', { detail: api }));
    } catch {
      // The page has broken its events; what was registered before is still known.
    }
  };
  ask();

  return {
    refresh: ask,
    list(others) {
      const list: AnnouncedWallet[] = [];
      each(others, (other, index) => {
        list[index] = other;
      });
      each(keys(found), (id) => {
        const wallet = found[id];
        const name = shortText(read(wallet, 'name'));
        const icon = readIcon(read(wallet, 'icon'));
        const account = read(solanaAccounts(read(wallet, 'accounts'))[0], 'address');
        list[list.length] = { id, name, rdns: id, icon, kind: 'svm', account } as AnnouncedWallet;
      });
      return list;
    },
    wallet: (id) => found[id],
  };
}

/** The accounts of a list that are on Solana's mainnet, as the wallet gave them. */
export function solanaAccounts(accounts: unknown): readonly unknown[] {
  const ours: unknown[] = [];
  const given = isArray(accounts) ? (accounts as readonly unknown[]) : [];
  each(given, (account) => {
    if (includes(read(account, 'chains'), solanaChain)) ours[ours.length] = account;
  });
  return ours;
}

function idOf(wallet: unknown): string | undefined {
  const name = read(wallet, 'name');
  const signing = read(read(wallet, 'features'), 'solana:signTransaction');
  const fits =
    typeof name === 'string' &&
    name !== '' &&
    includes(read(wallet, 'chains'), solanaChain) &&
    includes(read(signing, 'supportedTransactionVersions'), 0);
  return fits ? `solana:${cut(name, 64)}` : undefined;
}

function includes(list: unknown, wanted: unknown): boolean {
  if (!isArray(list)) return false;
  for (let index = 0; index < list.length; index += 1) {
    if ((list as readonly unknown[])[index] === wanted) return true;
  }
  return false;
}
