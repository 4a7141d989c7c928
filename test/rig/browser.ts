import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launch } from 'puppeteer-core';
import type { Browser, Page } from 'puppeteer-core';
import { findChromium } from '../setup.mjs';
import { startReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';

/** How a browser is started. */
export interface BrowserOptions {
  /** A built extension: `.output/chrome-mv3-rig`. */
  readonly extensionDir: string;
  /** Which real address stands behind a name: `{ 'demo.localhost:8080': '127.0.0.1:39121' }`. */
  readonly hostMap?: Readonly<Record<string, string>>;
  /** Without windows. True where absent. */
  readonly headless?: boolean;
  /** Kept afterwards. Absent: a temporary one, removed when the browser has gone in any way. */
  readonly userDataDir?: string;
  /** For a local server that stands in for a real https gateway. */
  readonly certErrorsIgnored?: boolean;
  readonly args?: readonly string[];
  /** As in a person's browser; puppeteer switches it off. */
  readonly backForwardCache?: boolean;
  /** Flags of puppeteer's own that are left out. */
  readonly withoutFlags?: readonly string[];
}

/** A Chromium with the extension in it. */
export interface RigBrowser {
  readonly browser: Browser;
  readonly extensionId: string;
  /** Clicks the extension's button in the toolbar while `page` is in front, and finds the popup that opens. */
  popupPage(page: Page): Promise<Page>;
  /** The approval window, as soon as it is there. */
  approvalPage(options?: { readonly timeoutMs?: number }): Promise<Page>;
  /** Stops the extension's worker as the browser does when it has been idle; the next event starts it again. */
  killWorker(): Promise<void>;
  /** Switches the extension off or on, as the browser's own page of extensions does. */
  setEnabled(on: boolean): Promise<void>;
  /** Puts the same files in anew, as an update does with newer ones. */
  update(): Promise<void>;
  close(): Promise<void>;
}

// A screen as people have one: without it, headless windows are placed and sized as on one of 800 by 600.
const flags = ['--disable-component-update', '--disable-sync', '--no-first-run', '--screen-info={1600x1000}'];

/**
 * Starts Chromium with the extension.
 *
 * @example
 * const rig = await launchBrowser({ extensionDir: '.output/chrome-mv3-rig', hostMap: hostMapOf(world) });
 * try { … } finally { await rig.close(); }
 */
export async function launchBrowser(options: BrowserOptions): Promise<RigBrowser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('Chromium is missing: run "node test/setup.mjs --browser".');
  const temporary = options.userDataDir === undefined;
  const userDataDir = options.userDataDir ?? mkdtempSync(join(tmpdir(), 'paidchat-browser-'));
  const reaper = startReaper(temporary ? userDataDir : '');
  try {
    const browser = await launch({
      executablePath,
      userDataDir,
      headless: options.headless ?? true,
      // Loading an extension works over the pipe only, in every brand; and the browser ends when the pipe does.
      pipe: true,
      enableExtensions: true,
      defaultViewport: null,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      args: [...flags, ...flagsFor(options)],
      ignoreDefaultArgs: [
        ...(options.backForwardCache === true ? ['--disable-back-forward-cache'] : []),
        ...(options.withoutFlags ?? []),
      ],
    });
    reaper.watch(browser.process()?.pid);
    const extensionDir = resolve(options.extensionDir);
    const extensionId = await browser.installExtension(extensionDir);
    return rigBrowser(browser, { extensionDir, extensionId }, reaper);
  } catch (error) {
    await reaper.reap();
    throw error;
  }
}

function flagsFor({ hostMap = {}, certErrorsIgnored = false, args = [] }: BrowserOptions): string[] {
  const rules = Object.entries(hostMap).map(([from, to]) => `MAP ${from} ${to}`);
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(rules.length > 0 ? [`--host-resolver-rules=${rules.join(', ')}`] : []),
    ...(certErrorsIgnored ? ['--ignore-certificate-errors'] : []),
    ...args,
  ];
}

function rigBrowser(
  browser: Browser,
  { extensionDir, extensionId }: { readonly extensionDir: string; readonly extensionId: string },
  reaper: Reaper,
): RigBrowser {
  const origin = `chrome-extension://${extensionId}`;
  const pageAt = async (path: string, timeoutMs: number): Promise<Page> => {
    const target = await browser.waitForTarget(
      (candidate) => candidate.url().startsWith(`${origin}${path}`),
      {
        timeout: timeoutMs,
      },
    );
    const page = await target.asPage();
    page.setDefaultTimeout(15_000);
    return page;
  };
  return {
    browser,
    extensionId,
    async popupPage(page) {
      const extension = (await browser.extensions()).get(extensionId);
      if (extension === undefined) throw new Error('The extension is not in the browser.');
      await page.bringToFront();
      await page.triggerExtensionAction(extension);
      return pageAt('/popup.html', 10_000);
    },
    approvalPage: ({ timeoutMs = 20_000 } = {}) => pageAt('/approval.html', timeoutMs),
    async killWorker() {
      // Through any page: attaching to the worker itself would keep it alive.
      const [page] = await browser.pages();
      if (page === undefined) throw new Error('There is no page to stop the worker from.');
      const session = await page.createCDPSession();
      const stopped = new Promise<void>((done) => {
        session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
          const ours = versions.filter(({ scriptURL }) => scriptURL.startsWith(origin));
          if (ours.length > 0 && ours.every(({ runningStatus }) => runningStatus === 'stopped')) done();
        });
      });
      await session.send('ServiceWorker.enable');
      await session.send('ServiceWorker.stopAllWorkers');
      await stopped;
      await session.detach();
    },
    async setEnabled(on) {
      const page = await browser.newPage();
      await page.goto('chrome://extensions/');
      const args = `${JSON.stringify(extensionId)}, ${on}`;
      await page.evaluate(`new Promise((done) => chrome.management.setEnabled(${args}, done))`);
      await page.close();
    },
    async update() {
      await browser.installExtension(extensionDir);
    },
    async close() {
      // A browser that hangs is not waited for: the reaper ends it.
      await Promise.race([browser.close().catch(() => undefined), later(5_000)]);
      await reaper.reap();
    },
  };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
