import type { Platform } from '../../src/background/main.ts';
import type { Peer } from '../../src/platform/peers.ts';
import type { PageContent } from '../../src/protocol/panel.ts';
import type { BaseNode } from './baseNode.ts';
import type { FakeAlarm } from './alarm.ts';
import type { FakeClock } from './clock.ts';
import type { FakeGateway } from './gateway.ts';
import type { FakeKeyValue } from './keyValues.ts';
import type { Life } from './life.ts';
import type { FakeDisk } from './observedDatabase.ts';
import type { SolanaNode } from './solanaNode.ts';
import type { FakeWindows } from './windows.ts';

/** What outlives the background: the browser, its profile and the world outside. */
export interface FakeBrowser {
  readonly clock: FakeClock;
  readonly gateway: FakeGateway;
  /** Nodes of Base that it may ask. */
  readonly nodes: readonly BaseNode[];
  /** Nodes of Solana that it may ask. */
  readonly solanaNodes: readonly SolanaNode[];
  readonly windows: FakeWindows;
  readonly session: FakeKeyValue;
  readonly local: FakeKeyValue;
  readonly disk: FakeDisk;
  /** The number on the badge, and the tabs that were marked. */
  readonly badge: { waiting: number; readonly marked: number[] };
  readonly tabs: Map<number, FakeTab>;
  /** When the browser wakes the background, dead or alive. */
  readonly alarm: FakeAlarm;
  /** Origins that the person keeps from the extension. */
  readonly kept: Set<string>;
}

/** A tab, as far as the background reaches it. */
export interface FakeTab {
  /** Undefined where the browser does not show it. */
  readonly url?: string;
  readonly content?: PageContent;
  /** Asks the bridge in it to connect. */
  readonly wake?: () => void;
  /** Puts our scripts into it. */
  readonly bringScripts?: () => void;
}

/** What one life of the background gets of the browser, and what the browser knows of that life. */
export interface FakePlatform {
  readonly platform: Platform;
  /** Somebody connects. */
  connected(peer: Peer): void;
  /** The time that it wanted to be woken at has come. */
  woken(): void;
  /** How many holds keep it alive. */
  readonly holds: number;
}

let lastId = 0;

/** The browser as one life sees it: each action is noted first, and after the life's end nothing has an effect. */
export function fakePlatform(browser: FakeBrowser, life: Life, indexedDb: IDBFactory): FakePlatform {
  const { clock, gateway, nodes, solanaNodes, session, local, badge, tabs } = browser;
  const windows = browser.windows.forBackground();
  let connected: (peer: Peer) => void = () => undefined;
  let woken = () => {};
  let holds = 0;

  const noted = (store: FakeKeyValue, nameOf: (key: string) => string) => ({
    get: life.bind((key: string) => store.get(key)),
    entries: life.bind((prefix: string) => store.entries(prefix)),
    remove: life.bind((keys: readonly string[]) => store.remove(keys)),
    clear: life.bind(() => store.clear()),
    set(key: string, value: Parameters<FakeKeyValue['set']>[1]) {
      life.note(nameOf(key));
      return life.bind(() => store.set(key, value))();
    },
  });

  return {
    connected: (peer) => connected(peer),
    woken: () => woken(),
    get holds() {
      return holds;
    },
    platform: {
      version: '0.1.0',
      indexedDb,
      session: noted(session, (key) => `session ${key.slice(0, key.indexOf(':'))}`),
      local: noted(local, () => 'witness'),
      clock: {
        nowMs: () => clock.nowMs(),
        after: (ms, callback) => clock.after(ms, () => life.isOver || callback()),
      },
      newId: () => `background-id-${(lastId += 1)}`,
      fetch(url, init) {
        const node = [...nodes, ...solanaNodes].find((other) => other.url === url);
        life.note(`fetch ${node ? 'node' : requestName(url, init)}`);
        return life.bind(() => (node ?? gateway).fetch(url, init))();
      },
      windows: {
        open(cardId) {
          life.note('open window');
          return life.bind(() => windows.open(cardId))();
        },
        focus: life.bind((windowId: number) => windows.focus(windowId)),
        close: life.bind((windowId: number) => windows.close(windowId)),
        onClosed: (listener) => windows.onClosed((windowId) => life.isOver || listener(windowId)),
      },
      showWaiting: (count) => void (life.isOver || (badge.waiting = count)),
      markTab: (tabId) => void (life.isOver || badge.marked.push(tabId)),
      tabUrl: async (tabId) => tabs.get(tabId)?.url,
      readPage: async (tabId) => tabs.get(tabId)?.content,
      async wakeTab(tabId) {
        const wake = tabs.get(tabId)?.wake;
        if (!wake) throw new Error('Could not establish connection. Receiving end does not exist.');
        wake();
      },
      async bringScripts(tabId) {
        tabs.get(tabId)?.bringScripts?.();
      },
      wakeWatchers: async () => {
        for (const { wake } of tabs.values()) wake?.();
      },
      mayReach: async (url) => !browser.kept.has(new URL(url).origin),
      hold() {
        let held = true;
        holds += 1;
        return () => {
          if (held) holds -= 1;
          held = false;
        };
      },
      wakeAt: (atMs) => life.isOver || browser.alarm.set(atMs),
      onWake: (listener) => (woken = listener),
      onPeer: (listener) => (connected = listener),
    },
  };
}

function requestName(url: string, { headers }: RequestInit): string {
  if (url.endsWith('/quote')) return 'quote';
  if (url.endsWith('/models')) return 'catalogue';
  return headers !== undefined && 'PAYMENT-SIGNATURE' in headers ? 'paid' : 'challenge';
}
