import { parseSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';

/** What the browser itself says of the other end of a connection; never a word of the page's. */
export interface Sender {
  readonly id?: string | undefined;
  readonly origin?: string | undefined;
  readonly frameId?: number | undefined;
  readonly documentId?: string | undefined;
  readonly documentLifecycle?: string | undefined;
  readonly tab?: { readonly id?: number | undefined } | undefined;
}

/** Who has connected: a website's top document, or one of our own screens. */
export type Identity =
  | {
      readonly door: 'page';
      readonly site: Site;
      readonly tabId: number;
      readonly documentId: string | undefined;
    }
  | { readonly door: 'panel' };

/**
 * Decides, once and at connect, which door a connection may use. `sender.url` and `tab.url` are not looked at: a
 * sandboxed frame has the origin "null" there and still shows the site's URL.
 *
 * @param name the port's name, which only says which door is wanted
 * @returns undefined: refuse
 */
export function identify(
  name: string,
  sender: Sender | undefined,
  extension: { id: string; origin: string },
): Identity | undefined {
  if (!sender || sender.id !== extension.id) return undefined;
  if (name === 'panel') return sender.origin === extension.origin ? { door: 'panel' } : undefined;
  if (name !== 'page') return undefined;
  const site = parseSite(sender.origin);
  const tabId = sender.tab?.id;
  if (site === undefined || tabId === undefined || sender.frameId !== 0) return undefined;
  if (sender.documentLifecycle !== undefined && sender.documentLifecycle !== 'active') return undefined;
  return { door: 'page', site, tabId, documentId: sender.documentId };
}
