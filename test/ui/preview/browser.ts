import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { launch } from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];

/** A Chromium of this machine without a window, to look at screens with. */
export function openBrowser(): Promise<Browser> {
  const executablePath = places
    .flatMap((place) => names.map((name) => join(place, name)))
    .find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('No Chromium found: install it, or put it into PATH.');
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
