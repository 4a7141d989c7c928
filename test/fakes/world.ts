import { vi } from 'vitest';
import { startBackground } from '../../src/background/main.ts';
import { jumpGate } from '../../src/core/gateways.ts';
import type { Gateway } from '../../src/core/gateways.ts';
import type { Payment } from '../../src/core/ledger.ts';
import { identify } from '../../src/platform/identify.ts';
import type { Sender } from '../../src/platform/identify.ts';
import type { Peer } from '../../src/platform/peers.ts';
import type { Port } from '../../src/protocol/port.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { decodePayment } from '../../src/storage/paymentRows.ts';
import { fakeClock } from './clock.ts';
import type { FakeClock } from './clock.ts';
import { freshFactory } from './database.ts';
import { eventually, turns } from './eventually.ts';
import { fakeGateway } from './gateway.ts';
import type { FakeGateway } from './gateway.ts';
import { fakeKeyValue } from './keyValues.ts';
import type { FakeKeyValue } from './keyValues.ts';
import { beginLife } from './life.ts';
import type { Life } from './life.ts';
import { observeDatabase } from './observedDatabase.ts';
import type { ObservedDatabase } from './observedDatabase.ts';
import { fakePage } from './page.ts';
import type { FakePage } from './page.ts';
import { connection } from './ports.ts';
import { fakeScreens } from './screens.ts';
import type { FakeScreens } from './screens.ts';
import { warmUp } from './wallet.ts';
import type { FakeWallet } from './wallet.ts';
import { fakeWindows } from './windows.ts';
import type { FakeWindows } from './windows.ts';

/** Where a page is. */
export interface PagePlace {
  readonly origin?: string;
  readonly tabId?: number;
  readonly wallet?: FakeWallet;
}

/** The whole background in Node, between fakes: what it stands on outlives it, as a browser profile does. */
export interface World {
  readonly clock: FakeClock;
  readonly gateway: FakeGateway;
  readonly windows: FakeWindows;
  readonly screens: FakeScreens;
  readonly session: FakeKeyValue;
  readonly local: FakeKeyValue;
  /** The profile's databases; replacing them takes effect at the next start. */
  profile: IDBFactory;
  /** What the background did, in order, over all its lives. */
  readonly journal: readonly string[];
  /** Called just before each thing that the background does. */
  onAction: (action: string) => void;
  /** The number on the badge, and the tabs that were marked. */
  readonly badge: { waiting: number; readonly marked: number[] };
  /** How many holds keep the background alive. */
  readonly holds: number;
  readonly tabUrls: Map<number, string>;
  openPage(place?: PagePlace): FakePage;
  /** Connects as the browser would with this sender. @returns the remote end; closed where the sender has no right */
  connect(name: string, sender: Sender): Port;
  /** All rows of the ledger as they lie in the database, oldest first. */
  rows(): Promise<readonly Payment[]>;
  /** The row's state, once it is there. */
  reaches(state: Payment['state']): Promise<Payment>;
  /** Lets everything run that can run without time passing. */
  quiet(): Promise<void>;
  /** Time passes. */
  pass(ms: number): Promise<void>;
  kill(): void;
  /** A new background over what the last one left; pages and screens connect again. */
  restart(): void;
}

const extension = { id: 'paidchat-extension-id', origin: 'chrome-extension://paidchat-extension-id' };
/** The site of most tests. */
export const shopOrigin = 'https://shop.example';

