import { panelSite } from '../../src/core/site.ts';
import type { LedgerImage, Row } from './ledgerImage.ts';

/** The highest limits that the person has set so far, in micro-USDC. */
export interface Caps {
  /** By site, for a day; the windows are longer than a soak. */
  readonly sites: ReadonlyMap<string, bigint>;
  /** Of all websites together, without the side panel. */
  readonly all: bigint;
  readonly panel: bigint;
}

const way = ['reserved', 'signing', 'signed', 'sent', 'settled'] as const;

/** What of an earlier image a later one has lost or changed as no payment may. Empty: nothing. */
export function lostBetween(before: LedgerImage, after: LedgerImage): readonly string[] {
  const now = new Map(after.rows.map((row) => [row.id, row]));
  const broken = before.rows.flatMap((row) => {
    const later = now.get(row.id);
    if (later === undefined) return [`payment ${row.id} of ${row.site}, once ${row.state}, is lost`];
    return brokenSteps(row, later);
  });
  const raises = new Map(after.raises.map((raise) => [raise.id, raise]));
  for (const { id, usedBy, amount } of before.raises) {
    const later = raises.get(id);
    if (later?.amount !== amount || (usedBy !== undefined && later.usedBy !== usedBy))
      broken.push(`the one-time raise ${id} is lost or changed`);
  }
  return broken;
}

function brokenSteps(before: Row, after: Row): string[] {
  const broken: string[] = [];
  const fixed = ['site', 'amount', 'payTo', 'order'] as const;
  for (const fact of fixed)
    if (after[fact] !== before[fact]) broken.push(`payment ${before.id} has changed its ${fact}`);
  if (before.mark !== undefined && after.mark !== before.mark)
    broken.push(`payment ${before.id} has changed its message`);
  if (!mayBecome(before, after))
    broken.push(`payment ${before.id} went from ${before.state} to ${after.state} (${after.releasedReason})`);
  return broken;
}

/** Whatever has left for a wallet is given back on the chain's proof alone. */
function mayBecome(before: Row, after: Row): boolean {
  if (before.state === 'released' || before.state === 'settled') return after.state === before.state;
  if (after.state !== 'released') return way.indexOf(after.state) >= way.indexOf(before.state);
  const proved = after.releasedReason === 'expired-on-chain';
  return before.state === 'reserved' ? true : proved;
}

/** What is charged or could be charged above a limit and the one-time raises used for it. Empty: nothing. */
export function overLimits(image: LedgerImage, caps: Caps): readonly string[] {
  const counted = image.rows.filter(({ state }) => state !== 'released');
  const raised = raisedBy(image);
  const broken: string[] = [];
  const hold = (name: string, rows: readonly Row[], cap: bigint | undefined) => {
    const used = sum(rows.map(({ amount }) => amount));
    const room = (cap ?? 0n) + sum(rows.map(({ id }) => raised.get(id) ?? 0n));
    if (used > room) broken.push(`${name} counts ${used}, and its limit and raises are ${room}`);
  };
  for (const site of new Set(counted.map((row) => row.site))) {
    const rows = counted.filter((row) => row.site === site);
    hold(site, rows, site === panelSite ? caps.panel : caps.sites.get(site));
  }
  hold(
    'all sites',
    counted.filter(({ site }) => site !== panelSite),
    caps.all,
  );
  return broken;
}

/** How much of a payment a one-time raise let through, by payment. */
export function raisedBy({ raises }: LedgerImage): ReadonlyMap<string, bigint> {
  return new Map(raises.flatMap(({ usedBy, amount }) => (usedBy === undefined ? [] : [[usedBy, amount]])));
}

/** In micro-USDC. */
export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
