import { windowMs } from './limits.ts';
import { microUsdc } from './money.ts';
import type { MicroUsdc } from './money.ts';
import type { OpenPayment } from './ledger.ts';
import type { CarriedUse } from './quarantine.ts';
import { panelSite } from './site.ts';
import type { Site } from './site.ts';

/** What has been used of one limit; `held` is the part of `used` that is not settled. */
export interface Used {
  readonly used: MicroUsdc;
  readonly held: MicroUsdc;
}

/** What has been used of every wall that a payment of one site can meet. */
export interface Usage {
  readonly siteDay: Used;
  readonly siteMonth: Used;
  /** All websites together, without the side panel. */
  readonly allDay: Used;
  readonly allMonth: Used;
  readonly panelDay: Used;
}

/** What a sum is kept for: one site (the panel among them), or all websites together. */
export type Scope = Site | 'all';

/** Settled amounts that still lie in the windows of one scope. */
export interface Settled {
  readonly day: MicroUsdc;
  readonly month: MicroUsdc;
}

/** Settled sums are kept by the hour and by the day, counted from the Unix epoch. */
export const bucketMs = { hour: 3_600_000, day: 24 * 3_600_000 } as const;

const hoursPerDay = bucketMs.day / bucketMs.hour;

/** Clocks of gateways, blocks and this machine may differ by so much. */
const clockToleranceMs = 120_000;

/** The scopes that a payment of this site counts in. */
export function scopesOf(site: Site): readonly Scope[] {
  return site === panelSite ? [panelSite] : [site, 'all'];
}

/**
 * "Now" for a window: a local clock set forward must not empty it, so the latest time that a gateway or a block has
 * shown holds it back.
 */
export function windowNow(localMs: number, latestSeenMs: number | undefined): number {
  return latestSeenMs === undefined ? localMs : Math.min(localMs, latestSeenMs + clockToleranceMs);
}

/**
 * "Now" for what is settled. Before a gateway or a block has shown any time, a local clock set forward could empty every
 * window, so nothing has left one yet.
 */
export function settledNow(localMs: number, latestSeenMs: number | undefined): number {
  return latestSeenMs === undefined ? -Infinity : windowNow(localMs, latestSeenMs);
}

/** The buckets that a settled amount is added to. */
export function bucketsOf(countsFromMs: number): { readonly hour: number; readonly day: number } {
  return {
    hour: Math.floor(countsFromMs / bucketMs.hour),
    day: Math.floor(countsFromMs / bucketMs.day),
  };
}

/** The buckets whose sums make up the windows. Whatever lies in the future counts: open ends are open. */
export interface WindowBuckets {
  /** The day window: hours from this one on. */
  readonly dayFromHour: number;
  /** The month window: the hours of its first, broken day from this one to before that one, … */
  readonly monthFromHour: number;
  readonly monthUntilHour: number;
  /** … then whole days from this one on: some eighty sums to read instead of 720. */
  readonly monthFromDay: number;
}

/** Which buckets lie in the windows. A bucket counts until its end has left the window: rounding frees nothing early. */
export function windowBuckets(nowMs: number): WindowBuckets {
  const monthFromHour = Math.floor((nowMs - windowMs.month) / bucketMs.hour);
  const monthFromDay = Math.ceil(monthFromHour / hoursPerDay);
  return {
    dayFromHour: Math.floor((nowMs - windowMs.day) / bucketMs.hour),
    monthFromHour,
    monthUntilHour: monthFromDay * hoursPerDay,
    monthFromDay,
  };
}

/**
 * What is used of each limit: what is settled in its window, every open payment for as long as it is open, and what
 * stands for lost payments, which may have been anybody's.
 */
export function usageOf(
  site: Site,
  settled: { readonly site: Settled; readonly all: Settled; readonly panel: Settled },
  open: readonly OpenPayment[],
  carried: CarriedUse,
): Usage {
  let siteHeld = 0n;
  let allHeld = 0n;
  let panelHeld = 0n;
  for (const payment of open) {
    if (payment.site === site) siteHeld += payment.amount;
    if (payment.site === panelSite) panelHeld += payment.amount;
    else allHeld += payment.amount;
  }
  const use = (window: 'day' | 'month', sums: Settled, held: bigint): Used => ({
    used: microUsdc(sums[window] + held + carried[window]),
    held: microUsdc(held + carried.held),
  });
  return {
    siteDay: use('day', settled.site, siteHeld),
    siteMonth: use('month', settled.site, siteHeld),
    allDay: use('day', settled.all, allHeld),
    allMonth: use('month', settled.all, allHeld),
    panelDay: use('day', settled.panel, panelHeld),
  };
}
