import type { LedgerTimes } from './driveLedger.ts';
import type { Timing } from './page.ts';

/** The same question through PaidChat and through the unguarded client, one right after the other. */
export interface Pair {
  readonly paidChat: Timing;
  readonly unguarded: Timing;
}

/** Medians over all pairs, in milliseconds. */
export interface FirstToken {
  readonly paidChatMs: number;
  readonly unguardedMs: number;
  /** Of the two medians. */
  readonly ratio: number;
}

/** How late tokens come, in milliseconds. */
export interface PerToken {
  readonly paidChatMs: number;
  readonly unguardedMs: number;
  /** Median over the pairs of the difference between the median tokens of both. */
  readonly addedMs: number;
  /** The same of the fastest tenth of the tokens: what is left of it where nothing else wanted the processors. */
  readonly addedAtBestMs: number;
}

/** What the pairs say about the time to the first token. */
export function firstTokenOf(pairs: readonly Pair[]): FirstToken {
  const paidChatMs = median(pairs.map(({ paidChat }) => paidChat.firstTokenMs));
  const unguardedMs = median(pairs.map(({ unguarded }) => unguarded.firstTokenMs));
  return { paidChatMs, unguardedMs, ratio: paidChatMs / unguardedMs };
}

/** What the pairs say about every token: both sides of a pair had the same clocks and nearly the same load. */
export function perTokenOf(pairs: readonly Pair[]): PerToken {
  const each = pairs.map(({ paidChat, unguarded }) => ({
    paidChat: median(paidChat.delaysMs),
    unguarded: median(unguarded.delaysMs),
  }));
  return {
    paidChatMs: median(each.map(({ paidChat }) => paidChat)),
    unguardedMs: median(each.map(({ unguarded }) => unguarded)),
    addedMs: median(each.map(({ paidChat, unguarded }) => paidChat - unguarded)),
    addedAtBestMs: median(
      pairs.map(
        ({ paidChat, unguarded }) => quantile(paidChat.delaysMs, 0.1) - quantile(unguarded.delaysMs, 0.1),
      ),
    ),
  };
}

/** Several times of one thing, in milliseconds. */
export interface Spread {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** What the ledger costs. */
export interface LedgerFigures {
  /** A reservation with few payments stored, and with many. */
  readonly few: Spread;
  readonly many: Spread;
  /** Of the two medians. */
  readonly ratio: number;
  /** A start of the background with many. */
  readonly ready: Spread;
}

/** What the ledger's times say. */
export function ledgerOf({ few, many, ready }: LedgerTimes): LedgerFigures {
  return {
    few: spreadOf(few),
    many: spreadOf(many),
    ratio: median(many) / median(few),
    ready: spreadOf(ready),
  };
}

function spreadOf(times: readonly number[]): Spread {
  return { medianMs: median(times), p95Ms: quantile(times, 0.95) };
}

/** The middle one, or the mean of the middle two. @throws where there is none */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part of them lies, between two of them in proportion. @throws where there is none */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) throw new Error('There is nothing to measure.');
  return below + (above - below) * (at - Math.floor(at));
}
