import { vi } from 'vitest';
import { startBackground } from '../../src/background/main.ts';
import type { Platform } from '../../src/background/main.ts';
import { baseUsdc, solanaUsdc } from '../../src/core/assets.ts';
import { jumpGate } from '../../src/core/gateways.ts';
import type { Gateway } from '../../src/core/gateways.ts';
import type { Payment } from '../../src/core/ledger.ts';
import { identify } from '../../src/platform/identify.ts';
import type { Sender } from '../../src/platform/identify.ts';
import type { Port } from '../../src/protocol/port.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { decodePayment } from '../../src/storage/paymentRows.ts';
import { fakeAlarm } from './alarm.ts';
import { baseNode } from './baseNode.ts';
import { fakeClock } from './clock.ts';
import { freshFactory } from './database.ts';
import { eventually, turns } from './eventually.ts';
import { fakeGateway } from './gateway.ts';
import { fakeKeyValue } from './keyValues.ts';
import { beginLife } from './life.ts';
import { observeDatabase } from './observedDatabase.ts';
import { fakePage } from './page.ts';
import type { FakePage } from './page.ts';
import { fakePlatform } from './platform.ts';
import type { FakeBrowser } from './platform.ts';
import { connection } from './ports.ts';
import { fakeScreens } from './screens.ts';
import type { FakeScreens } from './screens.ts';
import { fakeSolana } from './solanaChain.ts';
import { solanaNode } from './solanaNode.ts';
import { warmUp } from './wallet.ts';
import type { FakeWallet } from './wallet.ts';
import { fakeWindows } from './windows.ts';

/** Where a page is. */
export interface PagePlace {
  readonly origin?: string;
  readonly tabId?: number;
  readonly wallet?: FakeWallet;
}

/** The whole background in Node, between fakes: what it stands on outlives it, as a browser profile does. */
export interface World extends FakeBrowser {
  readonly screens: FakeScreens;
  /** The profile's databases; others take effect at the next start. */
  profile: IDBFactory;
  /** What the background did, in order, over all its lives. */
  readonly journal: readonly string[];
  /** Called just before each thing that the background does. */
  onAction: (action: string) => void;
  /** How many holds keep the background alive. */
  readonly holds: number;
  /** How often the background has started. */
  readonly lives: number;
  openPage(place?: PagePlace): FakePage;
  /** Connects as the browser would with this sender. @returns the remote end; cut where the sender has no right */
  connect(name: string, sender: Sender): Port;
  /** All rows of the ledger as they lie in the database, oldest first. */
  rows(): Promise<readonly Payment[]>;
  /** The latest row in this state, once there is one. */
  reaches(state: Payment['state']): Promise<Payment>;
  /** Lets everything run that can run without time passing. */
  quiet(): Promise<void>;
  /** Time passes. */
  pass(ms: number): Promise<void>;
  kill(): void;
  /** A new background over what the last one left; pages and screens connect again. */
  restart(): void;
}

/** The extension, as the browser names it. */
export const extension = {
  id: 'paidchat-extension-id',
  origin: 'chrome-extension://paidchat-extension-id',
} as const;

/** The site of most tests. */
export const shopOrigin = 'https://shop.example';

/** What a world may have more of. */
export interface WorldOptions {
  readonly gateways?: readonly [Gateway, ...Gateway[]];
  /** URLs of nodes of Base; none by default, so that nothing is ever proved. */
  readonly nodes?: readonly string[];
  /** URLs of nodes of Solana, where that is paid on too. */
  readonly solanaNodes?: readonly string[];
  /** Stands between each life of the background and the browser. */
  readonly wrap?: (platform: Platform) => Platform;
}

