import { expiryMs } from '../../src/core/authorization.ts';
import { letHappen } from './happenings.ts';
import type { Policy } from './mutants.ts';
import { seededRandom } from './random.ts';
import { drawSettings } from './settings.ts';
import { solanaBlockMs, workOutAccounts } from './solana.ts';
import { openWorld, settled } from './world.ts';
import type { World } from './world.ts';

/** What came of one schedule. */
export interface Ended {
  /** The promise that broke; undefined where all held. */
  readonly broken: string | undefined;
  readonly trace: readonly string[];
  readonly steps: number;
  readonly dispatched: number;
  readonly onSolana: number;
  readonly charged: number;
  readonly raises: number;
  readonly kills: number;
  /** How near a cap the exposure came, at most: 1 is all of it. */
  readonly nearest: number;
}

const minute = 60_000;

/**
 * Plays one schedule of the world under a policy, the same for the same seed and number.
 *
 * @throws what nobody expected of the code under test
 */
export async function playSchedule(
  seed: number,
  number: number,
  policy: Policy,
  tracing = false,
): Promise<Ended> {
  await workOutAccounts();
  const random = seededRandom(seed, number);
  const world = openWorld({ random, settings: drawSettings(random), policy, tracing });
  const { chains, dispatches, trace } = world;
  world.act(world.person.begin(world.life));
  await world.drain();

  let steps = 0;
  while (steps < world.settings.steps && world.broken === undefined) {
    steps += 1;
    letHappen(world);
    await settled();
  }
  if (world.broken === undefined) await comeToRest(world, policy);
  world.end();
  return {
    broken: world.broken,
    trace,
    steps,
    dispatched: dispatches.length,
    onSolana: dispatches.filter(({ message }) => message.kind === 'svm').length,
    charged: dispatches.filter(({ message }) => chains.chargeOf(message)).length,
    raises: dispatches.filter(({ isRaise }) => isRaise).length,
    kills: world.kills,
    nearest: world.nearest,
  };
}

/** Nobody does anything any more, time passes and the nodes answer: now every payment has to end, and as it was. */
async function comeToRest(world: World, policy: Policy): Promise<void> {
  const { chain, chains, solana, clock, nodes, dispatches, acknowledged } = world;
  world.isDiskFull = false;
  world.diesAtWrite = undefined;
  chain.finalityMs = minute;
  solana.pace(solanaBlockMs);
  clock.set(world.trueMs);
  for (const node of nodes) node.mode = 'honest';
  world.pass(10 * minute);
  await world.drain();
  const endsMs = dispatches.map(({ message }) => expiryMs(message));
  world.pass(Math.max(0, ...endsMs.map((ms) => ms - world.trueMs)) + 60 * minute);
  await world.drain();
  world.restart('is stopped');
  await world.drain();
  world.pass(minute);
  world.look();
  await world.drain();

  const { ledger } = world.life;
  const proving = new Set<string>();
  for (const id of acknowledged)
    if ((await ledger.get(id)) === undefined) world.breaks(`${id} was reserved and is forgotten`);
  for (const { paymentId, message } of dispatches) {
    const row = await ledger.get(paymentId);
    const charge = chains.chargeOf(message);
    if (row?.state !== 'settled' && row?.state !== 'released')
      world.breaks(
        `${paymentId} is still ${row?.state ?? 'unknown'}, its message ${charge ? 'charged' : 'over'}`,
      );
    if (charge && row?.state === 'released') world.breaks(`${paymentId} was charged and is released`);
    // A policy that writes something else says nothing of what the chain has proved.
    if (row?.state !== 'settled' || row.proof !== 'chain' || policy.alter) continue;
    if (!charge) world.breaks(`${paymentId} is proved by the chain and was never charged`);
    if (message.kind !== 'svm' || row.transaction === undefined) continue;
    if (proving.has(row.transaction)) world.breaks(`${row.transaction} proves two payments`);
    proving.add(row.transaction);
  }
}
