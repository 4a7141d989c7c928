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

/** Whether the hosts that the extension comes with may be reached: the person can take these away too. */
export async function hasFixedAccess(): Promise<boolean> {
  return browser.permissions.contains({ origins: fixedOrigins() }).catch(() => true);
}

/** Asks for them again. To be called in a click, before anything is awaited. */
export async function requestFixedAccess(): Promise<boolean> {
  return browser.permissions.request({ origins: fixedOrigins() }).catch(() => false);
}

/** Firefox treats the pages that our scripts run in as hosts to be allowed, too. */
function fixedOrigins(): string[] {
  const { host_permissions = [], browser_specific_settings } = browser.runtime.getManifest() as FixedManifest;
  return browser_specific_settings === undefined ? host_permissions : [...host_permissions, 'https://*/*'];
}

/** What the polyfill's types do not know of a manifest of version 3. */
interface FixedManifest {
  readonly host_permissions?: string[];
  readonly browser_specific_settings?: unknown;
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
