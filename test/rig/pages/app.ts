import { answerEvent, requestEvent } from '../wallet/options.ts';
import { startAsking } from './asking.ts';
import { showBalances } from './balances.ts';
import { showFaults } from './developer.ts';
import { followWalletChoice } from './walletChoice.ts';

const progress = startAsking(() => void showBalances());

/** Says what the wallet is doing. */
function followWallet(): void {
  const signing = (event: Event) =>
    event instanceof CustomEvent && Object(event.detail).method === 'eth_signTypedData_v4';
  window.addEventListener(requestEvent, (event) => {
    if (signing(event)) progress('Waiting for your wallet…');
  });
  window.addEventListener(answerEvent, (event) => {
    if (signing(event) && Object(event).detail.ok === true) progress('Settling on Base, about 2 seconds…');
  });
}

followWallet();
followWalletChoice();
void showBalances();
void showFaults();
