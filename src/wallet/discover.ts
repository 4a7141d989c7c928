import { requestProviders } from 'mipd';
import { keys } from '../core/pristine.ts';
import type { AnnouncedWallet } from '../protocol/wallet.ts';
import { maxName, maxWallets, readIcon, shortText } from './words.ts';

/** The part of an EIP-1193 provider that is used; a page can put anything in its place. */
export interface Provider {
  request(call: { method: string; params?: readonly unknown[] }): unknown;
}

/** The EVM wallets that this document knows of. */
export interface Wallets {
  /** Asks wallets to announce themselves; most do so before this returns. */
  refresh(): void;
  /** In the order they came; a bare `window.ethereum` only where none was announced. */
  list(): readonly AnnouncedWallet[];
  provider(id: string): Provider | undefined;
}

interface Found {
  readonly wallet: AnnouncedWallet;
  readonly provider: Provider;
}

const bareId = 'injected';

/** Listens for EIP-6963 announcements from now on, and again with each request. */
export function discoverWallets(): Wallets {
  const found = { __proto__: null } as unknown as Record<string, Found>;

  const add = (detail: unknown) => {
    const one = readDetail(detail);
    // Every request repeats every announcement; the first under an id stays.
    if (one && !found[one.wallet.id] && keys(found).length < maxWallets) found[one.wallet.id] = one;
  };
  requestProviders(add);
  let stopLatest: (() => void) | undefined;

  return {
    refresh() {
      try {
        const stopPrevious = stopLatest;
        // `document.open` removes every listener of a page, so the request brings its own.
        stopLatest = requestProviders(add);
        stopPrevious?.();
      } catch {
        // The page has broken its events; what was announced before is still known.
      }
    },
    list() {
      const ids = keys(found);
      const list: AnnouncedWallet[] = [];
      for (let index = 0; index < ids.length; index += 1) {
        const one = found[ids[index] as string];
        if (one) list[index] = one.wallet;
      }
      if (ids.length === 0 && bareProvider()) {
        list[0] = { id: bareId, name: 'Browser wallet', rdns: '', icon: '' };
      }
      return list;
    },
    provider: (id) => found[id]?.provider ?? (id === bareId ? bareProvider() : undefined),
  };
}

/** What is taken of an announcement, each property read once; undefined for one that is none. */
function readDetail(detail: unknown): Found | undefined {
  try {
    const { info, provider } = detail as { info: Record<string, unknown>; provider: unknown };
    const { uuid, name, rdns, icon } = info;
    if (typeof uuid !== 'string' || uuid === '' || uuid === bareId || uuid.length > maxName) return undefined;
    if (!isProvider(provider)) return undefined;
    const wallet = { id: uuid, name: shortText(name), rdns: shortText(rdns), icon: readIcon(icon) };
    return { wallet, provider };
  } catch {
    return undefined;
  }
}

function bareProvider(): Provider | undefined {
  try {
    const { ethereum } = window as { ethereum?: unknown };
    return isProvider(ethereum) ? ethereum : undefined;
  } catch {
    return undefined;
  }
}

function isProvider(value: unknown): value is Provider {
  return typeof value === 'object' && value !== null && typeof (value as Provider).request === 'function';
}
