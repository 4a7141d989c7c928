import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { Browser } from 'webextension-polyfill';
import { baseUsdc } from '../../src/core/assets.ts';
import { setWalletMode } from './asking.ts';
import { useStage } from './fixture.ts';
import { press, seenText, waitForText } from './press.ts';

declare const chrome: Browser & { runtime: { onStartup: { hasListeners(): boolean } } };

const stage = useStage({ tokenDelayMs: 0, baseNode: true });
/** The signatures of the rig's gateway live no longer. */
const lifeSeconds = 600;

it('frees a held amount by its alarm, which starts the background that had ended, with no screen open', async () => {
  const page = await stage.open('held');
  const bare = await openBare(page);
  await setWalletMode(page, 'reject');
  const { call, approval } = await stage.ask(page);
  await press(approval, 'Pay once');
  expect((await call.outcome()).error).toMatchObject({ code: 4001, phase: 'sign' });
  await page.close();
  const [held] = await paymentsOnDisk(bare);
  expect(held).toMatchObject({ state: 'signing', trouble: 'wallet-rejected' });
  await bare.waitForFunction(() => chrome.alarms.get('prove').then((alarm) => alarm !== undefined));
  const alarm = await bare.evaluate(() => chrome.alarms.get('prove'));
  // The earliest time that a block from after the reservation is final.
  expect(alarm?.scheduledTime).toBe((held?.reservedAtMs ?? 0) + baseUsdc.finalityMs);

  await stage.rig.killWorker();
  await stage.world.chain.advance(lifeSeconds);
  await stage.world.chain.mine(3);
  expect(await paymentsOnDisk(bare)).toMatchObject([{ state: 'signing' }]);
  // All that is not waited for are the twenty minutes: the browser rings the same alarm.
  await bare.evaluate(() => chrome.alarms.create('prove', { when: Date.now() + 1_000 }));
  await expect
    .poll(() => paymentsOnDisk(bare), { timeout: 15_000 })
    .toMatchObject([{ state: 'released', releasedReason: 'expired-on-chain' }]);
  await expect.poll(() => bare.evaluate(() => chrome.alarms.get('prove'))).toBeUndefined();

  const again = await stage.open('held');
  const popup = await stage.popup(again);
  await waitForText(popup, '$0.50 left of $0.50');
  expect(await seenText(popup)).not.toContain('stays counted');
  expect(stage.requests().paid).toBe(0);
});

it('starts the background with the browser, which may have forgotten the alarm', async () => {
  const { browser, extensionId } = stage.rig;
  const url = `chrome-extension://${extensionId}/background.js`;
  const target = await browser.waitForTarget((one) => one.url() === url);
  const worker = await target.worker();
  expect(await worker?.evaluate(() => chrome.runtime.onStartup.hasListeners())).toBe(true);
});

interface RowOnDisk {
  readonly state: string;
  readonly reservedAtMs: number;
}

/** A document of the extension's origin without a script of ours: nothing connects to the background. */
async function openBare(beside: Page): Promise<Page> {
  const page = await beside.browser().newPage();
  await page.goto(`chrome-extension://${stage.rig.extensionId}/manifest.json`);
  return page;
}

/** The rows as they lie in the database, which asks the background for nothing. */
function paymentsOnDisk(bare: Page): Promise<readonly RowOnDisk[]> {
  return bare.evaluate(async () => {
    const done = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('It cannot be read.')));
      });
    const db = await done(indexedDB.open('paidchat'));
    const rows = await done<RowOnDisk[]>(db.transaction('payments').objectStore('payments').getAll());
    db.close();
    return rows;
  });
}
