import { defaultSiteCaps } from '../../src/core/limits.ts';
import { sum } from './history.ts';
import type { LedgerImage } from './ledgerImage.ts';
import { siteOf } from './life.ts';
import type { Life, SitePage } from './life.ts';
import { panelHost } from './observer.ts';
import type { Random } from './random.ts';

/** The websites of a soak: a few at a time, each with a grant and a low limit that it really reaches. */
export interface Sites {
  /** The highest limit that each site has had. */
  readonly caps: ReadonlyMap<string, bigint>;
  /** So many different sites' pages; the first is one that has reached its limit, where that is wanted and there is one. */
  draw(count: number, image: LedgerImage, firstIsFull: boolean): Promise<readonly SitePage[]>;
  /** The page beside the side panel. */
  beside(): Promise<SitePage>;
  /** The browser has gone, and every page with it. */
  forgetPages(): void;
}

const atOnce = 4;
/** No price of the soak is higher. */
const highestPrice = 13_000n;

/** @param life - the browser of the moment */
export function createSites(life: () => Life, random: Random): Sites {
  const caps = new Map<string, bigint>();
  const pages = new Map<string, SitePage>();
  const hosts: string[] = [];
  let made = 0;

  const pageOf = async (host: string): Promise<SitePage> => {
    const known = pages.get(host);
    if (known !== undefined) return known;
    const page = await life().open(host);
    pages.set(host, page);
    return page;
  };

  async function setCap(host: string, cap: bigint): Promise<void> {
    const site = siteOf(host);
    // Noted first: the background may take it and die before it says so.
    caps.set(site, cap);
    const { request, month } = defaultSiteCaps;
    await life().door.call('site.setCaps', {
      site,
      caps: { request: request.toString(), day: cap.toString(), month: month.toString() },
    });
  }

  async function newHost(): Promise<string> {
    const host = `site${(made += 1)}`;
    await setCap(host, BigInt(18_000 + random.below(24_000)));
    await life().door.call('site.setMode', { site: siteOf(host), mode: 'auto' });
    return host;
  }

  /** A site that has reached its limit is raised, kept to be refused, or left for another. */
  async function refresh(at: number, image: LedgerImage): Promise<void> {
    const host = hosts[at] ?? '';
    if (!isFull(host, image) || random.chance(0.6)) return;
    const cap = caps.get(siteOf(host)) ?? 0n;
    if (random.chance(0.3)) return setCap(host, cap + BigInt(10_000 + random.below(10_000)));
    await pages.get(host)?.page.close();
    pages.delete(host);
    hosts[at] = await newHost();
  }

  function isFull(host: string, { rows }: LedgerImage): boolean {
    const site = siteOf(host);
    const counted = rows.filter((row) => row.site === site && row.state !== 'released');
    return sum(counted.map(({ amount }) => amount)) + highestPrice > (caps.get(site) ?? 0n);
  }

  return {
    caps,
    async draw(count, image, firstIsFull) {
      while (hosts.length < atOnce) hosts.push(await newHost());
      for (const at of hosts.keys()) await refresh(at, image);
      const full = hosts.filter((host) => isFull(host, image));
      const drawn = new Set(firstIsFull && full.length > 0 ? [random.pick(full)] : []);
      while (drawn.size < Math.min(count, atOnce)) drawn.add(random.pick(hosts));
      const opened: SitePage[] = [];
      for (const host of drawn) opened.push(await pageOf(host));
      return opened;
    },
    beside: () => pageOf(panelHost),
    forgetPages: () => pages.clear(),
  };
}
