import { startAsking } from './asking.ts';
import { find } from './find.ts';

/** Says which wallets this page has, as they announce themselves (https://eips.ethereum.org/EIPS/eip-6963). */
function showWallets(): void {
  const names = new Set<string>();
  window.addEventListener('eip6963:announceProvider', (event) => {
    const { info }: { info?: { name?: unknown } } = Object(event instanceof CustomEvent ? event.detail : {});
    names.add(String(info?.name));
    find('wallets', HTMLElement).textContent = `Found here: ${[...names].join(', ')}.`;
    find('step-wallet', HTMLElement).dataset['done'] = '';
  });
  window.dispatchEvent(new Event('eip6963:requestProvider'));
}

startAsking(() => undefined);
showWallets();
