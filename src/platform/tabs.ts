import { browser } from './browser.ts';

/** A tab's URL where the browser lets us see it: after the person opened the popup over it (activeTab). */
export async function tabUrl(tabId: number): Promise<string | undefined> {
  try {
    return (await browser.tabs.get(tabId)).url;
  } catch {
    return undefined;
  }
}
