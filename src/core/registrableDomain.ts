import { getDomain } from 'tldts';
import { panelSite } from './site.ts';
import type { Site } from './site.ts';

/**
 * The name under which a site's subdomains are one: refusals and waiting cards are counted per registrable domain, so
 * that a page cannot go round a mute with a fresh subdomain. Shared hosts such as github.io count each user apart.
 */
export function registrableDomain(site: Site): string {
  if (site === panelSite) return site;
  const { hostname } = new URL(site);
  if (hostname.endsWith('.localhost')) return 'localhost';
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}
