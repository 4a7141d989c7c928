import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';

const pictures = fileURLToPath(new URL('../../.rig/screenshots/e2e/', import.meta.url));

/** Takes a picture of a screen as a person has it, light and dark. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
    await page.evaluate(async () => {
      const changing = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      await Promise.allSettled(changing.map(({ finished }) => finished));
    });
    await page.screenshot({ path: `${pictures}${name}-${theme}.png` });
  }
  await page.emulateMediaFeatures([]);
}

/** What every page showed when a test failed; the newest first, as a picture of a tab closes the popup over it. */
export async function keepPictures(browser: Browser, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  const slug = name.replaceAll(/\W+/g, '-').slice(0, 60);
  for (const [at, page] of (await browser.pages(true)).toReversed().entries()) {
    // Not through puppeteer, which closes no page while one of its pictures does not come.
    const session = await page.createCDPSession().catch(() => undefined);
    const taken = session?.send('Page.captureScreenshot').catch(() => undefined);
    const picture = await Promise.race([taken, setTimeout(3_000)]);
    if (picture !== undefined) await writeFile(`${pictures}failed-${slug}-${at}.png`, picture.data, 'base64');
  }
}
