import { isJsonObject } from '../core/json.ts';
import type { Json } from '../core/json.ts';

const maxIcon = 64 * 1024;
/** Solana's addresses have 44 characters at most. */
const maxAccount = 44;
const iconPattern = /^data:image\/(png|svg\+xml|webp|jpeg|gif)[;,]/;

/** What is asked of the wallet in the page; each is answered by one `answer` frame. */
export type WalletAsk =
  | { readonly type: 'list' }
  | { readonly type: 'connect'; readonly wallet: string }
  /** What an EVM wallet shows the page already: no window opens. */
  | { readonly type: 'accounts'; readonly wallet: string }
  | {
      readonly type: 'switchChain';
      readonly wallet: string;
      readonly chainIdHex: string;
      /** For wallets that do not know the chain yet (EIP-3085). */
      readonly chain: { readonly name: string; readonly rpcUrl: string; readonly explorerUrl?: string };
    }
  | {
      readonly type: 'signTypedData';
      readonly wallet: string;
      readonly account: string;
      readonly chainIdHex: string;
      /** The EIP-712 message as JSON text, as wallets want it. */
      readonly typedData: string;
    }
  | {
      readonly type: 'signTransaction';
      readonly wallet: string;
      readonly account: string;
      /** A Solana transaction that waits for its signatures, base64. */
      readonly transaction: string;
    };

/** A wallet as it announced itself in the page; its name and icon are the page's claim. */
export interface AnnouncedWallet {
  /** Stable within the document: the EIP-6963 uuid, or "injected" for a bare `window.ethereum`. */
  readonly id: string;
  readonly name: string;
  readonly rdns: string;
  /** A data: image, or "" where there was none that is safe to show. */
  readonly icon: string;
  /** A Wallet Standard wallet on Solana; absent: an EVM wallet. */
  readonly kind?: 'svm';
  /** Of a Solana wallet: the account that it shows the page already; the page's claim. */
  readonly account?: string;
}

/** What the answers to a `WalletAsk` carry. */
export interface WalletAnswers {
  readonly list: readonly AnnouncedWallet[];
  /** Account addresses, the chosen one first. */
  readonly connect: readonly string[];
  /** The same, of those that it shows already. */
  readonly accounts: readonly string[];
  /** The chain the wallet is on afterwards, lowercase hex. */
  readonly switchChain: string;
  /** 0x-prefixed signature. */
  readonly signTypedData: string;
  /** The signed transaction, base64. */
  readonly signTransaction: string;
}

/** The page's side of the asks: what inpage hands an `ask` frame to, and wallet implements. */
export interface AskAnswerer {
  /** Calls `done` once, with the answer of the ask's type or a `WalletProblem`; it may be late. */
  answer(id: string, ask: WalletAsk, done: (ok: boolean, value: unknown) => void): void;
  /** Nobody waits for this ask any more: it opens no further window and stands in no other ask's way. */
  cancel(id: string): void;
}

/** What an unsuccessful answer carries. `rejected` is the wallet's word only: a page can lie with it. */
export interface WalletProblem {
  readonly kind: 'not-found' | 'rejected' | 'wrong-chain' | 'failed';
  readonly message: string;
}

/** Reads the value of an unsuccessful answer; anything unclear counts as `failed`. */
export function readWalletProblem(value: Json): WalletProblem {
  const problem = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { kind, message } = problem;
  return {
    kind: kind === 'not-found' || kind === 'rejected' || kind === 'wrong-chain' ? kind : 'failed',
    message: typeof message === 'string' ? message.slice(0, 300) : '',
  };
}

/** Reads the answer to `list`: at most 16 wallets, each with a bounded name and no icon but a data image. */
export function readWallets(value: Json): readonly AnnouncedWallet[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).slice(0, 16).flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const { id, name, rdns, icon, kind, account } = entry;
    if (typeof id !== 'string' || id === '' || id.length > 200 || typeof name !== 'string') return [];
    return [
      {
        id,
        name: name.slice(0, 64),
        rdns: typeof rdns === 'string' ? rdns.slice(0, 200) : '',
        icon: typeof icon === 'string' && icon.length <= maxIcon && iconPattern.test(icon) ? icon : '',
        ...(kind === 'svm' ? { kind } : {}),
        ...(kind === 'svm' && typeof account === 'string' && account.length <= maxAccount ? { account } : {}),
      },
    ];
  });
}
