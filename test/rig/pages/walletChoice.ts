import { modeEvent } from '../wallet/options.ts';

/** The page hosts the test wallet, so it may say how that behaves. */
export function followWalletChoice(): void {
  for (const choice of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) {
    choice.addEventListener('change', () => {
      window.dispatchEvent(new CustomEvent(modeEvent, { detail: choice.value }));
    });
  }
}
