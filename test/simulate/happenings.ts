import type { Lie, NodeMode } from './nodes.ts';
import { solanaBlockMs } from './solana.ts';
import { at } from './world.ts';
import type { World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const lies: readonly Lie[] = ['blind', 'inventive', 'old', 'ahead'];
const clockErrors = [0, 0, 0, minute, 5 * minute, 3 * hour, 25 * hour, 3 * day, 31 * day] as const;

/** Lets one thing happen in the world: mostly, a step that waits goes on. */
export function letHappen(world: World): void {
  const { random, life, clock, chain, solana, settings } = world;
  const { trouble } = settings;
  if (life.isOver) world.restart('has died at a write');
  const what = random.weighted({
    goOn: world.waiting > 0 ? 60 : 0,
    buy: world.waiting > 8 ? 1 : 14,
    moment: 5,
    minutes: 3,
    hours: 1.2,
    day: 0.8,
    month: 0.2,
    look: 3,
    clock: trouble.clock,
    kill: 0.5 * trouble.kill,
    killAtWrite: 0.5 * trouble.kill,
    overlap: 0.3 * trouble.kill,
    node: 2,
    kept: 4,
    person: 1.5,
    finality: 0.5,
    pace: settings.onSolana,
    diskFull: world.isDiskFull ? 0 : 0.3 * trouble.kill,
    diskMended: world.isDiskFull ? 20 : 0,
  });
  switch (what) {
    case 'goOn':
      return world.goOn(random.int(0, world.waiting - 1));
    case 'buy':
      return world.buy();
    case 'moment':
      return world.pass(random.int(0, 5_000));
    case 'minutes':
      return world.pass(random.int(5_000, 12 * minute));
    case 'hours':
      return world.pass(random.int(12 * minute, 9 * hour));
    case 'day':
      return world.pass(random.int(12 * hour, 26 * hour));
    case 'month':
      return world.pass(random.int(5 * day, 31 * day));
    case 'look':
      return world.look();
    case 'clock':
      clock.set(world.trueMs + random.pick(clockErrors) * random.pick([1, -1]));
      return world.say(`the local clock is set to ${at(clock.nowMs())}`);
    case 'kill':
      return world.restart('is killed');
    case 'overlap':
      return world.overlap();
    case 'killAtWrite':
      world.diesAtWrite = random.pick(['die before', 'die after']);
      return undefined;
    case 'node':
      return changeNode(world);
    case 'kept':
      return world.outside.chargeKept();
    case 'person':
      return world.act(world.person.act(life));
    case 'finality':
      chain.finalityMs = random.pick([2_000, minute, 20 * minute, 3 * hour]);
      return undefined;
    case 'pace':
      solana.pace(solanaBlockMs * random.pick([1, 1, 1.5, 10, Infinity]));
      return world.say('Solana makes blocks as fast as it likes');
    case 'diskFull':
      world.isDiskFull = true;
      return world.say('the disk is full');
    case 'diskMended':
      world.isDiskFull = false;
      return world.say('the disk has room again');
  }
}

function changeNode(world: World): void {
  const { random, nodes, settings } = world;
  const index = random.int(0, nodes.length - 1);
  const node = nodes[index];
  if (!node) return;
  const modes: readonly NodeMode[] =
    index === settings.liar ? lies : ['down', 'garbage', 'behind', 'forgetful', 'brief'];
  node.mode = random.pick(['honest', ...modes]);
  world.say(`${node.url} is ${node.mode}`);
}
