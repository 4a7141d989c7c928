import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reasons } from '../../src/core/reasons.ts';
import { en } from '../../src/ui/text/en.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';
import { askFromClick } from './asking.ts';
import { picture } from './pictures.ts';
import { named, press, seenText, waitForText } from './press.ts';
import { profileOnDisk } from './profileOnDisk.ts';
import type { ProfileOnDisk } from './profileOnDisk.ts';

const { title, goOn } = en.loss;
const unavailable = { code: 4926, paid: 'no' };

let world: World;
let profile: ProfileOnDisk;
let rig: RigBrowser | undefined;

beforeAll(async () => {
  world = await startWorld({ blockTime: 'instant', tokenDelayMs: 0 });
});
beforeEach(async () => {
  profile = await profileOnDisk(world);
});
afterEach(async () => {
  await rig?.close();
  rig = undefined;
  await profile.delete();
});
afterAll(() => world?.stop());

const paidRequests = () =>
  world.gateway.requests.filter(({ headers }) => headers['payment-signature'] !== undefined).length;

async function start(): Promise<RigBrowser> {
  rig = await profile.start();
  return rig;
}

/** One browser from its start to its orderly end, in which the shop is paid so often, by a grant that the first gives. */
async function payAndClose(times: number, granted = false): Promise<void> {
  const running = await start();
  const page = await profile.open(running, 'shop');
  for (let paid = 0; paid < times; paid += 1) {
    const call = await askFromClick(page);
    if (paid === 0 && !granted) await press(await running.approvalPage(), 'Allow up to $0.50 a day');
    expect((await call.outcome()).receipt?.status).toBe('settled');
  }
  await running.close();
}

/** Asks from a click. @returns how the call ended, and what the page's wallet was asked for */
async function ask(page: Page) {
  const { error, receipt } = await (await askFromClick(page)).outcome();
  return { error, receipt, asked: await page.evaluate(() => window.testWalletAsks) };
}

/** The click, and a payment after it: the grant is gone, so there is a card. @returns what is used then, in USDC */
async function goOnAndPay(
  running: RigBrowser,
  page: Page,
  popup: Page,
  shown: string = en.loss.carriedTitle,
): Promise<number> {
  await press(popup, goOn);
  // A storage that hangs is given its time, more than once, before it is emptied.
  await waitForText(popup, shown, 40_000);
  await popup.close();
  const again = await askFromClick(page);
  await press(await running.approvalPage(), 'Pay once');
  expect((await again.outcome()).receipt?.status).toBe('settled');
  const after = await running.popupPage(page);
  await waitForText(after, en.popup.limitsTitle);
  return usedToday(after);
}

/** What the popup says is used of the site's limit for a day, in USDC. */
async function usedToday(popup: Page): Promise<number> {
  return Number(/\$(\d+\.\d+) used/u.exec(await seenText(popup))?.[1]);
}

describe('between two runs of the browser, on its disk', () => {
  it('the database is deleted: nothing is signed until the person goes on, and what was spent counts', async () => {
    await payAndClose(1);
    await profile.remove('database');
    const running = await start();
    const page = await profile.open(running, 'shop');
    const before = paidRequests();
    expect(await ask(page)).toMatchObject({ error: unavailable, asked: [] });
    const popup = await running.popupPage(page);
    await named(popup, 'heading', title.empty);
    await waitForText(popup, '$0.004424');
    await picture(popup, 'popup-record-missing');
    expect(await goOnAndPay(running, page, popup)).toBe(0.008848);
    expect(paidRequests()).toBe(before + 1);
  });

  it('an old copy of the database is put back: only what it lacks is added to it', async () => {
    await payAndClose(1);
    const putBack = await profile.backUp('database');
    await payAndClose(1, true);
    await putBack();
    const running = await start();
    const page = await profile.open(running, 'shop');
    expect(await ask(page)).toMatchObject({ error: unavailable, asked: [] });
    const popup = await running.popupPage(page);
    await named(popup, 'heading', title.behind);
    await waitForText(popup, '$0.008848');
    expect(await goOnAndPay(running, page, popup)).toBe(0.013272);
  });

  it('the witness is deleted: payments go on, and what was spent counts as before', async () => {
    await payAndClose(1);
    await profile.remove('witness');
    const running = await start();
    const page = await profile.open(running, 'shop');
    expect((await (await askFromClick(page)).outcome()).receipt?.status).toBe('settled');
    await waitForText(await running.popupPage(page), '$0.008848 used');
  });

  it.each([
    ['its database’s bytes are flipped', 'database', flipped],
    ['its database’s files are cut in half', 'database', cut],
    ['its witness’s bytes are flipped', 'witness', flipped],
    ['its witness’s files are cut in half', 'witness', cut],
  ] as const)(
    '%s: either nothing is signed and the popup says why, or what was spent counts',
    async (_what, what, change) => {
      await payAndClose(2);
      await profile.damage(what, change);
      const running = await start();
      const page = await profile.open(running, 'shop');
      const { receipt, error, asked } = await ask(page);
      const popup = await running.popupPage(page);
      if (receipt) {
        await waitForText(popup, '$0.013272 used');
        return;
      }
      expect({ error, asked }).toMatchObject({ error: unavailable, asked: [] });
      const shown = await popup.waitForSelector('[role=alert]');
      const words = await shown?.evaluate((element) => element.textContent);
      expect(words).not.toBe(reasons.storageSilent.text);
      // Rows of a half database count beside what is known of them: it may be more, never less.
      // Where only the witness is lost, the payments that can be read count, and nothing in place of any.
      const shownAfter = what === 'witness' ? en.popup.limitsTitle : en.loss.carriedTitle;
      expect(await goOnAndPay(running, page, popup, shownAfter)).toBeGreaterThanOrEqual(0.013272);
    },
  );
});

function flipped(bytes: Buffer): Buffer {
  return bytes.map((byte, at) => (at % 16 === 7 ? byte ^ 0x10 : byte)) as Buffer;
}

function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}
