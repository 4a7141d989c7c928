import { defaultSiteCaps } from '../../core/limits.ts';
import { microUsdc, noMoney, parseMicroUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { ApprovalAnswer, ApprovalCard } from '../../protocol/panel.ts';
import { judgeCap, readTypedAmount, roundUpHandily } from '../amountEdit.ts';
import { fillsUp, readLimits } from '../limitModel.ts';
import type { Limit } from '../limitModel.ts';

/** What the buttons and bars of a card need, worked out once. */
export interface CardModel {
  /** No payment: the site asks for permission only. */
  readonly asks: 'payment' | 'permission';
  /** What would be paid; nothing for a permission. */
  readonly amount: MicroUsdc;
  readonly changedFrom?: MicroUsdc;
  /** Limits that money fills up. */
  readonly limits: readonly Limit[];
  /** Limits that this payment would pass; when there are any, they replace the first two buttons. */
  readonly exceeded: readonly Limit[];
  /** Those that an amount can raise. */
  readonly raisable: readonly Limit[];
  /** The amount a day that the allow button starts with. */
  readonly startDay: MicroUsdc;
  /** Less than this a day would not even cover the present payment. */
  readonly leastDay: MicroUsdc;
  readonly suggestedDay?: MicroUsdc;
  /** An earlier payment for the same, which may still be charged. */
  readonly earlier?: MicroUsdc;
}

/** Amounts to choose from for a day. */
export const dayPresets: readonly MicroUsdc[] = [100_000n, 250_000n, 500_000n].map(microUsdc);

/** Reads a card; undefined when an amount that matters is unreadable, and then nothing may be paid. */
export function readCard(card: ApprovalCard): CardModel | undefined {
  const amount = card.payment === undefined ? noMoney : parseMicroUsdc(card.payment.amount);
  const exceeded = readLimits(card.exceeded);
  if (amount === undefined || exceeded.length !== card.exceeded.length) return undefined;
  const limits = readLimits(card.use).filter(fillsUp);
  const suggestedDay = parseMicroUsdc(card.suggestedDay);
  const changedFrom = parseMicroUsdc(card.payment?.changedFrom);
  const earlier = parseMicroUsdc(card.payment?.earlier);
  const siteDay = limits.find(({ limit }) => limit === 'site-day');
  const leastDay = microUsdc((siteDay?.used ?? 0n) + amount);
  return {
    asks: card.payment === undefined ? 'permission' : 'payment',
    amount,
    limits,
    exceeded,
    raisable: exceeded.filter(({ limit }) => limit !== 'per-minute'),
    startDay: startOf(siteDay?.cap ?? defaultSiteCaps.day, suggestedDay, leastDay),
    leastDay,
    ...(suggestedDay === undefined ? {} : { suggestedDay }),
    ...(earlier === undefined ? {} : { earlier }),
    ...(changedFrom === undefined || changedFrom === amount ? {} : { changedFrom }),
  };
}

/** A site's wish can make the first amount smaller, never larger than what the person's own limit is. */
function startOf(own: MicroUsdc, wish: MicroUsdc | undefined, least: MicroUsdc): MicroUsdc {
  const start = wish !== undefined && wish > 0n && wish < own ? wish : own;
  return start < least ? roundUpHandily(least) : start;
}

/** What a typed amount a day leads to. */
export type DayChoice =
  | { readonly kind: 'unclear' }
  | { readonly kind: 'too-low'; readonly least: MicroUsdc }
  | { readonly kind: 'good'; readonly day: MicroUsdc };

/** Reads the amount a day that the person typed. */
export function readDay(typed: string, model: CardModel): DayChoice {
  const day = readTypedAmount(typed);
  if (day === undefined) return { kind: 'unclear' };
  if (day < model.leastDay || day === 0n) return { kind: 'too-low', least: leastShown(model.leastDay) };
  return { kind: 'good', day };
}

function leastShown(least: MicroUsdc): MicroUsdc {
  return least === 0n ? microUsdc(10_000n) : least;
}

/** What a passed limit would have to be at least. */
function neededCap(limit: Limit, amount: MicroUsdc): MicroUsdc {
  return limit.limit === 'request' ? amount : microUsdc(limit.used + amount);
}

/** What stands in a passed limit's field first. */
export function proposedCap(limit: Limit, amount: MicroUsdc): MicroUsdc {
  return roundUpHandily(neededCap(limit, amount));
}

/** What one typed new limit leads to. */
export type RaiseChoice =
  | { readonly kind: 'unclear' }
  | { readonly kind: 'too-low'; readonly least: MicroUsdc }
  | { readonly kind: 'good'; readonly cap: MicroUsdc };

/** Reads one typed new limit: it must be a raise, and cover this payment. */
export function readRaise(typed: string, limit: Limit, amount: MicroUsdc): RaiseChoice {
  const change = judgeCap(limit.cap, typed);
  if (change.kind === 'unclear') return change;
  const needed = neededCap(limit, amount);
  if (change.kind !== 'raise' || change.cap < needed) return { kind: 'too-low', least: needed };
  return { kind: 'good', cap: change.cap };
}

/** The answer that raises every passed limit, or undefined while one of the fields is not good. */
export function raiseAnswer(
  model: CardModel,
  typed: Readonly<Record<string, string>>,
): ApprovalAnswer | undefined {
  const limits: { limit: Limit['limit']; cap: string }[] = [];
  for (const limit of model.raisable) {
    const choice = readRaise(typed[limit.limit] ?? '', limit, model.amount);
    if (choice.kind !== 'good') return undefined;
    limits.push({ limit: limit.limit, cap: choice.cap.toString() });
  }
  return limits.length === 0 ? undefined : { choice: 'raise', limits };
}
