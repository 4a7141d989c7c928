import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchFirefox } from '../../rig/firefox.ts';
import type { RigFirefox } from '../../rig/firefox.ts';
import { startWorld } from '../../rig/world.ts';
import type { World, WorldOptions } from '../../rig/world.ts';
import { installAsking } from '../asking.ts';
import type { Balances } from '../fixture.ts';

const extensionDir = fileURLToPath(new URL('../../../.output/firefox-mv3-rig', import.meta.url));
const pictures = fileURLToPath(new URL('../../../.rig/screenshots/e2e-firefox/', import.meta.url));

/** The world and the Firefox of one test file. */
export interface FirefoxStage {
  readonly world: World;
  readonly rig: RigFirefox;
  /** Opens a page of one of the rig's sites: `open('shop')` is `http://shop.localhost:8080/`. */
  open(host: string, path?: string): Promise<Page>;
  /** Opens any page; with the payer's wallet in it, as a wallet extension would have put it there. */
  openAt(url: string, options?: { readonly withWallet?: boolean }): Promise<Page>;
  /** The approval window that `action` leads to. */
  approvalFrom(action: () => Promise<unknown>): Promise<Page>;
  balances(): Promise<Balances>;
  /** How both balances have moved. */
  movedSince(before: Balances): Promise<Balances>;
  /** How many requests with a signature have reached the gateway, in all. */
  paidRequests(): number;
}

/** Starts a world and a Firefox before the tests of a file; clears faults and windows after each of them. */
export function useFirefoxStage(options: WorldOptions = {}): FirefoxStage {
  let world: World | undefined;
  let rig: RigFirefox | undefined;
  const running = () => {
    if (world === undefined || rig === undefined) throw new Error('The stage is not up.');
    return { world, rig };
  };

  beforeAll(async () => {
    world = await startWorld({ blockTime: 'instant', tokenDelayMs: 5, ...options });
    const at = (port: number) => `127.0.0.1:${port}`;
    rig = await launchFirefox({
      extensionDir,
      hostMap: {
        'jumpgate.localhost:8402': at(world.gateway.port),
        '*.localhost:8080': at(world.pages.port),
      },
    });
  });

  afterEach(async ({ task }) => {
    const { rig, world } = running();
    if (task.result?.state === 'fail') await pictureAll(rig, task.name);
    world.gateway.faults.clear();
    world.gateway.hold.release();
    await rig.closePopup();
    const [, ...pages] = await rig.browser.pages();
    await Promise.all(pages.map((page) => page.close().catch(() => undefined)));
  });

  afterAll(async () => {
    await rig?.close();
    await world?.stop();
  });

  const openAt: FirefoxStage['openAt'] = async (url, { withWallet = false } = {}) => {
    const { rig, world } = running();
    const page = await rig.browser.newPage();
    page.setDefaultTimeout(15_000);
    await installAsking(page);
    if (withWallet) await page.evaluateOnNewDocument(world.walletScript);
    await page.goto(url);
    return page;
  };

  return {
    get world() {
      return running().world;
    },
    get rig() {
      return running().rig;
    },

    open: (host, path = '/') => openAt(`http://${host}.localhost:8080${path}`),
    openAt,

    async approvalFrom(action) {
      await action();
      return running().rig.approvalPage();
    },

    async balances() {
      const { chain, payer, payee } = running().world;
      const [mine, theirs] = await Promise.all([
        chain.balanceOf(payer.address),
        chain.balanceOf(payee.address),
      ]);
      return { payer: mine, payee: theirs };
    },
    async movedSince(before) {
      const now = await this.balances();
      return { payer: now.payer - before.payer, payee: now.payee - before.payee };
    },
    paidRequests: () =>
      running().world.gateway.requests.filter(({ headers }) => headers['payment-signature'] !== undefined)
        .length,
  };
}

/** Takes a picture of a screen as a person has it. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png` });
}

/** What every page showed when a test failed. */
async function pictureAll({ browser }: RigFirefox, name: string): Promise<void> {
  const slug = name.replaceAll(/\W+/g, '-').slice(0, 60);
  for (const [at, page] of (await browser.pages()).entries()) {
    // A page that is on its way out has no picture.
    await picture(page, `failed-${slug}-${at}`).catch(() => undefined);
  }
}
