import { browser } from './browser.ts';

/**
 * Asks the person, through the browser, to let the extension reach these servers. To be called in a click, before
 * anything is awaited; what may be reached already is not asked for again.
 *
 * @returns whether all of them may be reached now
 */
export async function requestAccess(urls: readonly string[]): Promise<boolean> {
  try {
    return await browser.permissions.request({ origins: patternsOf(urls) });
  } catch {
    // An address that the manifest does not let us ask for.
    return false;
  }
}

/** Whether the extension may reach this server. */
export async function hasAccess(url: string): Promise<boolean> {
  try {
    return await browser.permissions.contains({ origins: patternsOf([url]) });
  } catch {
    return false;
  }
}

/** Calls back when the person has allowed or withdrawn something. @returns the undo */
export function onAccessChange(listener: () => void): () => void {
  const heard = () => listener();
  browser.permissions.onAdded.addListener(heard);
  browser.permissions.onRemoved.addListener(heard);
  return () => {
    browser.permissions.onAdded.removeListener(heard);
    browser.permissions.onRemoved.removeListener(heard);
  };
}

/** Match patterns know no ports: the host is what is asked for. */
function patternsOf(urls: readonly string[]): string[] {
  return [
    ...new Set(
      urls.map((url) => {
        const { protocol, hostname } = new URL(url);
        return `${protocol}//${hostname}/*`;
      }),
    ),
  ];
}
