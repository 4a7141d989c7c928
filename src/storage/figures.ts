import { expiryMs } from '../core/ledger.ts';
import type { OpenPayment } from '../core/ledger.ts';
import { sumMicroUsdc } from '../core/money.ts';
import { panelSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';
import { usageOf, windowNow } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import { readSettled } from './counters.ts';
import type { ReadTransaction } from './db.ts';
import { readSeenMs } from './head.ts';
import type { Head } from './head.ts';
import { readOpen } from './paymentRows.ts';
import type { Witness } from './witness.ts';

/** What is used of every limit that a payment of the site can meet. */
export async function readUsage(
  tx: ReadTransaction,
  site: Site,
  localMs: number,
  notedMs: number | undefined,
): Promise<Usage> {
  const [open, seenMs] = await Promise.all([readOpen(tx), readSeenMs(tx, notedMs)]);
  const nowMs = windowNow(localMs, seenMs);
  const [siteSettled, all, panel] = await Promise.all([
    readSettled(tx, site, nowMs),
    readSettled(tx, 'all', nowMs),
    readSettled(tx, panelSite, nowMs),
  ]);
  return usageOf(
    site,
    { site: siteSettled, all, panel },
    open.map(({ payment }) => payment),
  );
}

/** The ledger's figures for its witness, as they are at this place among the transaction's requests. */
export async function readWitnessOf(tx: ReadTransaction, head: Head, atMs: number): Promise<Witness> {
  const [rows, all, panel] = await Promise.all([
    readOpen(tx),
    readSettled(tx, 'all', atMs),
    readSettled(tx, panelSite, atMs),
  ]);
  const open = rows.map(({ payment }) => payment);
  return {
    ...head,
    openTotal: sumMicroUsdc(open.map(({ amount }) => amount)),
    latestExpiryMs: Math.max(0, ...open.map(endMs)),
    day: sumMicroUsdc([all.day, panel.day]),
    month: sumMicroUsdc([all.month, panel.month]),
    atMs,
  };
}

function endMs(payment: OpenPayment): number {
  return payment.state === 'reserved' ? 0 : expiryMs(payment.authorization);
}
