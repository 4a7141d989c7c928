import type { CDPSession, Page } from 'puppeteer-core';
import type { ChatRequest } from '../../src/inpage/types.ts';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { hostMapOf } from '../rig/hostMap.ts';
import type { WalletMode } from '../rig/wallet/options.ts';
import { modeEvent } from '../rig/wallet/options.ts';
import type { World } from '../rig/world.ts';
import { openDoor } from './door.ts';
import type { Door } from './door.ts';
import type { Said } from './page.ts';
import type { WalletOf } from './wallets.ts';

/** What one browser of the soak is made of. */
export interface LifeOptions {
  readonly extensionDir: string;
  readonly userDataDir: string;
  readonly world: World;
  /** The bundle of `page.ts`, as `rigSoak`. */
  readonly pageScript: string;
  readonly wallets: WalletOf;
  readonly heard: (host: string, said: Said) => void;
}

/** A page of a site, with a wallet. */
export interface SitePage {
  readonly host: string;
  readonly page: Page;
  /** How its wallet behaves from now on. */
  behave(mode: WalletMode): Promise<void>;
  /** Makes the page ask, as a script does. */
  ask(question: string, request: ChatRequest): Promise<void>;
  /** Makes the page ask from a click of the mouse on it. */
  askFromClick(question: string, request: ChatRequest): Promise<void>;
}

/** One browser, from its start to its end. */
export interface Life {
  readonly rig: RigBrowser;
  readonly door: Door;
  open(host: string): Promise<SitePage>;
  /** The approval window that is not one of these, as soon as it is there. */
  approval(known: ReadonlySet<Page>): Promise<Page>;
  /** Every approval window, whether it can still be answered or not. */
  approvals(): Promise<readonly Page[]>;
  /** Ends every process of the browser at once, as a crash of the machine's memory would. */
  killBrowser(): Promise<void>;
}

/** The origin of a host of the soak. */
export function siteOf(host: string): string {
  return `http://${host}.localhost:8080`;
}

/** Starts the browser on its profile, with the extension that was in it. */
export async function startLife(options: LifeOptions): Promise<Life> {
  const { world, pageScript, wallets, heard } = options;
  const rig = await launchBrowser({
    extensionDir: options.extensionDir,
    userDataDir: options.userDataDir,
    hostMap: { ...hostMapOf(world), '*.localhost:8080': `127.0.0.1:${world.pages.port}` },
  });
  const { browser, extensionId } = rig;
  const door = await openDoor(rig);
  const isApproval = (url: string) => url.startsWith(`chrome-extension://${extensionId}/approval.html`);
  const approvals = async () => {
    const targets = browser.targets().filter((target) => isApproval(target.url()));
    return Promise.all(targets.map((target) => target.asPage()));
  };

  return {
    rig,
    door,
    async open(host) {
      const page = await browser.newPage();
      const session = await page.createCDPSession();
      await hear(session, (said) => heard(host, said));
      await page.evaluateOnNewDocument(wallets(host));
      await page.evaluateOnNewDocument(`${pageScript};rigSoak.start();`);
      await page.goto(`${siteOf(host)}/blank`);
      return sitePage(host, page, session);
    },
    approvals,
    async approval(known) {
      for (;;) {
        const found = (await approvals()).find((page) => !known.has(page));
        if (found !== undefined) return found;
        await browser.waitForTarget((target) => isApproval(target.url()) && !isKnown(known, target.url()), {
          timeout: 5_000,
        });
      }
    },
    async killBrowser() {
      const pid = browser.process()?.pid;
      if (pid === undefined) throw new Error('The browser has no process.');
      // Puppeteer gives it a process group of its own.
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
      await rig.close();
    },
  };
}

function isKnown(known: ReadonlySet<Page>, url: string): boolean {
  return [...known].some((page) => page.url() === url);
}

/** What the page says, past puppeteer's own way, whose every evaluation counts as a gesture of the person. */
async function hear(session: CDPSession, heard: (said: Said) => void): Promise<void> {
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: 'soakHears' });
  session.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name === 'soakHears') heard(JSON.parse(payload) as Said);
  });
}

function sitePage(host: string, page: Page, session: CDPSession): SitePage {
  const run = async (expression: string) => {
    const { exceptionDetails } = await session.send('Runtime.evaluate', { expression, userGesture: false });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  };
  const json = JSON.stringify;
  return {
    host,
    page,
    behave: (mode) => run(`dispatchEvent(new CustomEvent(${json(modeEvent)}, { detail: ${json(mode)} }))`),
    ask: (question, request) => run(`rigSoak.ask(${json(question)}, ${json(request)})`),
    async askFromClick(question, request) {
      await run(`rigSoak.askOnClick(${json(question)}, ${json(request)})`);
      await page.bringToFront();
      await page.mouse.click(40, 40);
    },
  };
}
