import type { PaidChat } from '../../../src/inpage/types.ts';
import { showBalances } from './balances.ts';
import { showFaults } from './developer.ts';
import { find } from './find.ts';
import { followWalletChoice } from './walletChoice.ts';

declare const paidChat: PaidChat;

/** What the script of a snippet defines. */
declare global {
  var guide: { run: (show: (text: string) => void) => Promise<void> } | undefined;
}

const runButton = find('run', HTMLButtonElement);
const code = find('code', HTMLElement);
const text = find('text', HTMLElement);
const receipt = find('receipt', HTMLElement);

let chosen = '0';

async function choose(snippet: string): Promise<void> {
  chosen = snippet;
  code.textContent = await (await fetch(`/playground/code?snippet=${snippet}`)).text();
}

async function run(): Promise<void> {
  text.textContent = '';
  receipt.textContent = '';
  runButton.disabled = true;
  say('busy', 'Loading the SDK…');
  try {
    await load(`/playground/run.js?snippet=${chosen}`);
    say('busy', 'Running…');
    await globalThis.guide?.run((more) => {
      text.textContent += more;
    });
    const [latest] = await paidChat.receipts.list();
    if (latest)
      receipt.textContent = `Paid ${latest.amountUsdc} USDC (${latest.status}), receipt ${latest.id}`;
    say('done', 'Done.');
  } catch (error) {
    const { name, message } = error as Error;
    say('failed', `${name}: ${message}`);
  } finally {
    runButton.disabled = false;
    void showBalances();
  }
}

function load(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Error('The rig could not bundle this snippet.')));
    document.head.append(script);
  });
}

function say(state: 'busy' | 'done' | 'failed', words: string): void {
  const status = find('status', HTMLElement);
  status.dataset['state'] = state;
  status.textContent = words;
}

for (const way of document.querySelectorAll<HTMLInputElement>('input[name=way]'))
  way.addEventListener('change', () => void choose(way.value));
runButton.addEventListener('click', () => void run());
const missing = !('paidChat' in window);
find('missing', HTMLElement).hidden = !missing;
runButton.disabled = missing;
followWalletChoice();
void choose(chosen);
void showBalances();
void showFaults();
