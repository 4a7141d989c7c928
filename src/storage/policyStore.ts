import type { Network } from '../core/assets.ts';
import type { Clock } from '../core/clock.ts';
import type { GlobalCaps, SiteCaps } from '../core/limits.ts';
import type { Payees } from '../core/payees.ts';
import { siteCapsOf } from '../core/policy.ts';
import type { Rules, SiteMode, SitePolicy } from '../core/policy.ts';
import { panelSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';
import type { PaidChatDb } from './db.ts';
import { putPayees, readPayees } from './payeeRows.ts';
import { decodePolicy, putGlobalCaps, putPolicy, readPolicy, readRules } from './policyRows.ts';

/** What the person has decided: per site, over all sites, and at which addresses gateways are paid. */
export interface PolicyStore {
  get(site: Site): Promise<SitePolicy | undefined>;
  list(): Promise<readonly SitePolicy[]>;
  put(policy: SitePolicy): Promise<void>;
  /** Changes what is known of a site within one transaction; a site that nothing was decided about asks. */
  update(site: Site, by: (policy: SitePolicy) => SitePolicy): Promise<void>;
  rules(site: Site): Promise<Rules>;
  /** `auto` begins a new grant; the others end one. */
  setMode(site: Site, mode: SiteMode): Promise<void>;
  /** From its own limits or, where it has none, those of any site; within one transaction. */
  changeSiteCaps(site: Site, by: (known: SiteCaps) => SiteCaps): Promise<void>;
  /** Nothing is decided about the site any more: it asks, within the limits of any site. Its payments stay on record. */
  forget(site: Site): Promise<void>;
  /** Within one transaction, so that two changes at once both last. */
  changeGlobalCaps(by: (known: GlobalCaps) => GlobalCaps): Promise<void>;
  setPaused(paused: boolean): Promise<void>;
  /** The addresses that this gateway is paid at. */
  payees(gateway: string, network: Network): Promise<Payees>;
  /** Changes what is known of them within one transaction. */
  updatePayees(gateway: string, network: Network, by: (payees: Payees) => Payees): Promise<void>;
}

/** Opens the store of what the person has decided. */
export function createPolicyStore(deps: {
  readonly db: PaidChatDb | Promise<PaidChatDb>;
  readonly clock: Clock;
}): PolicyStore {
  const { clock } = deps;
  /** Pinned addresses that were read: nobody else changes them. Whether there are any yet is looked up each time. */
  const pinned = new Map<string, Payees>();

  /** Changes one policy within a transaction, so that two changes at once both last. */
  async function change(site: Site, by: (known: SitePolicy | undefined) => SitePolicy) {
    const db = await deps.db;
    await db.write(['policies'], async (tx) => {
      await putPolicy(tx, by(await readPolicy(tx, site)));
    });
  }

  async function payees(gateway: string, network: Network): Promise<Payees> {
    const key = `${network} ${gateway}`;
    const known = pinned.get(key);
    if (known) return known;
    const read = await (await deps.db).read(['payees'], (tx) => readPayees(tx, gateway, network));
    if (read.payTo.length > 0) pinned.set(key, read);
    return read;
  }

  return {
    async get(site) {
      return (await deps.db).read(['policies'], (tx) => readPolicy(tx, site));
    },
    async list() {
      const rows = await (await deps.db).read(['policies'], (tx) => tx.objectStore('policies').getAll());
      return rows.map(decodePolicy);
    },
    put: (policy) => change(policy.site, () => policy),
    update: (site, by) => change(site, (known) => by(known ?? { site, mode: 'ask' })),
    async rules(site) {
      return (await deps.db).read(['policies', 'settings'], (tx) => readRules(tx, site));
    },
    setMode: (site, mode) =>
      change(site, (known) => {
        const { grantedAtMs: _over, ...policy } = known ?? { site };
        return { ...policy, mode, ...(mode === 'auto' ? { grantedAtMs: clock.nowMs() } : {}) };
      }),
    async changeSiteCaps(site, by) {
      const db = await deps.db;
      await db.write(['policies', 'settings'], async (tx) => {
        const rules = await readRules(tx, site);
        const caps = by(siteCapsOf(rules));
        await putPolicy(tx, { site, mode: 'ask', ...rules.policy, caps });
      });
    },
    async forget(site) {
      await (await deps.db).write(['policies'], (tx) => tx.objectStore('policies').delete(site));
    },
    async changeGlobalCaps(by) {
      const db = await deps.db;
      await db.write(['policies', 'settings'], async (tx) => {
        const { global } = await readRules(tx, panelSite);
        await putGlobalCaps(tx, by(global));
      });
    },
    async setPaused(paused) {
      await (await deps.db).write(['settings'], (tx) => tx.objectStore('settings').put(paused, 'paused'));
    },
    payees,
    async updatePayees(gateway, network, by) {
      const known = await payees(gateway, network);
      // Most payments change nothing, and a write would keep the others waiting.
      if (by(known) === known) return;
      const db = await deps.db;
      try {
        await db.write(['payees'], async (tx) => {
          const now = await readPayees(tx, gateway, network);
          await putPayees(tx, gateway, network, by(now));
        });
      } finally {
        pinned.delete(`${network} ${gateway}`);
      }
    },
  };
}
