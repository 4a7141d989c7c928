/** What the wallet does when it is asked to connect or to sign. */
export type WalletMode = 'sign' | 'ask' | 'late' | 'reject' | 'hang';

/** How long the wallet takes in mode `late`, in milliseconds. */
export const lateMs = 2_000;

/** How the test wallet starts. Plain JSON: it is written into the page's script. */
export interface WalletOptions {
  /** The funded key, 0x and 64 hex digits. */
  readonly privateKey: `0x${string}`;
  /** `sign` where absent: at once, without a window. */
  readonly mode?: WalletMode;
  /** Whether sites may see the account before they ask. True where absent. */
  readonly connected?: boolean;
  /** The chain that it starts on. 8453 where absent. */
  readonly startChainId?: number;
  /** The chains that it can switch to. Ethereum and Base where absent. */
  readonly knownChainIds?: readonly number[];
  /** Whether it also claims `window.ethereum`. False where absent. */
  readonly claimsWindowEthereum?: boolean;
  /** The name it announces. "Rig Wallet" where absent. */
  readonly name?: string;
  /** The key's own account where absent. */
  readonly contract?: ContractAccount;
  /** A Solana wallet beside it, where given. */
  readonly solana?: SolanaWalletOptions;
}

/** A contract account that the key signs for. */
export interface ContractAccount {
  readonly address: `0x${string}`;
  /** While it is not, the wallet wraps its signatures as ERC-6492 says (https://eips.ethereum.org/EIPS/eip-6492). */
  readonly isDeployed: boolean;
}

/** The Solana wallet's key and manners; its mode is the wallet's. */
export interface SolanaWalletOptions {
  /** The 32 bytes of its private key, in hex. */
  readonly seed: string;
  readonly edit?: SolanaEdit;
}

/** What the Solana wallet does to a transaction before it signs it. */
export interface SolanaEdit {
  /** So many of Lighthouse's instructions at the end, as Phantom and Solflare add them. None where absent. */
  readonly lighthouse?: number;
  /** What a wallet that lies changes. */
  readonly alter?: 'amount' | 'blockhash' | 'memo';
}

/** Sets the mode: `window.dispatchEvent(new CustomEvent('rigwallet:mode', { detail: 'ask' }))`. */
export const modeEvent = 'rigwallet:mode';
/** Sets the edit: `window.dispatchEvent(new CustomEvent('rigwallet:edit', { detail: { lighthouse: 2 } }))`. */
export const editEvent = 'rigwallet:edit';
/** Dispatched on window when a page asks the wallet: `detail` is `{ method, params }`. */
export const requestEvent = 'rigwallet:request';
/** Dispatched on window when the wallet has answered: `detail` is `{ method, ok }`. */
export const answerEvent = 'rigwallet:answer';

/** Whether a value names a mode. */
export function isWalletMode(value: unknown): value is WalletMode {
  return ['sign', 'ask', 'late', 'reject', 'hang'].some((mode) => mode === value);
}
