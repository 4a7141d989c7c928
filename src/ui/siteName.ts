import { registrableDomain } from '../core/registrableDomain.ts';
import { panelSite, parseSite } from '../core/site.ts';
import { safeName } from './safeText.ts';

/** A site's origin in the parts that a person has to tell apart. */
export interface SiteName {
  /** "https://", and "http://" on this machine. */
  readonly scheme: string;
  /** Everything in front of the part that someone had to register. */
  readonly subdomain: string;
  /** The registered part: who this is. */
  readonly domain: string;
  /** ":8443", or nothing. */
  readonly port: string;
  /** A label is written in punycode, so its own letters may look like another address. */
  readonly disguised: boolean;
}

/**
 * Takes an origin apart for display; hosts stay in punycode (`xn--`), as the browser sends them.
 *
 * @returns undefined for the side panel and for what is no site of the web
 */
export function siteName(origin: string): SiteName | undefined {
  const site = parseSite(origin);
  if (site === undefined) return undefined;
  const { protocol, hostname, port } = new URL(site);
  const registered = registrableDomain(site);
  const domain = hostname.endsWith(registered) ? registered : hostname;
  return {
    scheme: `${protocol}//`,
    subdomain: hostname.slice(0, hostname.length - domain.length),
    domain,
    port: port === '' ? '' : `:${port}`,
    disguised: hostname.split('.').some((label) => label.startsWith('xn--')),
  };
}

/** One short line for lists: the host's end, which is the part that cannot be faked. */
export function shortSite(origin: string, panelWord: string, max = 34): string {
  if (origin === panelSite) return panelWord;
  const name = siteName(origin);
  if (name === undefined) return safeName(origin, max);
  const host = name.subdomain + name.domain + name.port;
  return host.length <= max ? host : `…${host.slice(1 - max)}`;
}
