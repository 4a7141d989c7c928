import { mutants, ourPolicy } from './mutants.ts';
import { playSchedule } from './schedule.ts';

/** Some schedules to play, under our policy or a mutant's. */
export interface Job {
  readonly seed: number;
  readonly policy: string;
  readonly first: number;
  readonly count: number;
}

/** What came of some schedules. */
export interface Tally {
  readonly schedules: number;
  readonly steps: number;
  /** Messages that left for a wallet. */
  readonly dispatched: number;
  readonly onSolana: number;
  readonly charged: number;
  readonly raises: number;
  readonly kills: number;
  /** Schedules whose exposure came to 95 % of a cap or more. */
  readonly nearCap: number;
  /** Those that broke a promise. */
  readonly broken: readonly { readonly schedule: number; readonly promise: string }[];
}

/** Nothing played yet. */
export const emptyTally: Tally = {
  schedules: 0,
  steps: 0,
  dispatched: 0,
  onSolana: 0,
  charged: 0,
  raises: 0,
  kills: 0,
  nearCap: 0,
  broken: [],
};

/** Adds two up. */
export function addTallies(a: Tally, b: Tally): Tally {
  return {
    schedules: a.schedules + b.schedules,
    steps: a.steps + b.steps,
    dispatched: a.dispatched + b.dispatched,
    onSolana: a.onSolana + b.onSolana,
    charged: a.charged + b.charged,
    raises: a.raises + b.raises,
    kills: a.kills + b.kills,
    nearCap: a.nearCap + b.nearCap,
    broken: [...a.broken, ...b.broken].toSorted((one, other) => one.schedule - other.schedule),
  };
}

/** Plays a job, one schedule after the other. */
export async function playJob({ seed, policy: name, first, count }: Job): Promise<Tally> {
  const policy = policyNamed(name);
  let tally = emptyTally;
  for (let schedule = first; schedule < first + count; schedule += 1) {
    const { broken, dispatched, onSolana, charged, raises, kills, steps, nearest } = await playSchedule(
      seed,
      schedule,
      policy,
    );
    tally = addTallies(tally, {
      schedules: 1,
      steps,
      dispatched,
      onSolana,
      charged,
      raises,
      kills,
      nearCap: nearest >= 0.95 ? 1 : 0,
      broken: broken === undefined ? [] : [{ schedule, promise: broken }],
    });
  }
  return tally;
}

/** Our policy or a mutant, by its name. */
export function policyNamed(name: string) {
  const policy = [ourPolicy, ...mutants].find((other) => other.name === name);
  if (!policy) throw new Error(`There is no policy "${name}".`);
  return policy;
}
