import { startAsking } from './asking.ts';
import { find } from './find.ts';

/** What is shown of a wallet of the Wallet Standard. */
interface StandardWallet {
  readonly name: string;
  readonly chains: readonly string[];
}

/**
 * Says which wallets this page has, as they announce themselves: those for Base by
 * https://eips.ethereum.org/EIPS/eip-6963, those for Solana by https://github.com/wallet-standard/wallet-standard.
 */
function showWallets(): void {
  const names = new Set<string>();
  const show = (name: unknown) => {
    names.add(String(name));
    find('wallets', HTMLElement).textContent = `Found here: ${[...names].join(', ')}.`;
    find('step-wallet', HTMLElement).dataset['done'] = '';
  };
  window.addEventListener('eip6963:announceProvider', (event) => {
    const { info }: { info?: { name?: unknown } } = Object(event instanceof CustomEvent ? event.detail : {});
    show(info?.name);
  });
  window.dispatchEvent(new Event('eip6963:requestProvider'));

  const register = (...wallets: readonly StandardWallet[]) => {
    for (const { name, chains } of wallets) if (chains.includes('solana:mainnet')) show(name);
    return () => undefined;
  };
  window.addEventListener('wallet-standard:register-wallet', (event) => {
    if (event instanceof CustomEvent) event.detail({ register });
  });
  window.dispatchEvent(new CustomEvent('wallet-standard:app-ready', { detail: { register } }));
}

startAsking(() => undefined);
showWallets();
