/** Who asks: an exact web origin, or the person in our own side panel. */
export type Site = string & { readonly __kind: 'site' };

/** The person, chatting in the side panel: a bucket of its own that no website can spend. */
export const panelSite = 'paidchat:panel' as Site;

const localHost = /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)*\.localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * The site of a browser-stamped origin: https anywhere, http on this machine only.
 *
 * @returns undefined for opaque ("null"), file, data, blob and extension origins, and for anything that is not an origin
 */
export function parseSite(origin: unknown): Site | undefined {
  if (typeof origin !== 'string') return undefined;
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    return undefined;
  }
  if (url.origin !== origin) return undefined;
  if (url.protocol === 'https:') return origin as Site;
  return url.protocol === 'http:' && isLocalHost(url.hostname) ? (origin as Site) : undefined;
}

/** Whether a URL's hostname means this machine. */
export function isLocalHost(hostname: string): boolean {
  return localHost.test(hostname);
}
