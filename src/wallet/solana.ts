import { each, isArray, unbound } from '../core/pristine.ts';
import type { WalletAsk } from '../protocol/wallet.ts';
import { callWallet, failed, promptMs, read, refusal } from './call.ts';
import type { AskTurn } from './call.ts';
import { solanaAccounts, solanaChain } from './standard.ts';
import type { StandardWallet } from './standard.ts';

type SignAsk = Extract<WalletAsk, { type: 'signTransaction' }>;

// As they were before any script of the page.
const toText = atob;
const toBase64 = btoa;
const { fromCharCode } = String;
const charCodeAt = /* @__PURE__ */ unbound(String.prototype, 'charCodeAt');
const Bytes = Uint8Array;

/** A transaction of Solana has at most 1,232 bytes. */
const maxBytes = 4096;

/** Answers one ask with the wallet. Only two of its features are used: standard:connect and solana:signTransaction. */
export function askSolanaWallet(
  wallet: StandardWallet,
  ask: Exclude<WalletAsk, { type: 'list' }>,
  turn: AskTurn,
): void {
  if (ask.type === 'connect') connect(wallet, turn);
  else if (ask.type === 'signTransaction') signTransaction(wallet, ask, turn);
  else failed(turn);
}

function connect(wallet: StandardWallet, turn: AskTurn): void {
  call(wallet, 'standard:connect', 'connect', undefined, turn, (connected) => {
    const given = solanaAccounts(read(connected, 'accounts'));
    const addresses: string[] = [];
    each(given, (account) => {
      const address = read(account, 'address');
      if (typeof address === 'string') addresses[addresses.length] = address;
    });
    if (addresses.length > 0) turn.done(true, addresses);
    else failed(turn);
  });
}

function signTransaction(wallet: StandardWallet, ask: SignAsk, turn: AskTurn): void {
  const account = accountOf(wallet, ask.account);
  const input = { __proto__: null, account, chain: solanaChain, transaction: bytesOf(ask.transaction) };
  call(wallet, 'solana:signTransaction', 'signTransaction', input, turn, (outputs) => {
    const signed = isArray(outputs) ? read(outputs[0], 'signedTransaction') : undefined;
    const transaction = base64Of(signed);
    if (transaction !== undefined) turn.done(true, transaction);
    else failed(turn);
  });
}

function call(
  wallet: StandardWallet,
  feature: string,
  method: string,
  input: object | undefined,
  { after, done }: AskTurn,
  ok: (value: unknown) => void,
): void {
  const run = () => {
    const found = read(read(wallet, 'features'), feature) as Record<string, (input?: object) => unknown>;
    return found[method]?.(input);
  };
  callWallet(after, promptMs, run, { ok, fail: (thrown) => done(false, refusal(thrown)) });
}

function accountOf(wallet: StandardWallet, address: string): unknown {
  const accounts = solanaAccounts(read(wallet, 'accounts'));
  for (let index = 0; index < accounts.length; index += 1) {
    if (read(accounts[index], 'address') === address) return accounts[index];
  }
  return undefined;
}

function bytesOf(base64: string): Uint8Array {
  const text = toText(base64);
  const bytes = new Bytes(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = charCodeAt(text, index);
  return bytes;
}

/** Of bytes in any shape that has a length; undefined for anything else. */
function base64Of(bytes: unknown): string | undefined {
  const length = read(bytes, 'length');
  if (typeof length !== 'number' || !(length > 0 && length <= maxBytes)) return undefined;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    const byte = read(bytes, `${index}`);
    if (typeof byte !== 'number' || !(byte >= 0 && byte <= 255)) return undefined;
    text += fromCharCode(byte);
  }
  return toBase64(text);
}
