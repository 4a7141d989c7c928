import * as v from 'valibot';
import { defaultGlobalCaps } from '../core/limits.ts';
import type { GlobalCaps } from '../core/limits.ts';
import type { Rules, SitePolicy } from '../core/policy.ts';
import type { Site } from '../core/site.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { amountField, parseStored, refuseUnreadable, siteField, timeField } from './fields.ts';

const globalCapsRow = v.strictObject({
  allDay: amountField,
  allMonth: amountField,
  panelDay: amountField,
});

const policyRow = v.strictObject({
  site: siteField,
  mode: v.picklist(['ask', 'auto', 'blocked']),
  caps: v.strictObject({ request: amountField, day: amountField, month: amountField }),
  grantedAtMs: v.exactOptional(timeField),
  lastUsedAtMs: v.exactOptional(timeField),
  gateway: v.exactOptional(v.string()),
  walletRdns: v.exactOptional(v.string()),
  walletId: v.exactOptional(v.string()),
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
  const { request, day, month } = policy.caps;
  const row = {
    ...policy,
    caps: { request: request.toString(), day: day.toString(), month: month.toString() },
  };
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
    paused: parseStored(v.optional(v.boolean(), false), paused),
  };
}

/** Writes the limits over all sites. Refuses ones that could not be read back. */
export async function putGlobalCaps(tx: WriteTransaction, caps: GlobalCaps): Promise<void> {
  const row = {
    allDay: caps.allDay.toString(),
    allMonth: caps.allMonth.toString(),
    panelDay: caps.panelDay.toString(),
  };
  refuseUnreadable(globalCapsRow, row);
  await tx.objectStore('settings').put(row, 'globalCaps');
}
