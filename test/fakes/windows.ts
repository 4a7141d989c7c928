import type { ApprovalWindows } from '../../src/background/paying/approvals.ts';

/** The browser's windows, as far as approval cards open them. */
export interface FakeWindows {
  /** What the background gets; one for each of its lives. */
  forBackground(): ApprovalWindows;
  /** Cards whose windows are on the screen. */
  readonly shown: readonly string[];
  /** Cards in the order in which windows were opened for them. */
  readonly opened: readonly string[];
  /** How often a window was brought to the front. */
  readonly focused: number;
  /** The browser opens no windows. */
  refuses: boolean;
  /** The person closes the card's window without a word. */
  dismiss(cardId: string): void;
  /** Calls back with the card of each window that opens. */
  onOpened(listener: (cardId: string) => void): void;
}

/** Makes a browser without windows. */
export function fakeWindows(): FakeWindows {
  const open = new Map<number, string>();
  const opened: string[] = [];
  const closedListeners = new Set<(windowId: number) => void>();
  const openedListeners = new Set<(cardId: string) => void>();
  let focused = 0;
  let lastId = 0;
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const close = (windowId: number) => {
    if (!open.delete(windowId)) return;
    for (const listener of closedListeners) listener(windowId);
  };
  const windows: FakeWindows = {
    refuses: false,
    opened,
    get shown() {
      return [...open.values()];
    },
    get focused() {
      return focused;
    },
    dismiss(cardId) {
      for (const [windowId, shown] of open) if (shown === cardId) close(windowId);
    },
    onOpened: (listener) => void openedListeners.add(listener),
    forBackground() {
      closedListeners.clear();
      return {
        async open(cardId) {
          await turn();
          if (windows.refuses) throw new Error('No window.');
          lastId += 1;
          open.set(lastId, cardId);
          opened.push(cardId);
          for (const listener of openedListeners) listener(cardId);
          return lastId;
        },
        async focus(windowId) {
          if (!open.has(windowId)) return false;
          focused += 1;
          return true;
        },
        async close(windowId) {
          await turn();
          close(windowId);
        },
        onClosed: (listener) => void closedListeners.add(listener),
      };
    },
  };
  return windows;
}
