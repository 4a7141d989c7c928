import { browser } from './browser.ts';

/** The number on the toolbar icon: how many cards wait for the person. */
export function showWaiting(count: number): void {
  void browser.action.setBadgeBackgroundColor({ color: '#b4540a' });
  void browser.action.setBadgeText({ text: count === 0 ? '' : String(count) });
}

/** Marks one tab whose page wanted a card without a click; the browser clears it when the tab navigates. */
export function markTab(tabId: number): void {
  browser.action.setBadgeText({ text: '1', tabId }).catch(() => undefined);
}
