import { zeroAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { serializeErc6492Signature } from 'viem/utils';
import { lateMs } from './options.ts';
import type { WalletMode, WalletOptions } from './options.ts';

/** What a page gives to `request`. */
export interface WalletRequest {
  readonly method: string;
  readonly params?: unknown;
}

/** An EIP-1193 provider (https://eips.ethereum.org/EIPS/eip-1193). */
export interface Eip1193Provider {
  readonly isRigWallet: true;
  request(request: WalletRequest): Promise<unknown>;
  on(event: string, listener: (value: unknown) => void): Eip1193Provider;
  removeListener(event: string, listener: (value: unknown) => void): Eip1193Provider;
}

/** Typed data as it travels to wallets: EIP-712's JSON. */
export interface TypedData {
  readonly domain: Readonly<Record<string, unknown>>;
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** What the wallet asks its owner. */
export type Question =
  | { readonly kind: 'connect'; readonly account: string }
  | { readonly kind: 'sign'; readonly account: string; readonly chainId: number; readonly data: TypedData }
  /** What a Solana transaction does, a line for each instruction. */
  | { readonly kind: 'signTransaction'; readonly account: string; readonly lines: readonly string[] };

/** The wallet behind the provider. */
export interface RigWallet {
  readonly provider: Eip1193Provider;
  setMode(mode: WalletMode): void;
}

/** EIP-1193's and EIP-1474's codes. Wallets reject with plain objects, never with an Error. */
const codes = { rejected: 4001, unauthorized: 4100, unsupported: 4200, unknownChain: 4902 } as const;
const invalidParams = -32_602;
const internalError = -32_603;

/**
 * A wallet with one key and a choice of manners.
 * @param ask - shows a question to the person, in mode `ask`
 */
export function createWallet(
  options: WalletOptions,
  ask: (question: Question) => Promise<boolean>,
): RigWallet {
  const key = privateKeyToAccount(options.privateKey);
  const account = options.contract ?? { address: key.address, isDeployed: true };
  const known = new Set(options.knownChainIds ?? [1, 8453]);
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  let mode = options.mode ?? 'sign';
  let connected = options.connected ?? true;
  let chainId = options.startChainId ?? 8453;

  const emit = (event: string, value: unknown) => {
    for (const listener of listeners.get(event) ?? []) listener(value);
  };

  async function consent(question: Question): Promise<void> {
    if (mode === 'hang') await new Promise(() => undefined);
    if (mode === 'late') {
      await new Promise((resolve) => setTimeout(resolve, lateMs));
      return;
    }
    const agreed = mode === 'ask' ? await ask(question) : mode === 'sign';
    if (!agreed) refuse(codes.rejected, 'User rejected the request.');
  }

  function switchTo(next: number): null {
    if (next !== chainId) {
      chainId = next;
      emit('chainChanged', hex(next));
    }
    return null;
  }

  async function connect(): Promise<string[]> {
    if (!connected) {
      await consent({ kind: 'connect', account: account.address });
      connected = true;
      emit('accountsChanged', [account.address]);
    }
    return [account.address];
  }

  async function signTypedData([from, json]: readonly unknown[]): Promise<string> {
    if (!connected) refuse(codes.unauthorized, 'This site is not connected.');
    if (typeof from !== 'string' || from.toLowerCase() !== account.address.toLowerCase())
      refuse(codes.unauthorized, 'The wallet has no such account.');
    const data = readTypedData(json);
    if (Number(data.domain['chainId']) !== chainId)
      refuse(internalError, `Chain ${String(data.domain['chainId'])} is not the active chain ${chainId}.`);
    await consent({ kind: 'sign', account: account.address, chainId, data });
    const signature = await key.signTypedData(data);
    // Nobody deploys it: the factory and what it would be told matter to nobody.
    return account.isDeployed
      ? signature
      : serializeErc6492Signature({ address: zeroAddress, data: '0x', signature });
  }

  // eslint-disable-next-line complexity
  async function answer(method: string, params: readonly unknown[]): Promise<unknown> {
    switch (method) {
      case 'eth_requestAccounts':
        return connect();
      case 'eth_accounts':
        return connected ? [account.address] : [];
      case 'eth_chainId':
        return hex(chainId);
      case 'wallet_switchEthereumChain': {
        const next = readChainId(params);
        if (!known.has(next)) refuse(codes.unknownChain, `Unrecognized chain ID "${hex(next)}".`);
        return switchTo(next);
      }
      case 'wallet_addEthereumChain': {
        const next = readChainId(params);
        known.add(next);
        return switchTo(next);
      }
      case 'wallet_revokePermissions':
        connected = false;
        emit('accountsChanged', []);
        return null;
      case 'eth_signTypedData_v4':
        return signTypedData(params);
      default:
        return refuse(codes.unsupported, `The method ${method} is not supported.`);
    }
  }

  const provider: Eip1193Provider = {
    isRigWallet: true,
    request: ({ method, params }) => answer(method, Array.isArray(params) ? params : []),
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return provider;
    },
    removeListener(event, listener) {
      listeners.get(event)?.delete(listener);
      return provider;
    },
  };
  return {
    provider,
    setMode(next) {
      mode = next;
    },
  };
}

function refuse(code: number, message: string): never {
  // oxlint-disable-next-line typescript/only-throw-error -- real wallets throw plain objects
  throw { code, message };
}

function readChainId([first]: readonly unknown[]): number {
  const id: unknown = isRecord(first) ? first['chainId'] : undefined;
  if (typeof id !== 'string' || !/^0x[1-9a-f][0-9a-f]{0,12}$/.test(id))
    return refuse(invalidParams, 'Expected a 0x-prefixed lowercase chain ID.');
  return Number(id);
}

function readTypedData(json: unknown): TypedData {
  if (typeof json !== 'string') return refuse(invalidParams, 'Typed data must be a JSON string.');
  try {
    const data: unknown = JSON.parse(json);
    if (isTypedData(data)) return data;
  } catch {
    // Said below, as for any other text that is not typed data.
  }
  return refuse(invalidParams, 'That is not typed data.');
}

function isTypedData(data: unknown): data is TypedData {
  return (
    isRecord(data) &&
    isRecord(data['domain']) &&
    isRecord(data['types']) &&
    isRecord(data['message']) &&
    typeof data['primaryType'] === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hex(chainId: number): string {
  return `0x${chainId.toString(16)}`;
}
