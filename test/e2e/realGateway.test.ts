import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Browser } from 'webextension-polyfill';
import { launchBrowser } from '../rig/browser.ts';
import type { BrowserOptions, RigBrowser } from '../rig/browser.ts';
import { bundleWallet } from '../rig/bundle.ts';
import { keys } from '../rig/keys.ts';
import { startRealPage } from '../rig/realPage.ts';
import { named, press, waitForText } from './press.ts';

declare const chrome: Browser;

const extensionDir = fileURLToPath(new URL('../../.output/chrome-mv3', import.meta.url));
const gateway = 'https://jumpgate.ambient.xyz';

describe('a browser for the real gateway', () => {
  const undo: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const one of undo.splice(0).toReversed()) await one();
  });

  async function open(options: Partial<BrowserOptions> = {}): Promise<RigBrowser> {
    // No name leads anywhere: no test of ours reaches the real gateway.
    const rig = await launchBrowser({ extensionDir, hostMap: { '*': '127.0.0.1:9' }, ...options });
    undo.push(() => rig.close());
    return rig;
  }

  it('says first what is needed, then which wallet it has found', async () => {
    const first = await startRealPage(gateway, 0);
    undo.push(() => first.stop());
    const { browser } = await open({ hostMap: { '*:443': '127.0.0.1:9' } });
    const page = await browser.newPage();
    await page.goto(first.url);
    await waitForText(page, 'None is here yet.');
    await waitForText(page, gateway);
    for (const wallet of ['MetaMask', 'Rabby', 'Coinbase Wallet', 'Phantom', 'Solflare'])
      await named(page, 'link', wallet);

    await press(page, 'Ask');
    await waitForText(page, 'No wallet was found in this page');
    await waitForText(page, 'Nothing was paid.');

    await page.evaluateOnNewDocument(await bundleWallet({ privateKey: keys.payer }));
    await page.evaluateOnNewDocument(announceForSolana);
    await page.reload();
    await waitForText(page, 'Found here: Rig Wallet, Only Solana.');
    await press(page, 'Ask');
    await waitForText(page, 'The gateway cannot be reached');
  });

  it('has the same extension with the same memory when its profile is opened again', async () => {
    const userDataDir = mkdtempSync(join(tmpdir(), 'paidchat-profile-'));
    undo.push(async () => rmSync(userDataDir, { recursive: true, force: true, maxRetries: 20 }));
    const rig = await open({ userDataDir });
    const memory = await extensionPage(rig);
    await memory.evaluate(() => chrome.storage.local.set({ kept: 'yes' }));
    await rig.close();

    const again = await open({ userDataDir });
    expect(again.extensionId).toBe(rig.extensionId);
    const remembered = await extensionPage(again);
    expect(await remembered.evaluate(() => chrome.storage.local.get('kept'))).toEqual({ kept: 'yes' });
  });
});

async function extensionPage({ browser, extensionId }: RigBrowser) {
  const page = await browser.newPage();
  await page.goto(`chrome-extension://${extensionId}/popup.html`);
  return page;
}

/** In the page: a wallet that is for Solana alone, and one that is for neither chain. */
function announceForSolana(): void {
  const known = { version: '1.0.0', icon: 'data:image/png;base64,', accounts: [], features: {} };
  const wallets = [
    { ...known, name: 'Only Bitcoin', chains: ['bitcoin:mainnet'] },
    { ...known, name: 'Only Solana', chains: ['solana:mainnet'] },
  ];
  window.addEventListener('wallet-standard:app-ready', (event) => {
    if (event instanceof CustomEvent) event.detail.register(...wallets);
  });
}
