import { isLocalHost } from './site.ts';

/** Why an address is none that can be asked. */
export type UrlProblem =
  /** Not a whole web address. */
  | 'unclear'
  /** Plain http, and not to this machine. */
  | 'insecure'
  /** Carries what an address of a service has no use for: a name and password, a fragment, for a gateway a query. */
  | 'extra';

/** A server that the person names: its address in one spelling, or what is wrong with it. */
export type ServerUrl =
  | { readonly url: string; readonly origin: string; readonly isLocal: boolean }
  | { readonly problem: UrlProblem };

const maxLength = 500;

/** Reads the base address of a gateway as people type it: https, or http on this machine; no trailing slash after. */
export function readBaseUrl(typed: string): ServerUrl {
  const read = readNodeUrl(typed);
  return 'url' in read && read.url.includes('?') ? { problem: 'extra' } : read;
}

/** Reads the address of a node, whose query may hold a key. */
export function readNodeUrl(typed: string): ServerUrl {
  const text = typed.trim();
  // Without a scheme "localhost:8545" would be read as one called localhost.
  if (text.length > maxLength || !/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return { problem: 'unclear' };
  }
  const { protocol, hostname, origin, username, password, hash, pathname, search } = new URL(text);
  // The extension's own policy has no way to [::1].
  const isLocal = protocol === 'http:' && isLocalHost(hostname) && !hostname.startsWith('[');
  if (protocol === 'http:' && !isLocal) return { problem: 'insecure' };
  if (username !== '' || password !== '' || hash !== '') return { problem: 'extra' };
  return { url: `${origin}${pathname.replace(/\/+$/, '')}${search}`, origin, isLocal };
}

/** Whether an address is in the one spelling that `readNodeUrl` gives it. */
export function isServerUrl(url: unknown): url is string {
  if (typeof url !== 'string') return false;
  const read = readNodeUrl(url);
  return 'url' in read && read.url === url;
}
