import { browser } from './browser.ts';

const size = { width: 420, height: 680 };

/** Our own windows for approval cards. */
export const approvalWindows = {
  /** Opens the card's window over the window in use. @returns the window's id */
  async open(cardId: string): Promise<number> {
    const url = `${browser.runtime.getURL('/approval.html')}?card=${cardId}`;
    const place = await besideTheUser();
    const { id } = await browser.windows.create({ url, type: 'popup', focused: true, ...size, ...place });
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
