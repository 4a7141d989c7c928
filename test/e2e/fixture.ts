import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page, Target } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { startWorld } from '../rig/world.ts';
import type { World, WorldOptions } from '../rig/world.ts';
import type { ChatRequest } from '../../src/inpage/types.ts';
import { askFromClick, installAsking, wishFromClick } from './asking.ts';
import type { Asked } from './asking.ts';
import { keepPictures } from './pictures.ts';
import { press, waitForClose } from './press.ts';

const extensionDir = fileURLToPath(new URL('../../.output/chrome-mv3-rig', import.meta.url));

/** JumpGate's documented example costs this much at the rig's gateway, in micro-USDC. */
export const documentedPrice = 4424n;

/** USDC of both sides on the chain, in micro-USDC. */
export interface Balances {
  readonly payer: bigint;
  readonly payee: bigint;
}

/** How the balances move when nothing is paid, and when documented examples are. */
export const notPaid: Balances = { payer: 0n, payee: 0n };
export const paidOnce: Balances = { payer: -documentedPrice, payee: documentedPrice };
export const paidTwice: Balances = { payer: -2n * documentedPrice, payee: 2n * documentedPrice };

/** The example's answer starts so; after these words the gateway stops when it is told to hold. */
export const firstWords = 'Verifiable inference means that an';

/** The world and the browser of one test file. */
export interface Stage {
  readonly world: World;
  readonly rig: RigBrowser;
  /** Opens a page of one of the rig's sites: `open('shop')` is `http://shop.localhost:8080/`. */
  open(host: string, path?: string, options?: OpenOptions): Promise<Page>;
  /** Asks from a click, and takes the approval window that opens. */
  ask(page: Page, request?: ChatRequest): Promise<{ readonly call: Asked; readonly approval: Page }>;
  /** Lets a site pay so much a day by itself, from a page of its own: that page's click counts for a while. */
  allow(host: string, amountADay?: string): Promise<void>;
  /** The approval window that `action` leads to; not one that is there already. */
  approvalFrom(action: () => Promise<unknown>): Promise<Page>;
  /** How many approval windows there have been in this test. */
  approvalsSeen(): number;
  /** The real popup over this page. */
  popup(page: Page): Promise<Page>;
  balances(): Promise<Balances>;
  /** How both balances have moved. */
  movedSince(before: Balances): Promise<Balances>;
  /** How many requests, and how many with a signature, have reached the gateways in this test. */
  requests(): { readonly all: number; readonly paid: number };
  /** The different signatures among them: the same bytes may be sent again. */
  signatures(): readonly string[];
}

/** How a page is opened. */
export interface OpenOptions {
  /** Runs before any script of the page, as a wallet extension's would. */
  readonly script?: string;
  /** The page itself, in place of one of the rig's. */
  readonly html?: string;
}

/** What a test file needs of its world and its browser. */
interface StageOptions extends WorldOptions {
  /** Whether the extension's node of Base is there. False where absent, but where Solana has nodes. */
  readonly baseNode?: boolean;
}

