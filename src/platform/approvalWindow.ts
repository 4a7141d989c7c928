import { browser } from './browser.ts';

const size = { width: 420, height: 680 };

/** Our own windows for approval cards. */
export const approvalWindows = {
  /** Opens the card's window over the window in use. @returns the window's id */
  async open(cardId: string): Promise<number> {
    const url = `${browser.runtime.getURL('/approval.html')}?card=${cardId}`;
    const wanted = { url, type: 'popup', focused: true, ...size } as const;
    // A place that is less than half on a screen, beside a window at its edge, is refused: then the browser chooses.
    const { id } = await browser.windows
      .create({ ...wanted, ...(await besideTheUser()) })
      .catch(() => browser.windows.create(wanted));
    if (id === undefined) throw new Error('The browser opened no window.');
    return id;
  },

  /** Brings a window to the front. @returns false when it is no longer there */
  async focus(windowId: number): Promise<boolean> {
    try {
      await browser.windows.update(windowId, { focused: true });
      return true;
    } catch {
      return false;
    }
  },

  /** Closes a window; one that has gone already is fine. */
  async close(windowId: number): Promise<void> {
    await browser.windows.remove(windowId).catch(() => undefined);
  },

  onClosed(listener: (windowId: number) => void): void {
    browser.windows.onRemoved.addListener(listener);
  },
};

async function besideTheUser(): Promise<{ left?: number; top?: number }> {
  try {
    const { left, top, width } = await browser.windows.getLastFocused();
    if (left === undefined || top === undefined || width === undefined) return {};
    return { left: Math.max(0, left + width - size.width - 24), top: Math.max(0, top + 72) };
  } catch {
    return {};
  }
}
