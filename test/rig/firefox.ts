import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launch } from 'puppeteer-core';
import type { Browser, Page } from 'puppeteer-core';
import { findFirefox } from '../setup.mjs';
import { announcePage, extensionPage } from './bidi.ts';
import type { RigBrowser } from './browser.ts';
import { connectChrome } from './firefoxChrome.ts';
import type { Chrome } from './firefoxChrome.ts';
import { startReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';

/** How Firefox is started. */
export interface FirefoxOptions {
  /** A built extension: `.output/firefox-mv3-rig`. */
  readonly extensionDir: string;
  /** Which real address stands behind a name: of both, the ports count, since every name here is this machine. */
  readonly hostMap?: Readonly<Record<string, string>>;
  /** Without windows. True where absent. */
  readonly headless?: boolean;
  /** By their names in about:config. */
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
}

/** A Firefox with the extension in it. */
export interface RigFirefox extends Omit<RigBrowser, 'setEnabled' | 'update'> {
  /** The options, as soon as they are there. */
  optionsPage(options?: { readonly timeoutMs?: number }): Promise<Page>;
  /** Closes the popup, as a click beside it would. */
  closePopup(): Promise<void>;
  /** Takes rights to hosts from the extension, or gives them back, as the person can in about:addons. */
  setHostPermissions(state: 'granted' | 'revoked', origins: readonly string[]): Promise<void>;
  /** Takes the extension down and starts it again, as an update does. */
  reloadExtension(): Promise<void>;
  /** Says that there is an update. @throws where nothing keeps Firefox from putting it in at once */
  offerUpdate(): Promise<void>;
  /** Whether Firefox was told to put that update in. */
  isUpdated(): Promise<boolean>;
}

/**
 * Starts Firefox with the extension, over WebDriver BiDi.
 *
 * @example
 * const rig = await launchFirefox({ extensionDir: '.output/firefox-mv3-rig', hostMap: hostMapOf(world) });
 * try { … } finally { await rig.close(); }
 */
export async function launchFirefox(options: FirefoxOptions): Promise<RigFirefox> {
  const executablePath = findFirefox();
  if (executablePath === undefined)
    throw new Error('Firefox is missing: run "node test/setup.mjs --firefox".');
  const userDataDir = mkdtempSync(join(tmpdir(), 'paidchat-firefox-'));
  const reaper = startReaper(userDataDir);
  try {
    const browser = await launch({
      browser: 'firefox',
      executablePath,
      userDataDir,
      headless: options.headless ?? true,
      defaultViewport: null,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      // The popup, the background's end and the permissions are out of reach of pages: the browser's own scripts see to them.
      args: ['--remote-allow-system-access', '--width=1280', '--height=900'],
      extraPrefsFirefox: {
        'network.socket.forcePort': forcedPorts(options.hostMap ?? {}),
        ...options.preferences,
      },
      env: { ...process.env, XDG_CACHE_HOME: userDataDir },
    });
    reaper.watch(browser.process()?.pid);
    const extensionId = await browser.installExtension(resolve(options.extensionDir));
    const chrome = await connectChrome(browser, extensionId);
    return rigFirefox(browser, extensionId, chrome, reaper);
  } catch (error) {
    await reaper.reap();
    throw error;
  }
}

/** Firefox has no map of hosts, but one of ports for all connections: `8080=39121;8402=39122`. */
function forcedPorts(hostMap: Readonly<Record<string, string>>): string {
  const port = (host: string) => host.slice(host.lastIndexOf(':') + 1);
  return Object.entries(hostMap)
    .map(([from, to]) => `${port(from)}=${port(to)}`)
    .join(';');
}

function rigFirefox(browser: Browser, extensionId: string, chrome: Chrome, reaper: Reaper): RigFirefox {
  return {
    browser,
    extensionId,
    async popupPage(page) {
      await page.bringToFront();
      return announcePage(browser, await chrome.openPopup());
    },
    closePopup: () => chrome.closePopup(),
    optionsPage: ({ timeoutMs = 20_000 } = {}) =>
      extensionPage(browser, `${chrome.origin}/options.html`, timeoutMs),
    approvalPage: ({ timeoutMs = 20_000 } = {}) =>
      extensionPage(browser, `${chrome.origin}/approval.html`, timeoutMs),
    killWorker: () => chrome.terminateBackground(),
    setHostPermissions: (state, origins) => chrome.setHostPermissions(state, origins),
    reloadExtension: () => chrome.reloadExtension(),
    offerUpdate: () => chrome.offerUpdate(),
    isUpdated: () => chrome.isUpdated(),
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
