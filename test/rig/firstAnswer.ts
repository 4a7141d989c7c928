import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import type { RigBrowser } from './browser.ts';
import { formatUsdc } from './pages.ts';
import type { World } from './world.ts';

/** What one question came to. */
export interface FirstAnswer {
  readonly question: string;
  readonly answer: string;
  /** In micro-USDC. */
  readonly payer: { readonly before: bigint; readonly after: bigint };
  readonly payee: { readonly before: bigint; readonly after: bigint };
  /** Path of a picture of page, approval window and popup. */
  readonly screenshot: string;
}

/** Told as each step is done. */
export type Progress = (line: string) => void;

/**
 * Does on the demo page what a person would: asks, approves in the approval window, watches the popup.
 * @throws when the page ends in anything else than an answer, with the page's own words
 */
export async function askOnce(
  rig: RigBrowser,
  world: World,
  page: Page,
  folder: string,
  progress: Progress,
): Promise<FirstAnswer> {
  const before = await balances(world);
  const question = await page.$eval('textarea#question', (box) => box.value);
  await page.locator('::-p-aria([name="Ask"][role="button"])').click();
  progress('asked on the demo page');

  const approval = await Promise.race([rig.approvalPage(), failure(page)]);
  const approvalPicture = await payOnce(approval);
  progress('approved with “Pay once” in the approval window');

  await until(page, 'Streaming');
  progress('signed by the test wallet and settled on Base; the answer streams');
  const popup = await rig.popupPage(page);
  const popupPicture = await pictureWith(popup, firstWords(await text(page)));
  progress('the popup shows it too');

  await until(page, 'Done');
  const answer = await text(page);
  const after = await balances(world);
  // The page asks for them when it is done; a picture of the old ones would be a wrong one.
  await page.waitForFunction(
    `document.querySelector('#payer').textContent.includes('${formatUsdc(after.payer)}')`,
  );
  const pagePicture = await page.screenshot({ encoding: 'base64' });
  const screenshot = join(folder, 'first-answer.png');
  mkdirSync(folder, { recursive: true });
  await sideBySide(rig, [pagePicture, approvalPicture, popupPicture], screenshot);
  return {
    question,
    answer,
    payer: { before: before.payer, after: after.payer },
    payee: { before: before.payee, after: after.payee },
    screenshot,
  };
}

async function balances(world: World): Promise<{ payer: bigint; payee: bigint }> {
  const [payer, payee] = await Promise.all([
    world.chain.balanceOf(world.payer.address),
    world.chain.balanceOf(world.payee.address),
  ]);
  return { payer, payee };
}

/** Presses as soon as the button is awake: a moment after the window has come up. @returns a picture of that moment */
async function payOnce(approval: Page): Promise<string> {
  const button = approval
    .locator('::-p-aria([name="Pay once"][role="button"])')
    .filter((element) => element.getAttribute('aria-disabled') !== 'true');
  await button.wait();
  // Waking is a change of colour that takes a moment.
  await approval.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  const picture = await approval.screenshot({ encoding: 'base64' });
  try {
    await button.click();
  } catch (error) {
    // The answer closes its window, sometimes before the browser has acknowledged the click.
    if (!approval.isClosed()) throw error;
  }
  return picture;
}

/** Waits until the page's status line starts with these words, or says that the page has failed. */
async function until(page: Page, words: string): Promise<void> {
  const script = `document.querySelector('#status').textContent.startsWith(${JSON.stringify(words)})`;
  const reached = page.waitForFunction(script, { timeout: 30_000, polling: 50 }).catch(async () => {
    throw new Error(`The demo page has said for 30 seconds: ${await statusOf(page)}`);
  });
  await Promise.race([reached, failure(page)]);
}

/** Rejects with what the page says when it fails; never resolves. */
async function failure(page: Page): Promise<never> {
  await page.waitForSelector('#status[data-state=failed]', { timeout: 0 });
  throw new Error(`The demo page says: ${await statusOf(page)}`);
}

function statusOf(page: Page): Promise<string> {
  return page.$eval('#status', (status) => status.textContent ?? '');
}

function text(page: Page): Promise<string> {
  return page.$eval('#text', (place) => place.textContent ?? '');
}

function firstWords(said: string): string {
  return said.trim().split(/\s+/).slice(0, 3).join(' ');
}

/** A picture of the popup once it shows these words of the answer. */
async function pictureWith(popup: Page, words: string): Promise<string> {
  const script = `document.body.textContent.replace(/\\s+/g, ' ').includes(${JSON.stringify(words)})`;
  await popup.waitForFunction(script, { polling: 50 });
  return popup.screenshot({ encoding: 'base64' });
}

async function sideBySide(rig: RigBrowser, pictures: readonly string[], path: string): Promise<void> {
  const sheet = await rig.browser.newPage();
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture}">`).join('');
  await sheet.setContent(
    `<body style="margin:0;padding:24px;display:inline-flex;gap:24px;align-items:flex-start;background:#d5dbd8">${images}`,
  );
  const body = await sheet.$('body');
  await body?.screenshot({ path });
  await sheet.close();
}
