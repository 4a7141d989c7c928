import { browser } from './browser.ts';

/** What the polyfill does not know: Chrome's side panel and Firefox's sidebar. */
interface Panels {
  readonly sidePanel?: { open(options: { tabId: number }): Promise<void> };
  readonly sidebarAction?: { open(): Promise<void> };
}

/**
 * Opens the side panel beside a tab; to be called in a click, before anything is awaited. A browser that has none, or
 * does not open it, gets the panel as a tab that is about the one it was opened from.
 */
export async function openSidePanel(tabId: number): Promise<void> {
  const { sidePanel, sidebarAction } = browser as unknown as Panels;
  try {
    if (sidePanel) return await sidePanel.open({ tabId });
    if (sidebarAction) return await sidebarAction.open();
  } catch {
    // As a tab, then.
  }
  await browser.tabs.create({ url: browser.runtime.getURL(`sidepanel.html?tab=${tabId}`) });
}
