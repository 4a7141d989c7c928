import { expiryMs } from '../core/authorization.ts';
import type { OpenPayment } from '../core/ledger.ts';
import { microUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import { carriedMarginMs } from '../core/quarantine.ts';
import type { CarriedUse } from '../core/quarantine.ts';
import { panelSite } from '../core/site.ts';
import type { Site } from '../core/site.ts';
import { settledNow, usageOf, windowNow } from '../core/usage.ts';
import type { Settled, Usage } from '../core/usage.ts';
import { readCarriedUse } from './carried.ts';
import { readSettled } from './counters.ts';
import type { ReadTransaction } from './db.ts';
import { readHead, readSeenMs } from './head.ts';
import type { Head } from './head.ts';
import { readOpen } from './paymentRows.ts';
import type { Witness } from './witness.ts';

/** What the limits and the witness are made of, all of one moment. */
export interface Figures {
  /** The latest time that a gateway or a block has shown. */
  readonly seenMs: number | undefined;
  /** Now, for the windows. */
  readonly atMs: number;
  readonly open: readonly OpenPayment[];
  /** Settled in the windows, of all websites and of the side panel. */
  readonly all: Settled;
  readonly panel: Settled;
  /** What stands for lost payments. */
  readonly carried: CarriedUse;
}

/** Reads them as they are at this place among the transaction's requests, with what is used of every limit of a site. */
export async function readUsage(
  tx: ReadTransaction,
  site: Site,
  localMs: number,
  notedMs: number | undefined,
): Promise<{ readonly usage: Usage; readonly figures: Figures }> {
  const seenMs = await readSeenMs(tx, notedMs);
  const [figures, own] = await Promise.all([
    readFigures(tx, localMs, seenMs),
    site === panelSite ? undefined : readSettled(tx, site, settledNow(localMs, seenMs)),
  ]);
  const { all, panel, open, carried } = figures;
  return { usage: usageOf(site, { site: own ?? panel, all, panel }, open, carried), figures };
}

/** Reads them as they are at this place among the transaction's requests. */
export async function readFigures(
  tx: ReadTransaction,
  localMs: number,
  seenMs: number | undefined,
): Promise<Figures> {
  const atMs = windowNow(localMs, seenMs);
  const settledMs = settledNow(localMs, seenMs);
  const [rows, all, panel, carried] = await Promise.all([
    readOpen(tx),
    readSettled(tx, 'all', settledMs),
    readSettled(tx, panelSite, settledMs),
    readCarriedUse(tx, atMs),
  ]);
  return { seenMs, atMs, open: rows.map(({ payment }) => payment), all, panel, carried };
}

/** What the witness is told of a ledger that stands there. */
export function witnessOf({ epoch, seq, settledTotal }: Head, figures: Figures): Witness {
  const { atMs, open } = figures;
  const { day, month, held, heldUntilMs } = spentOf(figures);
  let openTotal: bigint = held;
  let latestExpiryMs = Math.max(0, heldUntilMs - carriedMarginMs);
  for (const payment of open) {
    openTotal += payment.amount;
    latestExpiryMs = Math.max(latestExpiryMs, endMs(payment));
  }
  return { epoch, seq, settledTotal, openTotal: microUsdc(openTotal), latestExpiryMs, day, month, atMs };
}

/** The ledger's figures for its witness, with nothing else to be written. */
export async function readWitnessNow(
  tx: ReadTransaction,
  localMs: number,
  notedMs?: number,
): Promise<Witness> {
  const [head, seenMs] = await Promise.all([readHead(tx), readSeenMs(tx, notedMs)]);
  return witnessOf(head, await readFigures(tx, localMs, seenMs));
}

/** What is settled, or stands for it, in the windows; websites and side panel together. */
export function spentOf({ all, panel, carried }: Pick<Figures, 'all' | 'panel' | 'carried'>): {
  readonly day: MicroUsdc;
  readonly month: MicroUsdc;
  /** What lost payments may still charge: in none of the sums. */
  readonly held: MicroUsdc;
  readonly heldUntilMs: number;
} {
  const { held, heldUntilMs } = carried;
  const spent = (window: 'day' | 'month') => microUsdc(all[window] + panel[window] + carried[window] - held);
  return { day: spent('day'), month: spent('month'), held, heldUntilMs };
}

function endMs(payment: OpenPayment): number {
  return payment.state === 'reserved' ? 0 : expiryMs(payment.authorization);
}
