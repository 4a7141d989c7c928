import { parseSite } from '../../core/site.ts';
import type { Site } from '../../core/site.ts';

/** Which site a tab shows, for the popup: what to display and edit, never who is asking. */
export interface TabSites {
  /** A page of this tab has connected. */
  note(tabId: number, site: Site): void;
  of(tabId: number): Promise<Site | undefined>;
}

/** The tab's own URL where the browser shows it, else the site that last spoke from it. */
export function createTabSites(tabUrl: (tabId: number) => Promise<string | undefined>): TabSites {
  const last = new Map<number, Site>();
  return {
    note: (tabId, site) => void last.set(tabId, site),
    async of(tabId) {
      const url = await tabUrl(tabId);
      return url !== undefined && URL.canParse(url) ? parseSite(new URL(url).origin) : last.get(tabId);
    },
  };
}
