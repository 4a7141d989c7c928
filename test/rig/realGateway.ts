import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { launchBrowser } from './browser.ts';
import { rigEndpoints } from './endpoints.ts';
import { buildExtension } from './extension.ts';
import { freePort } from './freePort.ts';
import { startRealPage } from './realPage.ts';
import type { RealStart } from './startOptions.ts';

/** What `npm start` gives to what it starts. */
export interface RealStage {
  /** Keeps profile and pictures. */
  readonly folder: string;
  /** Ends the build. */
  readonly building: AbortSignal;
  /** Takes what ends that which was started. */
  readonly undo: (() => Promise<void>)[];
  readonly say: (text: string) => void;
  readonly done: (line: string) => void;
}

/** What puppeteer switches off for tests, and what a person who installs a wallet and spends money is to have. */
const testingFlags = [
  '--enable-automation',
  '--disable-background-networking',
  '--disable-client-side-phishing-detection',
  '--disable-component-extensions-with-background-pages',
  '--disable-popup-blocking',
];

/**
 * Opens a browser with the build for the stores and a profile that is kept, on a page that says what is needed.
 * @throws where a window is needed and there can be none
 */
export async function openRealGateway(
  { gateway, port, display }: RealStart,
  { folder, building, undo, say, done }: RealStage,
): Promise<void> {
  const profile = join(folder, 'profile');
  say(`PaidChat with ${gateway}, your own wallet and real money\n`);
  if (display === 'missing') {
    throw new Error(
      `This would open Chromium with PaidChat’s build for the stores, a profile kept in ${relative(process.cwd(), profile)} for a wallet that you install there, and a page that asks ${gateway}. It needs a display and there is none: run it on a desktop, or with --headless for a picture of that page.`,
    );
  }
  const [page, extensionDir] = await Promise.all([
    openPage(gateway, port),
    buildExtension('store', building),
  ]);
  undo.push(() => page.stop());
  done('the extension, built as for the stores');

  mkdirSync(profile, { recursive: true });
  const isWindow = display === 'window';
  const rig = await launchBrowser({
    extensionDir,
    headless: !isWindow,
    // Nothing is kept of a run that is for a picture.
    ...(isWindow && { userDataDir: profile, backForwardCache: true, withoutFlags: testingFlags }),
  });
  undo.push(() => rig.close());
  const [tab] = await rig.browser.pages();
  if (tab === undefined) throw new Error('Chromium opened no page.');
  await tab.goto(page.url);
  done(`Chromium with PaidChat on ${page.url}`);

  if (!isWindow) {
    const picture = join(folder, 'real-gateway.png');
    await tab.screenshot({ path: picture, fullPage: true });
    say(`\nscreenshot ${relative(process.cwd(), picture)}`);
    return;
  }
  say(`
The page says what is needed: a wallet in this browser with a little USDC on Base or Solana.
The profile is kept in ${relative(process.cwd(), profile)}. Ctrl-C, or closing the browser, ends everything.`);
  if (rig.browser.connected)
    await new Promise<void>((resolve) => void rig.browser.once('disconnected', resolve));
}

async function openPage(gateway: string, port: number | undefined) {
  return startRealPage(gateway, port ?? (await freePort(Number(new URL(rigEndpoints.pages).port))));
}
