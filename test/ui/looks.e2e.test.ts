import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { named } from '../e2e/press.ts';
import { approvalStates } from './preview/approvalStates.ts';
import { openBrowser } from './preview/browser.ts';
import { accessibilityFindings, advance, openLooker, overflows } from './preview/look.ts';
import type { Looker } from './preview/look.ts';
import { optionsStates } from './preview/optionsStates.ts';
import { panelStates } from './preview/panelStates.ts';
import { popupStates } from './preview/popupStates.ts';
import { startPreviewSite } from './preview/site.ts';
import type { PreviewSite } from './preview/site.ts';

let site: PreviewSite;
let browser: Browser;
let looker: Looker;

beforeAll(async () => {
  site = await startPreviewSite();
  browser = await openBrowser();
  looker = await openLooker(browser, site);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

// A popup is 380 wide, less where a scrollbar takes its part.
const looks = [
  ...Object.keys(approvalStates).map((state) => ({ screen: 'approval', state, width: 360 }) as const),
  ...Object.keys(popupStates).map((state) => ({ screen: 'popup', state, width: 365 }) as const),
  ...Object.keys(optionsStates).map((state) => ({ screen: 'options', state, width: 420 }) as const),
  ...Object.keys(panelStates).map((state) => ({ screen: 'panel', state, width: 360 }) as const),
];

beforeEach(() => {
  looker.mischief.errors.length = 0;
  looker.mischief.requests.length = 0;
});

test.each(looks)('$screen $state is accessible, light and dark, fits and fetches nothing', async (look) => {
  const { page, mischief } = looker;
  await page.setViewport({ width: look.width, height: 640 });
  await page.goto(site.url(look.screen, look.state, { clock: 'held' }));
  await advance(page, 2000);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
  expect(mischief).toEqual({ errors: [], requests: [] });
});

test.each([
  { screen: 'approval', role: 'button', name: 'Change the amount a day', width: 360 },
  { screen: 'approval', role: 'button', name: 'More', width: 360 },
  { screen: 'popup', role: 'button', name: 'Change the limit for one day, now $0.50', width: 380 },
  { screen: 'popup', role: 'radio', name: 'Allowed up to its limits', width: 380 },
] as const)('$screen with "$name" opened is accessible, light and dark, and fits', async (look) => {
  const { page } = looker;
  await page.setViewport({ width: look.width, height: 640 });
  await page.goto(site.url(look.screen, 'plain', { clock: 'held' }));
  await advance(page, 2000);
  await (await named(page, look.role, look.name)).click();
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
});

test('without a setting the colours follow the system', async () => {
  const { page } = looker;
  await page.goto(site.url('approval', 'plain'));
  const ground = async (value: 'light' | 'dark') => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
    return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  };
  expect(await ground('light')).toBe('rgb(233, 239, 236)');
  expect(await ground('dark')).toBe('rgb(13, 19, 17)');
});

test('hostile words become text and nothing else', async () => {
  const { page, mischief } = looker;
  for (const screen of ['approval', 'popup', 'panel'] as const) {
    await page.goto(site.url(screen, 'hostile', { clock: 'held' }));
    await page.waitForSelector('main');
    const strange = await page.$$eval(
      'main :is(img, script, iframe, b:not(.key-word, .limit-amounts b))',
      (found) => found.map((element) => element.outerHTML),
    );
    expect(strange).toEqual([]);
    const links = await page.$$eval('a', (found) => found.map(({ href }) => href));
    expect(links.every((href) => href.startsWith('https://basescan.org/'))).toBe(true);
    const text = await page.evaluate(() => document.body.innerText);
    expect(text).toContain('<img src=x onerror=alert(1)>');
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
  }
  expect(mischief).toEqual({ errors: [], requests: [] });
});

test('a wallet’s icon is never fetched, and only data: pictures are shown', async () => {
  const { page, mischief } = looker;
  await page.goto(site.url('approval', 'wallets', { clock: 'held' }));
  await page.waitForSelector('.wallet');
  const icons = await page.$$eval('img', (found) => found.map(({ src }) => src.slice(0, 11)));
  expect(icons).toEqual(['data:image/', 'data:image/']);
  expect(mischief.requests).toEqual([]);
});
