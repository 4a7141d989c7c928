import * as v from 'valibot';
import { isNetwork } from '../core/assets.ts';
import type { Network } from '../core/assets.ts';
import { defaultGlobalCaps, defaultSiteCaps } from '../core/limits.ts';
import type { GlobalCaps, SiteCaps } from '../core/limits.ts';
import type { Rules, SitePolicy } from '../core/policy.ts';
import type { Site } from '../core/site.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { amountField, parseStored, refuseUnreadable, siteField, timeField } from './fields.ts';

const siteCapsField = v.strictObject({ request: amountField, day: amountField, month: amountField });

const globalCapsRow = v.strictObject({
  allDay: amountField,
  allMonth: amountField,
  panelDay: amountField,
  // Rows from before it could be set have none.
  site: v.optional(siteCapsField, () => capsRow(defaultSiteCaps)),
});

const pausedField = v.optional(v.boolean(), false);

const policyRow = v.strictObject({
  site: siteField,
  mode: v.picklist(['ask', 'auto', 'blocked']),
  caps: v.exactOptional(siteCapsField),
  grantedAtMs: v.exactOptional(timeField),
  lastUsedAtMs: v.exactOptional(timeField),
  gateway: v.exactOptional(v.string()),
  model: v.exactOptional(v.string()),
  walletRdns: v.exactOptional(v.string()),
  walletId: v.exactOptional(v.string()),
  network: v.exactOptional(v.custom<Network>(isNetwork)),
});

/** @throws DamagedRecord */
export function decodePolicy(stored: unknown): SitePolicy {
  return parseStored(policyRow, stored);
}

/** What the person has decided about a site. */
export async function readPolicy(tx: ReadTransaction, site: Site): Promise<SitePolicy | undefined> {
  const stored = await tx.objectStore('policies').get(site);
  return stored === undefined ? undefined : decodePolicy(stored);
}

/** Writes a policy in the transaction. Refuses one that could not be read back. */
export async function putPolicy(tx: WriteTransaction, policy: SitePolicy): Promise<void> {
  const { caps } = policy;
  const row = { ...policy, ...(caps === undefined ? {} : { caps: capsRow(caps) }) };
  refuseUnreadable(policyRow, row);
  await tx.objectStore('policies').put(row);
}

/** Everything that a payment of the site must obey. */
export async function readRules(tx: ReadTransaction, site: Site): Promise<Rules> {
  const settings = tx.objectStore('settings');
  const [policy, caps, paused] = await Promise.all([
    readPolicy(tx, site),
    settings.get('globalCaps'),
    settings.get('paused'),
  ]);
  return {
    policy,
    global: caps === undefined ? defaultGlobalCaps : parseStored(globalCapsRow, caps),
    paused: parseStored(pausedField, paused),
  };
}

/** Writes the limits over all sites. Refuses ones that could not be read back. */
export async function putGlobalCaps(tx: WriteTransaction, caps: GlobalCaps): Promise<void> {
  const row = {
    allDay: caps.allDay.toString(),
    allMonth: caps.allMonth.toString(),
    panelDay: caps.panelDay.toString(),
    site: capsRow(caps.site),
  };
  refuseUnreadable(globalCapsRow, row);
  await tx.objectStore('settings').put(row, 'globalCaps');
}

function capsRow({ request, day, month }: SiteCaps) {
  return { request: request.toString(), day: day.toString(), month: month.toString() };
}
