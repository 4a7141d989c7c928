import { isNetwork } from '../core/assets.ts';
import { defaultGlobalCaps, defaultSiteCaps } from '../core/limits.ts';
import type { GlobalCaps, SiteCaps } from '../core/limits.ts';
import type { Rules, SitePolicy } from '../core/policy.ts';
import type { Site } from '../core/site.ts';
import type { ReadTransaction, WriteTransaction } from './db.ts';
import { refuseUnreadable } from './fields.ts';
import { amount, damaged, oneOf, only, record, site, text, whole } from './readers.ts';

const siteMode = oneOf('ask', 'auto', 'blocked');

/** @throws DamagedRecord */
export function decodePolicy(stored: unknown): SitePolicy {
  const row = record(stored);
  const policy: { -readonly [Name in keyof SitePolicy]: SitePolicy[Name] } = {
    site: site(row['site']),
    mode: siteMode(row['mode']),
  };
  if (row['caps'] !== undefined) policy.caps = readCaps(row['caps']);
  if (row['grantedAtMs'] !== undefined) policy.grantedAtMs = whole(row['grantedAtMs']);
  if (row['lastUsedAtMs'] !== undefined) policy.lastUsedAtMs = whole(row['lastUsedAtMs']);
  if (row['gateway'] !== undefined) policy.gateway = text(row['gateway']);
  if (row['model'] !== undefined) policy.model = text(row['model']);
  if (row['walletRdns'] !== undefined) policy.walletRdns = text(row['walletRdns']);
  if (row['walletId'] !== undefined) policy.walletId = text(row['walletId']);
  if (row['network'] !== undefined) policy.network = isNetwork(row['network']) ? row['network'] : damaged();
  return only(row, policy);
}

function readCaps(stored: unknown): SiteCaps {
  const row = record(stored);
  return only(row, {
    request: amount(row['request']),
    day: amount(row['day']),
    month: amount(row['month']),
  });
}

/** @throws DamagedRecord */
function readGlobalCaps(stored: unknown): GlobalCaps {
  const row = record(stored);
  const caps = {
    allDay: amount(row['allDay']),
    allMonth: amount(row['allMonth']),
    panelDay: amount(row['panelDay']),
  };
  // Rows from before it could be set have none.
  const site = row['site'] === undefined ? defaultSiteCaps : readCaps(row['site']);
  only(row, row['site'] === undefined ? caps : { ...caps, site });
  return { ...caps, site };
}

function readPaused(stored: unknown): boolean {
  if (stored === undefined) return false;
  return typeof stored === 'boolean' ? stored : damaged();
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
  refuseUnreadable(row, decodePolicy);
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
    global: caps === undefined ? defaultGlobalCaps : readGlobalCaps(caps),
    paused: readPaused(paused),
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
  refuseUnreadable(row, readGlobalCaps);
  await tx.objectStore('settings').put(row, 'globalCaps');
}

function capsRow({ request, day, month }: SiteCaps) {
  return { request: request.toString(), day: day.toString(), month: month.toString() };
}
