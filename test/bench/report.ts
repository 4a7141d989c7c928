import { firstTokenOf, ledgerOf, perTokenOf } from './figures.ts';
import type { FirstToken, LedgerFigures, PerToken } from './figures.ts';
import { addedPerToken, cadences, firstToken, ready, reservation, reservationGrowth } from './goals.ts';
import type { Goal } from './goals.ts';
import type { Measured } from './drive.ts';
import type { LedgerTimes } from './driveLedger.ts';

/** A goal and what was measured. */
export interface Outcome extends Goal {
  readonly value: number;
  readonly met: boolean;
}

/** What one run says. */
export interface BenchReport {
  readonly ok: boolean;
  readonly pairs: number;
  readonly firstToken: FirstToken;
  readonly perToken: Readonly<Record<`${(typeof cadences)[number]} ms`, PerToken>>;
  readonly ledger: LedgerFigures;
  readonly goals: readonly Outcome[];
}

/** Turns what was measured into figures and holds them against the goals. */
export function reportOf(measured: Measured, times: LedgerTimes): BenchReport {
  const first = firstTokenOf(cadences.flatMap((cadence) => measured[cadence]));
  const perToken = { '20 ms': perTokenOf(measured[20]), '5 ms': perTokenOf(measured[5]) };
  const ledger = ledgerOf(times);
  const goals = [
    outcome(firstToken, first.ratio),
    outcome(addedPerToken[20], perToken['20 ms'].addedMs),
    outcome(addedPerToken[5], perToken['5 ms'].addedMs),
    outcome(reservation, ledger.many.p95Ms),
    outcome(reservationGrowth, ledger.ratio),
    outcome(ready, ledger.ready.p95Ms),
  ];
  return {
    ok: goals.every(({ met }) => met),
    pairs: measured[20].length,
    firstToken: first,
    perToken,
    ledger,
    goals,
  };
}

/** What answers cost as rows: what, PaidChat, unguarded, compared, goal, and what the fastest tokens had added. */
export function answerRowsOf({ firstToken, perToken, goals }: BenchReport): string[][] {
  const sides = [firstToken, perToken['20 ms'], perToken['5 ms']];
  return sides.map((side, index) => {
    const goal = at(goals, index);
    const compared = goal.unit === 'ms' ? signed(goal.value) : times(goal.value);
    const atBest = 'addedAtBestMs' in side ? signed(side.addedAtBestMs) : '';
    return [goal.name, ms(side.paidChatMs), ms(side.unguardedMs), compared, goalText(goal), atBest];
  });
}

/** What the ledger costs as rows: what, measured, median, goal. */
export function ledgerRowsOf({ ledger, goals }: BenchReport): string[][] {
  const medians = [ms(ledger.many.medianMs), '', ms(ledger.ready.medianMs)];
  return medians.map((middle, index) => {
    const goal = at(goals, index + 3);
    return [goal.name, goal.unit === 'ms' ? ms(goal.value) : times(goal.value), middle, goalText(goal)];
  });
}

function at(goals: readonly Outcome[], index: number): Outcome {
  const goal = goals[index];
  if (goal === undefined) throw new Error(`There is no goal ${index}.`);
  return goal;
}

function goalText({ unit, most, met }: Outcome): string {
  return `≤ ${unit === 'ms' ? ms(most) : times(most)} ${met ? '✓' : '✗'}`;
}

function outcome(goal: Goal, value: number): Outcome {
  return { ...goal, value, met: value <= goal.most };
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${ms(Math.abs(value))}`;
}

function times(value: number): string {
  return `${value.toFixed(2)} times`;
}
