import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { whenOrphaned } from '../orphaned.mjs';
import { mutants, ourPolicy } from './mutants.ts';
import { playJobs, serveJobs } from './pool.ts';
import { playSchedule } from './schedule.ts';
import { addTallies, emptyTally, policyNamed } from './tally.ts';
import type { Job, Tally } from './tally.ts';

const help = `npm run simulate -- [options]

Plays schedules of a simulated world (pages, wallets, gateways, chain, nodes, clocks, kills) over the real ledger, and
holds what was or could be charged on its chain against every limit. Plays up to 1,000 under each wrong policy of
test/simulate/mutants.ts too, until it is caught, and is itself broken where one that has to be is not. Ends with code 1
then, or where a promise breaks.

  --schedules NUMBER   how many under our policy (default: 2000)
  --seed NUMBER        the same seed plays the same schedules (default: 1)
  --schedule NUMBER    plays this one only, and prints all that happens in it
  --policy NAME        plays --schedule under a wrong policy
  --json               one JSON object as the last line
  --help               this text
`;

/** Within so many schedules each wrong policy has to be caught. */
const schedulesPerMutant = 1_000;
const schedulesPerJob = 100;
/** A wrong policy is mostly caught in few. */
const schedulesPerMutantJob = 10;
const shownFailures = 5;
/** Progress is shown at each of so many parts of the whole. */
const shownParts = 20;

if (isMainThread) {
  whenOrphaned(() => process.exit(1));
  process.exit(await main());
} else serveJobs();

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help' || 'mistake' in options) {
    say(options === 'help' ? help : `${options.mistake}\n\n${help}`);
    return options === 'help' ? 0 : 1;
  }
  const { seed, schedule, policy } = options;
  return schedule === undefined ? simulate(options) : replay(seed, schedule, policy);
}

async function simulate({ seed, schedules, json }: Options): Promise<number> {
  const beganAt = performance.now();
  const beganCpu = process.cpuUsage();
  const threads = availableParallelism();
  const tallies = new Map<string, Tally>();
  const jobs = [
    ...mutants.flatMap(({ name }) => jobsOf(seed, name, schedulesPerMutant, schedulesPerMutantJob)),
    ...jobsOf(seed, ourPolicy.name, schedules, schedulesPerJob),
  ];
  const sofar = (policy: string) => tallies.get(policy) ?? emptyTally;
  const isNeeded = ({ policy }: Job) => policy === ourPolicy.name || sofar(policy).broken.length === 0;
  const elapsed = () => duration(performance.now() - beganAt);
  let shown = 0;
  say(
    `Playing ${grouped(schedules)} schedules with seed ${seed} on ${threads} threads. Before them, each of ${mutants.length} wrong ` +
      `policies plays until it is caught, at most ${grouped(schedulesPerMutant)}.`,
  );
  await playJobs(import.meta.url, jobs, threads, isNeeded, ({ policy }, tally) => {
    tallies.set(policy, addTallies(sofar(policy), tally));
    if (policy === ourPolicy.name)
      for (const { schedule, promise } of tally.broken)
        process.stderr.write(`  schedule ${schedule} broke a promise: ${promise}\n`);
    const { schedules: played, broken } = sofar(ourPolicy.name);
    const part = Math.floor((shownParts * played) / schedules);
    if (part === shown) return;
    shown = part;
    process.stderr.write(
      `  ${(100 * part) / shownParts} %: ${grouped(played)} schedules in ${elapsed()}, ${broken.length} broken\n`,
    );
  });

  const { broken, ...ours } = sofar(ourPolicy.name);
  const caught = mutants.map(({ name, isRarelyCaught = false }) => {
    const { schedules: of, broken: caughtIn } = sofar(name);
    return { name, first: caughtIn[0]?.schedule, of, required: !isRarelyCaught };
  });
  const seconds = round((performance.now() - beganAt) / 1000);
  const { user, system } = process.cpuUsage(beganCpu);
  const cpuSeconds = round((user + system) / 1e6);
  const missed = caught.filter(({ first, required }) => required && first === undefined);
  const ok = broken.length === 0 && missed.length === 0;

  say('Wrong policies:');
  for (const { name, first, of, required } of caught) {
    const missing = required ? 'NOT CAUGHT' : 'not caught, which may be';
    say(
      `  ${name}: ${first === undefined ? `${missing}, in ${grouped(of)}` : `broke a promise in schedule ${first}`}`,
    );
  }
  for (const { schedule, promise } of broken.slice(0, shownFailures)) {
    say(`\nSchedule ${schedule} broke a promise: ${promise}`);
    say(`  npm run simulate -- --seed ${seed} --schedule ${schedule}`);
  }
  const [firstBroken] = broken;
  if (firstBroken) await replay(seed, firstBroken.schedule, ourPolicy.name);
  const outcome =
    broken.length === 0 ? 'kept every promise' : `broke a promise in ${grouped(broken.length)} of them`;
  say(
    `PaidChat ${outcome} in ${grouped(ours.schedules)} schedules with seed ${seed}, in which ${grouped(ours.dispatched)} messages left ` +
      `for a wallet (${grouped(ours.onSolana)} on Solana), ${grouped(ours.charged)} were charged, the person clicked ` +
      `${grouped(ours.raises)} raises, the background was killed ${grouped(ours.kills)} times, and ` +
      `${percent(ours.nearCap, ours.schedules)} of the schedules came to a limit.`,
  );
  const required = caught.filter((one) => one.required);
  say(
    `${required.length - missed.length} of the ${required.length} wrong policies that have to be caught were. It took ${elapsed()} and ` +
      `${cpuSeconds} s of processor time; other work on the machine shows in it (load ${round(loadavg()[0] ?? 0)}).`,
  );
  if (json) {
    const report = {
      ok,
      seed,
      ...ours,
      broken: broken.length,
      mutants: caught,
      seconds,
      cpuSeconds,
      threads,
    };
    say(JSON.stringify(report));
  }
  return ok ? 0 : 1;
}

async function replay(seed: number, schedule: number, policy: string): Promise<number> {
  const { trace, broken } = await playSchedule(seed, schedule, policyNamed(policy), true);
  for (const line of trace) say(line);
  say(broken === undefined ? 'Every promise held.' : `Broken: ${broken}`);
  return broken === undefined ? 0 : 1;
}

function jobsOf(seed: number, policy: string, schedules: number, perJob: number): readonly Job[] {
  return Array.from({ length: Math.ceil(schedules / perJob) }, (_, index) => {
    const first = index * perJob + 1;
    return { seed, policy, first, count: Math.min(perJob, schedules - first + 1) };
  });
}

interface Options {
  readonly schedules: number;
  readonly seed: number;
  readonly schedule: number | undefined;
  readonly policy: string;
  readonly json: boolean;
}

function readOptions(args: readonly string[]): Options | 'help' | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        schedules: { type: 'string', default: '2000' },
        seed: { type: 'string', default: '1' },
        schedule: { type: 'string' },
        policy: { type: 'string', default: ourPolicy.name },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const whole = (name: string, text: string) => {
      if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} is a number from 1 on, not "${text}".`);
      return Number(text);
    };
    policyNamed(values.policy);
    return {
      schedules: whole('schedules', values.schedules),
      seed: whole('seed', values.seed),
      schedule: values.schedule === undefined ? undefined : whole('schedule', values.schedule),
      policy: values.policy,
      json: values.json,
    };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

/** As a person reads a large number. */
function grouped(value: number): string {
  return value.toLocaleString('en');
}

/** "45 s", "4 min 5 s". */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