/** Starts a world and a browser before the tests of a file; clears faults and windows after each of them. */
export function useStage({ baseNode = false, ...options }: StageOptions = {}): Stage {
  let world: World | undefined;
  let rig: RigBrowser | undefined;
  let build: string | undefined;
  let approvals = 0;
  let requestsBefore = 0;
  const running = () => {
    if (world === undefined || rig === undefined) throw new Error('The stage is not up.');
    return { world, rig };
  };

  /** At both gateways, in order. */
  const arrived = () => {
    const { gateway, rungate } = running().world;
    return [...gateway.requests, ...rungate.requests].toSorted((a, b) => a.at - b.at);
  };

  beforeAll(async () => {
    world = await inTime('the world', startWorld({ blockTime: 'instant', tokenDelayMs: 5, ...options }));
    build = await copyOfBuild();
    const at = (port: number) => `127.0.0.1:${port}`;
    const launching = launchBrowser({
      extensionDir: build,
      hostMap: {
        'jumpgate.localhost:8402': at(world.gateway.port),
        'rungate.localhost:8403': at(world.rungate.port),
        '*.localhost:8080': at(world.pages.port),
        // A world with both chains has nodes of both.
        ...((baseNode || world.solana) && { 'base.localhost:8545': at(world.chain.port) }),
        ...(world.solana && {
          'solana.localhost:8899': at(world.solana.nodes[0].port),
          'solana2.localhost:8898': at(world.solana.nodes[1].port),
        }),
      },
    });
    rig = await inTime('the browser', launching);
    rig.browser.on('targetcreated', (target) => {
      if (isApproval(target)) approvals += 1;
    });
  });

  beforeEach(() => {
    approvals = 0;
    requestsBefore = arrived().length;
  });

  afterEach(async ({ task }) => {
    const { rig, world } = running();
    if (task.result?.state === 'fail') await keepPictures(rig.browser, task.name);
    world.gateway.faults.clear();
    world.gateway.hold.release();
    await closeAll(rig.browser);
  });

  afterAll(async () => {
    await rig?.close();
    await world?.stop();
    if (build !== undefined) await rm(build, { recursive: true, force: true });
  });

  return {
    get world() {
      return running().world;
    },
    get rig() {
      return running().rig;
    },
    approvalsSeen: () => approvals,

    async open(host, path = '/', { script, html } = {}) {
      const page = await running().rig.browser.newPage();
      await installAsking(page);
      if (script !== undefined) await page.evaluateOnNewDocument(script);
      if (html !== undefined) await serveInstead(page, html);
      await page.goto(`http://${host}.localhost:8080${path}`);
      return page;
    },

    async ask(page, request) {
      const call = askFromClick(page, request);
      const approval = await this.approvalFrom(() => call);
      return { call: await call, approval };
    },
    async allow(host, amountADay = '0.50') {
      const page = await this.open(host);
      const approval = await this.approvalFrom(() => wishFromClick(page, amountADay));
      await press(approval, `Allow up to $${amountADay} a day`);
      await waitForClose(approval);
      await page.close();
    },
    async approvalFrom(action) {
      const { browser } = running().rig;
      const before = new Set(browser.targets());
      const coming = browser.waitForTarget((target) => isApproval(target) && !before.has(target), {
        timeout: 15_000,
      });
      const [target] = await Promise.all([coming, action()]);
      return target.asPage();
    },

    popup: (page) => running().rig.popupPage(page),

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
    requests() {
      const all = arrived().slice(requestsBefore);
      const paid = all.filter(({ headers }) => headers['payment-signature'] !== undefined);
      return { all: all.length, paid: paid.length };
    },
    signatures: () => [
      ...new Set(
        arrived()
          .slice(requestsBefore)
          .flatMap(({ headers }) => headers['payment-signature'] ?? []),
      ),
    ],
  };
}

/** What does not start says which part it was, before the hook's own time is over, which would only say that one did not. */
async function inTime<T>(what: string, starting: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = delay(25_000, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`Starting ${what} has taken 25 seconds.`);
  });
  try {
    return await Promise.race([starting, late]);
  } finally {
    limit.abort();
    late.catch(() => undefined);
  }
}

/** Screens are read from the build when they open: one that is built anew meanwhile would break those of this run. */
async function copyOfBuild(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paidchat-build-'));
  await cp(extensionDir, folder, { recursive: true });
  return folder;
}

function isApproval(target: Target): boolean {
  return /^chrome-extension:\/\/[a-p]+\/approval\.html/.test(target.url());
}

/** All pages and windows but the first, which keeps the browser. */
async function closeAll(browser: Browser): Promise<void> {
  const [, ...pages] = await browser.pages(true);
  await Promise.all(pages.map((page) => page.close().catch(() => undefined)));
}

async function serveInstead(page: Page, html: string): Promise<void> {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const own = request.isNavigationRequest() && request.frame() === page.mainFrame();
    void (own
      ? request.respond({ contentType: 'text/html; charset=utf-8', body: html })
      : request.continue());
  });
}
