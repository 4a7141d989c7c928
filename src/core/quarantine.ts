import { windowMs } from './limits.ts';
import type { GlobalCaps } from './limits.ts';
import { microUsdc, noMoney, sumMicroUsdc } from './money.ts';
import type { MicroUsdc } from './money.ts';

/** What is wrong with the record of payments, so that nothing is paid until the person has agreed to go on. */
export type LossCause =
  /** Payments are known of, and the database has none. */
  | 'empty'
  /** The database is older than what was known of it. */
  | 'behind'
  /** A record in it is not what we wrote, or its sums are not those of its payments. */
  | 'damaged'
  /** It cannot be read at all. */
  | 'unreadable'
  /** The witness beside the database is damaged: nobody can tell what it had seen. */
  | 'witness-damaged'
  /** The witness cannot be read: nobody can tell whether there is one, nor what it had seen. */
  | 'witness-unreadable';

/** What was spent and could still be charged, as far as it was known at a time. */
export interface KnownSpending {
  readonly atMs: number;
  /** Settled in the 24 hours and 30 days that ended then, websites and side panel together. */
  readonly day: MicroUsdc;
  readonly month: MicroUsdc;
  /** What could still be charged, and until when at the latest. */
  readonly openTotal: MicroUsdc;
  readonly latestExpiryMs: number;
}

/** A record of payments that cannot be trusted, and what is known in its place. */
export interface Loss {
  readonly cause: LossCause;
  /** Undefined: nobody can tell. */
  readonly known: KnownSpending | undefined;
}

/** How much of what lost records stand for counts now. */
export interface CarriedUse {
  readonly day: MicroUsdc;
  readonly month: MicroUsdc;
  /** The part of both that may still be charged, and until when it is held as such. */
  readonly held: MicroUsdc;
  readonly heldUntilMs: number;
}

/** Clocks, whole hours and blocks that come late: what was lost counts so much longer. */
export const carriedMarginMs = 3_600_000;

/**
 * What counts in place of lost payments. Nobody knows whose they were, so it counts for every site and the side panel
 * alike. What could still be charged is held until that is over, and then counts as charged: no proof can free it.
 */
export function carriedUse(list: readonly KnownSpending[], nowMs: number): CarriedUse {
  if (list.length === 0) return nothingCarried;
  const openWithin = (windowMs: number) =>
    sumMicroUsdc(
      list
        .filter(({ latestExpiryMs }) => nowMs < heldUntilMs(latestExpiryMs) + windowMs)
        .map(({ openTotal }) => openTotal),
    );
  const since = (windowMs: number) => list.filter(({ atMs }) => nowMs < atMs + carriedMarginMs + windowMs);
  const day = sumMicroUsdc(since(windowMs.day).map((lost) => lost.day));
  const month = sumMicroUsdc(since(windowMs.month).map((lost) => lost.month));
  const ends = list.map(({ latestExpiryMs }) => heldUntilMs(latestExpiryMs)).filter((endMs) => nowMs < endMs);
  return {
    day: sumMicroUsdc([day, openWithin(windowMs.day)]),
    month: sumMicroUsdc([month, openWithin(windowMs.month)]),
    held: openWithin(0),
    heldUntilMs: Math.max(0, ...ends),
  };
}

const nothingCarried: CarriedUse = { day: noMoney, month: noMoney, held: noMoney, heldUntilMs: 0 };

/** Until when an amount is held whose payments are lost; before all time where nothing was out. */
export function heldUntilMs(latestExpiryMs: number): number {
  return latestExpiryMs === 0 ? -Infinity : latestExpiryMs + carriedMarginMs;
}

/** Where nobody can tell what was spent, it counts as all that the limits let through. */
export function allThatLimitsAllow({ allDay, allMonth, panelDay }: GlobalCaps, nowMs: number): KnownSpending {
  const days = windowMs.month / windowMs.day;
  return {
    atMs: nowMs,
    day: sumMicroUsdc([allDay, panelDay]),
    month: sumMicroUsdc([allMonth, ...Array.from({ length: days }, () => panelDay)]),
    openTotal: noMoney,
    latestExpiryMs: 0,
  };
}

/**
 * What of the known spending an older copy of the database does not have. What was open may have ended since, so all of
 * it counts; what the copy has settled is part of what was known.
 */
export function missingFrom(
  known: KnownSpending,
  inCopy: { readonly day: MicroUsdc; readonly month: MicroUsdc },
): KnownSpending {
  const less = (all: MicroUsdc, some: MicroUsdc) => (all > some ? microUsdc(all - some) : noMoney);
  return { ...known, day: less(known.day, inCopy.day), month: less(known.month, inCopy.month) };
}
