import { firstTokenOf, perTokenOf } from './figures.ts';
import type { FirstToken, PerToken } from './figures.ts';
import { addedPerToken, cadences, firstToken } from './goals.ts';
import type { Goal } from './goals.ts';
import type { Measured } from './drive.ts';

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
  readonly goals: readonly Outcome[];
}

/** Turns pairs into figures and holds them against the goals. */
export function reportOf(measured: Measured): BenchReport {
  const first = firstTokenOf(cadences.flatMap((cadence) => measured[cadence]));
  const perToken = { '20 ms': perTokenOf(measured[20]), '5 ms': perTokenOf(measured[5]) };
  const goals = [
    outcome(firstToken, first.ratio),
    outcome(addedPerToken[20], perToken['20 ms'].addedMs),
    outcome(addedPerToken[5], perToken['5 ms'].addedMs),
  ];
  return {
    ok: goals.every(({ met }) => met),
    pairs: measured[20].length,
    firstToken: first,
    perToken,
    goals,
  };
}

/** The figures as rows: what, PaidChat, unguarded, compared, goal, and what the fastest tokens had added. */
export function rowsOf({ firstToken, perToken, goals }: BenchReport): string[][] {
  const sides = [firstToken, perToken['20 ms'], perToken['5 ms']];
  return goals.map(({ name, value, most, unit, met }, index) => {
    const side = sides[index];
    if (side === undefined) throw new Error(`Nothing was measured for "${name}".`);
    const goal = `≤ ${unit === 'ms' ? ms(most) : times(most)} ${met ? '✓' : '✗'}`;
    const compared = unit === 'ms' ? signed(value) : times(value);
    const atBest = 'addedAtBestMs' in side ? signed(side.addedAtBestMs) : '';
    return [name, ms(side.paidChatMs), ms(side.unguardedMs), compared, goal, atBest];
  });
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
