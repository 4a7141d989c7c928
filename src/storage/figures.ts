import { expiryMs } from '../core/ledger.ts';
import type { OpenPayment } from '../core/ledger.ts';
import { microUsdc, sumMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import { carriedMarginMs } from '../core/quarantine.ts';
import { panelSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';
import { usageOf, windowNow } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import { readCarriedUse } from './carried.ts';
import { readSettled } from './counters.ts';
import type { ReadTransaction } from './db.ts';
import { readHead, readSeenMs } from './head.ts';
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
  const [siteSettled, all, panel, carried] = await Promise.all([
    readSettled(tx, site, nowMs),
    readSettled(tx, 'all', nowMs),
    readSettled(tx, panelSite, nowMs),
    readCarriedUse(tx, nowMs),
  ]);
  return usageOf(
    site,
    { site: siteSettled, all, panel },
    open.map(({ payment }) => payment),
    carried,
  );
}

/** The ledger's figures for its witness, as they are at this place among the transaction's requests. */
export async function readWitnessOf(tx: ReadTransaction, head: Head, atMs: number): Promise<Witness> {
  const [rows, spent] = await Promise.all([readOpen(tx), readSpent(tx, atMs)]);
  const { day, month, held, heldUntilMs } = spent;
  const open = rows.map(({ payment }) => payment);
  const lostExpiryMs = Math.max(0, heldUntilMs - carriedMarginMs);
  return {
    ...head,
    openTotal: sumMicroUsdc([...open.map(({ amount }) => amount), held]),
    latestExpiryMs: Math.max(lostExpiryMs, ...open.map(endMs)),
    day,
    month,
    atMs,
  };
}

/** The ledger's figures for its witness, with nothing else to be written. */
export async function readWitnessNow(
  tx: ReadTransaction,
  localMs: number,
  notedMs?: number,
): Promise<Witness> {
  const [head, seenMs] = await Promise.all([readHead(tx), readSeenMs(tx, notedMs)]);
  return readWitnessOf(tx, head, windowNow(localMs, seenMs));
}

/** What is settled, or stands for it, in the windows that end at a time; websites and side panel together. */
export async function readSpent(
  tx: ReadTransaction,
  atMs: number,
): Promise<{
  readonly day: MicroUsdc;
  readonly month: MicroUsdc;
  /** What lost payments may still charge: in none of the sums. */
  readonly held: MicroUsdc;
  readonly heldUntilMs: number;
}> {
  const [all, panel, lost] = await Promise.all([
    readSettled(tx, 'all', atMs),
    readSettled(tx, panelSite, atMs),
    readCarriedUse(tx, atMs),
  ]);
  const spent = (window: 'day' | 'month') =>
    microUsdc(all[window] + panel[window] + lost[window] - lost.held);
  return { day: spent('day'), month: spent('month'), held: lost.held, heldUntilMs: lost.heldUntilMs };
}

function endMs(payment: OpenPayment): number {
  return payment.state === 'reserved' ? 0 : expiryMs(payment.authorization);
}
