import { parseSite } from '../core/site.ts';
import type { PageContent } from '../protocol/panel.ts';
import { browser } from './browser.ts';
import type { BridgeRequest } from './channel.ts';

/** A tab's URL where the browser lets us see it: after the person opened the popup over it (activeTab). */
export async function tabUrl(tabId: number): Promise<string | undefined> {
  try {
    return (await browser.tabs.get(tabId)).url;
  } catch {
    return undefined;
  }
}

/** Asks the tab's bridge to connect, and brings one where it may. Rejects where none runs. */
export async function wakeTab(tabId: number): Promise<void> {
  await bringScripts(tabId);
  await askBridge(tabId, 'connect');
}

/**
 * Puts our scripts into the tab's page where they belong and no bridge answers: Chromium leaves out what was open when
 * PaidChat was installed, and cuts the bridges off when it is updated. It works once the person has opened the popup
 * over the page (activeTab), and does nothing elsewhere.
 */
export async function bringScripts(tabId: number): Promise<void> {
  // Opens no port, unless the page listens.
  const isThere = await askBridge(tabId, 'watch').then(
    () => true,
    () => false,
  );
  const url = isThere ? undefined : await tabUrl(tabId);
  if (url === undefined || !URL.canParse(url) || parseSite(new URL(url).origin) === undefined) return;
  const { content_scripts: scripts = [] } = browser.runtime.getManifest();
  // As listed: MAIN has to be listening before the bridge hands it the channel.
  for (const { js = [], world } of scripts as readonly ListedScript[]) {
    await browser.scripting.executeScript({
      target: { tabId, frameIds: [0] },
      files: [...js],
      injectImmediately: true,
      ...(world === undefined ? {} : { world }),
    });
  }
}

/** The types of the manifest leave the world out. */
interface ListedScript {
  readonly js?: readonly string[];
  readonly world?: 'MAIN';
}

/** Asks every bridge whose page watches its site to connect: something that the site hears about has changed. */
export async function wakeWatchers(): Promise<void> {
  for (const { id } of await browser.tabs.query({})) {
    // Most tabs have no bridge, or one that nobody listens to.
    if (id !== undefined) void askBridge(id, 'watch').catch(() => undefined);
  }
}

/** The tab's page, serialised by its bridge; undefined where none runs. */
export async function readPage(tabId: number): Promise<PageContent | undefined> {
  try {
    await bringScripts(tabId);
    return (await askBridge(tabId, 'readPage')) as PageContent;
  } catch {
    return undefined;
  }
}

/** Calls back when the person turns to another tab of this window, or the tab shows another page. @returns the undo */
export function onActiveTab(listener: () => void): () => void {
  const updated = (_tabId: number, { status }: { status?: string }) => {
    if (status === 'complete') listener();
  };
  browser.tabs.onActivated.addListener(listener);
  browser.tabs.onUpdated.addListener(updated);
  return () => {
    browser.tabs.onActivated.removeListener(listener);
    browser.tabs.onUpdated.removeListener(updated);
  };
}

function askBridge(tabId: number, request: BridgeRequest): Promise<unknown> {
  return browser.tabs.sendMessage(tabId, request, { frameId: 0 });
}