/** Starts one. */
export async function startWorld(gateways: readonly [Gateway, ...Gateway[]] = [jumpGate]): Promise<World> {
  await warmUp();
  const clock = fakeClock();
  // The official x402 client reads the time by itself.
  vi.spyOn(Date, 'now').mockImplementation(() => clock.nowMs());
  const gateway = fakeGateway(clock);
  const windows = fakeWindows();
  const session = fakeKeyValue();
  const local = fakeKeyValue();
  const journal: string[] = [];
  const pages: FakePage[] = [];
  const badge = { waiting: 0, marked: [] as number[] };
  const tabUrls = new Map<number, string>();
  let holds = 0;
  let lastId = 0;
  let life: Life;
  let database: ObservedDatabase;
  let listener: (peer: Peer) => void = () => undefined;
  let severAll: (() => void)[] = [];

  const begin = () => {
    const current = beginLife((action) => {
      journal.push(action);
      world.onAction(action);
    });
    life = current;
    database = observeDatabase(world.profile, current);
    severAll = [];
    holds = 0;
    const noted = (store: FakeKeyValue, name: (key: string) => string): FakeKeyValue => ({
      ...store,
      get: current.bind(store.get),
      entries: current.bind(store.entries),
      remove: current.bind(store.remove),
      set(key, value) {
        current.note(name(key));
        return current.bind(store.set)(key, value);
      },
    });
    const own = windows.forBackground();
    startBackground(
      {
        version: '0.1.0',
        clock: {
          nowMs: clock.nowMs,
          after: (ms, callback) => clock.after(ms, () => current.isOver || callback()),
        },
        newId: () => `background-id-${(lastId += 1)}`,
        fetch(url, init) {
          current.note(`fetch ${nameOf(url, init)}`);
          return current.bind(gateway.fetch)(url, init);
        },
        indexedDb: database.factory,
        session: noted(session, (key) => `session ${key.slice(0, key.indexOf(':'))}`),
        local: noted(local, () => 'witness'),
        windows: {
          open(cardId) {
            current.note('open window');
            return current.bind(own.open)(cardId);
          },
          focus: current.bind(own.focus),
          close: current.bind(own.close),
          onClosed: (closed) => own.onClosed((windowId) => current.isOver || closed(windowId)),
        },
        showWaiting: (count) => void (current.isOver || (badge.waiting = count)),
        markTab: (tabId) => void (current.isOver || badge.marked.push(tabId)),
        tabUrl: (tabId) => Promise.resolve(tabUrls.get(tabId)),
        hold() {
          let held = !current.isOver;
          if (held) holds += 1;
          return () => {
            if (held && !current.isOver) holds -= 1;
            held = false;
          };
        },
        onPeer: (onPeer) => (listener = onPeer),
      },
      { gateways, allowLocalhost: false },
    );
  };

  const connect = (name: string, sender: Sender): Port => {
    if (life.isOver) throw new Error('The background is dead: restart it first.');
    const current = life;
    const { background, remote, sever } = connection();
    severAll.push(sever);
    const identity = identify(name, sender, extension);
    if (identity === undefined) {
      background.close();
      return remote;
    }
    listener({
      identity,
      port: {
        ...background,
        post(frame) {
          current.note(`post ${saidIn(frame)}`);
          if (!current.isOver) background.post(frame);
        },
        onMessage: (onMessage) =>
          background.onMessage((message) => {
            current.note(`hear ${(message as Frame | undefined)?.kind ?? 'nothing'}`);
            if (!current.isOver) onMessage(message);
          }),
        onClose: (onClose) => background.onClose(() => current.isOver || onClose()),
      },
    });
    return remote;
  };

  const screens = fakeScreens(
    () => connect('panel', { id: extension.id, origin: extension.origin }),
    windows,
  );

  const world: World = {
    clock,
    gateway,
    windows,
    screens,
    session,
    local,
    profile: freshFactory(),
    journal,
    onAction: () => undefined,
    badge,
    tabUrls,
    get holds() {
      return holds;
    },
    connect,
    openPage({ origin = shopOrigin, tabId = 1, wallet } = {}) {
      const tab = { id: tabId };
      const open = () => connect('page', { id: extension.id, origin, frameId: 0, tab });
      const page = fakePage(open, wallet);
      pages.push(page);
      return page;
    },
    async rows() {
      const rows = await readAll(world.profile, 'payments');
      return rows
        .map(decodePayment)
        .sort((a, b) => a.order - b.order)
        .map(({ payment }) => payment);
    },
    reaches: (state) =>
      eventually(`a payment that is ${state}`, async () =>
        (await world.rows()).findLast((row) => row.state === state),
      ),
    async quiet() {
      for (let calm = 0; calm < 25; calm += 1) {
        await turns(1);
        if (database.busy > 0) calm = 0;
      }
    },
    async pass(ms) {
      await world.quiet();
      clock.advance(ms);
      await world.quiet();
    },
    kill() {
      life.end();
      for (const sever of severAll) sever();
    },
    restart() {
      if (!life.isOver) world.kill();
      begin();
      screens.reconnect();
      for (const page of pages) if (page.isOpen) page.reconnect();
    },
  };
  begin();
  return world;
}

function nameOf(url: string, { headers }: RequestInit): string {
  if (url.endsWith('/quote')) return 'quote';
  if (url.endsWith('/models')) return 'catalogue';
  return headers !== undefined && 'PAYMENT-SIGNATURE' in headers ? 'paid' : 'challenge';
}

function saidIn(frame: Frame): string {
  return frame.kind === 'ask' ? `ask ${(frame.ask as { type: string }).type}` : frame.kind;
}

/** Everything in a store, read past the background. */
export async function readAll(profile: IDBFactory, store: string): Promise<readonly unknown[]> {
  const database = await settled(profile.open('paidchat'));
  const rows = await settled(database.transaction(store).objectStore(store).getAll());
  database.close();
  return rows;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error as Error));
  });
}
