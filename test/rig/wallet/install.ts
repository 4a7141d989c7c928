import { askInPage } from './dialog.ts';
import { answerEvent, editEvent, isWalletMode, modeEvent, requestEvent } from './options.ts';
import type { SolanaEdit, SolanaWalletOptions, WalletOptions } from './options.ts';
import { createWallet } from './provider.ts';
import type { Eip1193Provider } from './provider.ts';
import { createSolanaWallet } from './solana.ts';

const icon = `data:image/svg+xml;base64,${btoa(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#e2571e"/><path d="M8 11h16v12H8z" fill="#fff"/><circle cx="20" cy="17" r="2" fill="#e2571e"/></svg>',
)}`;

/** One wallet for each window: a page that carries the script too finds it there already. */
const installed = Symbol.for('rigwallet.installed');

/** Announces the wallet in this window as EIP-6963 says (https://eips.ethereum.org/EIPS/eip-6963). */
export function installWallet(options: WalletOptions): void {
  if (Object.hasOwn(window, installed)) return;
  Object.defineProperty(window, installed, { value: true });

  const wallet = createWallet(options, askInPage);
  const provider = watched(wallet.provider);
  window.addEventListener(modeEvent, (event) => {
    if (event instanceof CustomEvent && isWalletMode(event.detail)) wallet.setMode(event.detail);
  });

  const info = Object.freeze({
    uuid: uuid(),
    name: options.name ?? 'Rig Wallet',
    icon,
    rdns: 'xyz.paidchat.testwallet',
  });
  const detail = Object.freeze({ info, provider });
  const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
  if (options.claimsWindowEthereum === true) Object.assign(window, { ethereum: provider });
  if (options.solana !== undefined) installSolanaWallet(options, options.solana);
}

/** Registers the Solana wallet as the Wallet Standard says (https://github.com/wallet-standard/wallet-standard). */
function installSolanaWallet(options: WalletOptions, solana: SolanaWalletOptions): void {
  const { mode = 'sign', connected = true, name = 'Rig Wallet' } = options;
  const made = createSolanaWallet({ ...solana, mode, connected, name, icon }, askInPage, tell);
  window.addEventListener(modeEvent, (event) => {
    if (event instanceof CustomEvent && isWalletMode(event.detail)) made.setMode(event.detail);
  });
  window.addEventListener(editEvent, (event) => {
    if (event instanceof CustomEvent) made.setEdit(event.detail as SolanaEdit);
  });
  const register = (api: { register(wallet: object): void }) => api.register(made.wallet);
  window.addEventListener('wallet-standard:app-ready', (event) => {
    if (event instanceof CustomEvent) register(event.detail as Parameters<typeof register>[0]);
  });
  window.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
}

function tell(name: string, detail: unknown): void {
  window.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Tells the window what the wallet is asked, so that the demo and the tests can show it. */
function watched(provider: Eip1193Provider): Eip1193Provider {
  return {
    ...provider,
    async request(request) {
      const { method, params } = request;
      tell(requestEvent, { method, params });
      try {
        const answer = await provider.request(request);
        tell(answerEvent, { method, ok: true });
        return answer;
      } catch (error) {
        tell(answerEvent, { method, ok: false });
        throw error;
      }
    },
  };
}

/** `crypto.randomUUID` exists in secure contexts only, and plain http pages are tested too. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return text.replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, '$1-$2-4$3-a$4-$5');
}