/** Starts one. */
export async function startWorld({
  gateways = [jumpGate],
  nodes = [],
  solanaNodes,
  wrap = (platform) => platform,
}: WorldOptions = {}): Promise<World> {
  await warmUp();
  const clock = fakeClock();
  // The official x402 client reads the time by itself.
  vi.spyOn(Date, 'now').mockImplementation(() => clock.nowMs());
  const gateway = fakeGateway(clock);
  const solana = solanaNodes && (await fakeSolana(clock));
  if (solana) gateway.solana = solana;
  const browser: FakeBrowser = {
    clock,
    gateway,
    nodes: nodes.map((url) => baseNode(url, clock, gateway.charges)),
    solanaNodes: solana ? solanaNodes.map((url) => solanaNode(url, solana)) : [],
    windows: fakeWindows(),
    session: fakeKeyValue(),
    local: fakeKeyValue(),
    disk: { isFull: false },
    badge: { waiting: 0, marked: [] },
    tabs: new Map(),
    kept: new Set(),
    alarm: fakeAlarm(clock, () => {
      if (now.life.isOver) world.restart();
      now.fake.woken();
    }),
  };
  const journal: string[] = [];
  const pages: FakePage[] = [];
  let documents = 0;
  let profile = freshFactory();
  let lives = 0;

  const begin = () => {
    lives += 1;
    const life = beginLife((action) => {
      journal.push(action);
      world.onAction(action);
    });
    const database = observeDatabase(profile, life, browser.disk);
    const fake = fakePlatform(browser, life, database.factory);
    const cuts: (() => void)[] = [];
    startBackground(wrap(fake.platform), {
      gateways,
      allowLocalhost: false,
      assets: [
        { ...baseUsdc, rpcUrls: nodes },
        ...(solanaNodes ? [{ ...solanaUsdc, rpcUrls: solanaNodes }] : []),
      ],
    });
    return { life, database, fake, cuts };
  };

  const connect = (name: string, sender: Sender): Port => {
    const { life, fake, cuts } = now;
    if (life.isOver) throw new Error('The background is dead: restart it first.');
    const { background, remote, cut } = connection();
    cuts.push(cut);
    const identity = identify(name, sender, extension);
    if (identity === undefined) {
      background.close();
      return remote;
    }
    const port: Port = {
      ...background,
      post(frame) {
        life.note(`post ${nameOf(frame)}`);
        if (!life.isOver) background.post(frame);
      },
      onMessage: (listener) =>
        background.onMessage((message) => {
          life.note(`hear ${nameOf(message)}`);
          if (!life.isOver) listener(message);
        }),
      onClose: (listener) => background.onClose(() => life.isOver || listener()),
    };
    fake.connected({ identity, port });
    return remote;
  };

  const world: World = {
    ...browser,
    screens: fakeScreens(
      () => connect('panel', { id: extension.id, origin: extension.origin }),
      browser.windows,
    ),
    journal,
    onAction: () => undefined,
    get profile() {
      return profile;
    },
    set profile(other) {
      profile = other;
    },
    get holds() {
      return now.fake.holds;
    },
    get lives() {
      return lives;
    },
    connect,
    openPage({ origin = shopOrigin, tabId = 1, wallet } = {}) {
      documents += 1;
      const documentId = `document-${documents}`;
      const sender = { id: extension.id, origin, frameId: 0, documentId, tab: { id: tabId } };
      const page = fakePage(() => connect('page', sender), wallet);
      pages.push(page);
      browser.tabs.set(tabId, { wake: () => page.connect() });
      return page;
    },
    async rows() {
      const rows = (await readAll(profile, 'payments')).map(decodePayment);
      return rows.sort((a, b) => a.order - b.order).map(({ payment }) => payment);
    },
    reaches: (state) =>
      eventually(`a payment that is ${state}`, async () =>
        (await world.rows()).findLast((row) => row.state === state),
      ),
    async quiet() {
      // A disk that is silent keeps transactions waiting for ever.
      for (let calm = 0, turn = 0; calm < 25 && turn < 500; calm += 1, turn += 1) {
        await turns(1);
        if (now.database.busy > 0) calm = 0;
      }
    },
    async pass(ms) {
      await world.quiet();
      clock.advance(ms);
      await world.quiet();
    },
    kill() {
      now.life.end();
      for (const cut of now.cuts) cut();
    },
    restart() {
      if (!now.life.isOver) world.kill();
      now = begin();
      world.screens.reconnect();
      for (const page of pages) if (page.isOpen) page.reconnect();
    },
  };
  let now = begin();
  return world;
}

function nameOf(message: unknown): string {
  const frame = message as Frame | undefined;
  return frame?.kind === 'ask' ? `ask ${(frame.ask as { type: string }).type}` : (frame?.kind ?? 'nothing');
}

/** Everything in a store of a profile, read past the background. */
async function readAll(profile: IDBFactory, store: string): Promise<readonly unknown[]> {
  const database = await settled(profile.open('paidchat'));
  const rows = await settled(database.transaction(store).objectStore(store).getAll());
  database.close();
  return rows;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(new Error(request.error?.name)));
  });
}
