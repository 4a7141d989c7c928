import type { Clock } from '../core/clock.ts';
import type { GlobalCaps, SiteCaps } from '../core/limits.ts';
import type { Network } from '../core/assets.ts';
import type { Rules, SiteMode, SitePolicy } from '../core/policy.ts';
import type { Site } from '../core/site.ts';
import type { PaidChatDb } from './db.ts';

/** What the person has decided: per site, over all sites, and whom gateways are paid at. */
export interface PolicyStore {
  get(site: Site): Promise<SitePolicy | undefined>;
  list(): Promise<readonly SitePolicy[]>;
  put(policy: SitePolicy): Promise<void>;
  rules(site: Site): Promise<Rules>;
  /** `auto` begins a new grant; the others end one. */
  setMode(site: Site, mode: SiteMode): Promise<void>;
  setCaps(site: Site, caps: SiteCaps): Promise<void>;
  setGlobalCaps(caps: GlobalCaps): Promise<void>;
  setPaused(paused: boolean): Promise<void>;
  /** Notes that the site's grant was used now. */
  touch(site: Site): Promise<void>;
  /** The addresses that the person has paid this gateway at. */
  pinnedPayees(gateway: string, network: Network): Promise<readonly string[]>;
  /** Adds one, at most five. */
  pinPayee(gateway: string, network: Network, payTo: string): Promise<void>;
}

/** Opens the store of what the person has decided. */
export function createPolicyStore(_deps: {
  readonly db: PaidChatDb | Promise<PaidChatDb>;
  readonly clock: Clock;
}): PolicyStore {
  throw new Error('not yet');
}
