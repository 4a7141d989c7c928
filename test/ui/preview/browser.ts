import { launch } from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';
import { findChromium } from '../../setup.mjs';

/** A Chromium of this machine without a window, to look at screens with. */
export function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('Chromium is missing: run "node test/setup.mjs --browser".');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return launch({
    executablePath,
    headless: true,
    args: [
      ...asRoot,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--force-color-profile=srgb',
      '--hide-scrollbars',
    ],
  });
}
