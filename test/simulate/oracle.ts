import type { Authorization } from '../../src/core/ledger.ts';
import { windowMs } from '../../src/core/limits.ts';
import { panelSite } from '../../src/core/site.ts';
import type { Site } from '../../src/core/site.ts';
import type { Chains } from './chain.ts';

/** A wall, and whose payments it stands before. */
export type Wall =
  | { readonly limit: 'site-day' | 'site-month'; readonly site: Site }
  | { readonly limit: 'all-day' | 'all-month' | 'panel-day' };

/** A message that a page's wallet was asked to sign, and what the world knows of it that the ledger may not. */
export interface Dispatch {
  readonly paymentId: string;
  readonly site: Site;
  readonly amount: bigint;
  readonly message: Authorization;
  /** The person clicked a one-time raise of exactly this payment. */
  readonly isRaise: boolean;
  /** No signature of it exists, and none will. */
  neverSigned: boolean;
}

/** Clocks may differ by so much, which the windows allow for. */
const clockToleranceMs = 120_000;

/**
 * The world's real exposure: what was charged on the chain within a rolling window, and what still could be. One-time
 * raises stand beside the caps, so only the rest is summed.
 */
export function exposureAt(
  wall: Wall,
  dispatches: readonly Dispatch[],
  chains: Chains,
  trueMs: number,
): bigint {
  const window = wall.limit.endsWith('day') ? windowMs.day : windowMs.month;
  const fromMs = trueMs - window + clockToleranceMs;
  let sum = 0n;
  for (const dispatch of dispatches) {
    if (dispatch.isRaise || !counts(wall, dispatch.site)) continue;
    const charge = chains.chargeOf(dispatch.message);
    const open = !dispatch.neverSigned && chains.canBeCharged(dispatch.message);
    if (charge ? charge.atMs > fromMs : open) sum += dispatch.amount;
  }
  return sum;
}

/** The walls that a payment of this site stands before. */
export function wallsOf(site: Site): readonly Wall[] {
  if (site === panelSite) return [{ limit: 'panel-day' }];
  return [
    { limit: 'site-day', site },
    { limit: 'site-month', site },
    { limit: 'all-day' },
    { limit: 'all-month' },
  ];
}

function counts(wall: Wall, site: Site): boolean {
  if ('site' in wall) return wall.site === site;
  return (wall.limit === 'panel-day') === (site === panelSite);
}
