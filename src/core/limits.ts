import { microUsdc } from './money.ts';
import type { MicroUsdc } from './money.ts';

/** The limits that can stop a payment, as screens name them. */
export type LimitName =
  'request' | 'site-day' | 'site-month' | 'all-day' | 'all-month' | 'panel-day' | 'per-minute';

/** What one site may cost. */
export interface SiteCaps {
  /** Above this a single payment always asks; the only limit that is a threshold and not a wall. */
  readonly request: MicroUsdc;
  /** Rolling 24 hours. */
  readonly day: MicroUsdc;
  /** Rolling 30 days. */
  readonly month: MicroUsdc;
}

/** What all sites together, the side panel, and a site without limits of its own may cost. */
export interface GlobalCaps {
  readonly allDay: MicroUsdc;
  readonly allMonth: MicroUsdc;
  /** The side panel's own bucket, rolling 24 hours; not part of the totals of all sites. */
  readonly panelDay: MicroUsdc;
  /** Of every site that the person has given no limits of its own. */
  readonly site: SiteCaps;
}

/** Limits of a site where the person has changed none. */
export const defaultSiteCaps: SiteCaps = {
  request: microUsdc(50_000n),
  day: microUsdc(500_000n),
  month: microUsdc(5_000_000n),
};

/** Limits that the person has not changed. */
export const defaultGlobalCaps: GlobalCaps = {
  allDay: microUsdc(2_000_000n),
  allMonth: microUsdc(20_000_000n),
  panelDay: microUsdc(1_000_000n),
  site: defaultSiteCaps,
};

/** Payments without a card that one site may make within a minute. */
export const paymentsPerMinute = 10;

/** Length of the two rolling windows, in milliseconds. */
export const windowMs = { day: 24 * 3_600_000, month: 30 * 24 * 3_600_000 } as const;

/** How long a grant lasts, and how long one that is not used. */
export const grantMs = { total: 90 * 24 * 3_600_000, unused: 30 * 24 * 3_600_000 } as const;

/** How long a one-time raise waits for its payment. */
export const overrideMs = 60_000;
