import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'puppeteer-core';
import type axe from 'axe-core';
import type { PreviewSite } from './site.ts';
import type { SeenCall } from './fakeChannel.ts';

/** What a screen did that none of ours may do. */
interface Mischief {
  /** Console errors, among them every break of the content security policy, and uncaught errors. */
  readonly errors: string[];
  /** Addresses outside of the previews that were asked for. */
  readonly requests: string[];
}

/** A page to look at previews with. */
export interface Looker {
  readonly page: Page;
  readonly mischief: Mischief;
}

/** A page that is in front whatever else the machine does: without the focus, a card's buttons sleep. */
export async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.emulateFocusedPage(true);
  return page;
}

/** Opens a page that notes what must not happen. */
export async function openLooker(browser: Browser, site: PreviewSite): Promise<Looker> {
  const page = await openPage(browser);
  const own = new URL(site.url('popup', 'plain')).origin;
  const mischief: Mischief = { errors: [], requests: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') mischief.errors.push(message.text());
  });
  page.on('pageerror', (error) => mischief.errors.push(String(error)));
  page.on('dialog', (dialog) => {
    mischief.errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${own}/`) && !url.startsWith('data:')) mischief.requests.push(url);
  });
  return { page, mischief };
}

/** The calls that a screen has made, besides looking at what is known already. */
export function callsOf(page: Page): Promise<readonly SeenCall[]> {
  return page.evaluate(() => window.preview.calls.filter(({ method }) => method !== 'panel.knownModels'));
}

/** Moves the held clock of a preview, and lets the screen draw what comes of it. */
export async function advance(page: Page, ms: number): Promise<void> {
  await page.evaluate(async (span) => {
    window.preview.advance(span);
    await new Promise((resolve) => setTimeout(resolve));
  }, ms);
}

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const axeSource = readFile(axePath, 'utf8');

/** What axe finds wrong with the page in light, and with its colours in dark: one line for each finding. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(await axeSource);
  return page.evaluate(async () => {
    if (window.axe === undefined) throw new Error('axe has not been loaded.');
    const findings: string[] = [];
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      for (const animation of document.getAnimations()) {
        if (animation.effect?.getComputedTiming().endTime === Infinity) animation.cancel();
        else animation.finish();
      }
      // What is not a colour is the same in both.
      const only = theme === 'dark' ? { runOnly: ['color-contrast'] } : {};
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'], ...only });
      for (const { id, help, nodes } of violations) {
        findings.push(...nodes.map(({ html }) => `${theme}: ${id}: ${help}: ${html}`));
      }
    }
    return findings;
  });
}

/** Whether anything is wider than the window. */
export function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
