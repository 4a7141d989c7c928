import { Failure } from '../../src/core/failure.ts';
import { IllegalTransition } from '../../src/core/ledger.ts';
import type { FakeClock } from '../fakes/clock.ts';
import { fakeClock } from '../fakes/clock.ts';
import { chainsOf, openChain } from './chain.ts';
import type { Chain, Chains } from './chain.ts';
import { beginLife } from './life.ts';
import type { Life } from './life.ts';
import { installKeyRange, memoryDisk } from './memoryDatabase.ts';
import type { Policy } from './mutants.ts';
import { openNode } from './nodes.ts';
import type { Node } from './nodes.ts';
import { exposureAt, wallsOf } from './oracle.ts';
import type { Dispatch, Wall } from './oracle.ts';
import { markOf, openOutside, short } from './outside.ts';
import type { Outside } from './outside.ts';
import { openPerson } from './person.ts';
import type { Person } from './person.ts';
import { purchase } from './purchase.ts';
import type { Market } from './purchase.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';
import { openSolana } from './solana.ts';
import type { Solana } from './solana.ts';

/** Everything of one schedule: the background and what it stands on, the world outside, and the oracle. */
export interface World {
  readonly settings: Settings;
  readonly random: Random;
  readonly clock: FakeClock;
  readonly chain: Chain;
  readonly solana: Solana;
  readonly chains: Chains;
  readonly nodes: readonly Node[];
  readonly outside: Outside;
  readonly person: Person;
  /** The background that lives now. */
  readonly life: Life;
  readonly trueMs: number;
  /** Every message that left for a wallet. */
  readonly dispatches: readonly Dispatch[];
  /** Payments that the ledger has said are reserved. */
  readonly acknowledged: ReadonlySet<string>;
  readonly kills: number;
  /** How near a cap the exposure came, at most: 1 is all of it. */
  readonly nearest: number;
  /** The first promise that broke. */
  readonly broken: string | undefined;
  readonly trace: readonly string[];
  /** How the next write ends the background, if it does. */
  diesAtWrite: 'die before' | 'die after' | undefined;
  isDiskFull: boolean;
  /** Somebody wants an answer, for some amount or for what exactly fills a cap. */
  buy(): void;
  /** The person does something. */
  act(work: Promise<void>): void;
  pass(ms: number): void;
  /** A useful time to look at the chain. */
  look(): void;
  restart(why: string): void;
  /** Another background starts before this one has died. */
  overlap(): void;
  /** How many steps wait. */
  readonly waiting: number;
  /** Lets one step that waits go on. */
  goOn(which: number): void;
  /** Everything that waits goes on, in order. */
  drain(): Promise<void>;
  breaks(promise: string): void;
  /** @throws what nobody expected of the code under test */
  end(): void;
  say(text: string): void;
}

const minute = 60_000;
const startMs = Date.UTC(2026, 0, 15, 12);

/** Lets everything run that waits for nothing but its turn: Node comes to the next tick when no promise has one left. */
export const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));

/** Opens the world of one schedule. */
export function openWorld(deps: {
  readonly random: Random;
  readonly settings: Settings;
  readonly policy: Policy;
  readonly tracing: boolean;
}): World {
  installKeyRange();
  const { random, policy, tracing } = deps;
  const trouble = { ...deps.settings.trouble, ...policy.trouble };
  const settings = { ...deps.settings, trouble, onSolana: policy.onSolana ?? deps.settings.onSolana };
  const trace: string[] = [];
  const say = (text: string) => {
    if (tracing) trace.push(`${at(trueMs)} ${text}`);
  };
  let trueMs = startMs;
  const clock = fakeClock(startMs);
  const chain = openChain(() => trueMs);
  chain.finalityMs = random.pick([2_000, minute, 20 * minute]);
  const solana = openSolana(() => trueMs);
  const chains = chainsOf(chain, solana);
  const urls = Array.from({ length: settings.nodes }, (_, index) => `https://node${index + 1}.example`);
  const nodes = urls.map((url) => openNode(url, chain, solana, () => trueMs));
  const person = openPerson(random, settings, say);
  const disk = memoryDisk(policy.blindIndexes);
  const witness = new Map<string, unknown>();
  const dispatches: Dispatch[] = [];
  const acknowledged = new Set<string>();
  let unexpected: { readonly error: unknown } | undefined;
  let broken: string | undefined;
  let nearest = 0;
  let kills = 0;
  let numbers = 0;

  const breaks = (promise: string) => {
    broken ??= promise;
    say(`BROKEN: ${promise}`);
  };
  const outside = openOutside({
    chains,
    nodes,
    random,
    trouble,
    say,
    trueMs: () => trueMs,
    messageOf(mark) {
      const dispatch = dispatches.find(({ message }) => markOf(message) === mark);
      if (!dispatch) throw new Error('A message that nobody dispatched.');
      return dispatch.message;
    },
  });

  /** Only a dispatch raises the exposure, so it is held against every cap there. */
  const holdAgainstCaps = (dispatch: Dispatch, capMark: number) => {
    for (const wall of wallsOf(dispatch.site)) {
      const exposure = exposureAt(wall, dispatches, chains, trueMs);
      const cap = person.capOf(wall, capMark);
      nearest = Math.max(nearest, Number(exposure) / Number(cap));
      if (exposure <= cap || dispatch.isRaise) continue;
      const whose = 'site' in wall ? wall.site : 'all';
      breaks(`${exposure} could be charged where ${whose} may cost ${cap} (${wall.limit})`);
    }
  };
  const market: Market = {
    random,
    outside,
    person,
    policy,
    disk,
    say,
    newNumber: () => (numbers += 1),
    acknowledged(paymentId) {
      say(`${paymentId} is reserved`);
      acknowledged.add(paymentId);
    },
    dispatched(dispatch, capMark) {
      const { amount, site, message, isRaise } = dispatch;
      if (!dispatches.includes(dispatch)) dispatches.push(dispatch);
      say(`${short(message)} of ${amount} for ${site} leaves for the wallet${isRaise ? ', a raise' : ''}`);
      holdAgainstCaps(dispatch, capMark);
    },
  };

  const begin = (): Life => {
    policy.atStart?.(disk);
    const begun = beginLife({
      clock,
      disk,
      rpcUrls: policy.asksOneNode ? urls.slice(0, 1) : urls,
      notesSeenTimes: policy.ignoresSeenTimes !== true,
      alter: policy.alter ?? ((event) => event),
      writer: `start-${kills}`,
      witness: {
        entries: async (prefix) => [...witness].filter(([key]) => key.startsWith(prefix)),
        set: async (key, value) => void witness.set(key, value),
        remove: async (keys) => {
          for (const key of keys) witness.delete(key);
        },
        clear: async () => witness.clear(),
      },
      post: (...request) => outside.post(...request),
      fate() {
        if (world.isDiskFull) return 'full';
        const fate = world.diesAtWrite ?? 'keep';
        world.diesAtWrite = undefined;
        return fate;
      },
    });
    begun.ready.catch((error: unknown) => {
      const isSuperseded = error instanceof Failure && error.reason === 'superseded';
      if (!world.isDiskFull && !isSuperseded) breaks(`the ledger does not open: ${String(error)}`);
    });
    return begun;
  };
  const doing = (work: Promise<void>) => {
    work.catch((error: unknown) => {
      if (error instanceof Failure || error instanceof IllegalTransition) return;
      unexpected ??= { error };
    });
  };

  const world: World = {
    settings,
    random,
    clock,
    chain,
    solana,
    chains,
    nodes,
    outside,
    person,
    dispatches,
    acknowledged,
    trace,
    diesAtWrite: undefined,
    isDiskFull: false,
    get life() {
      return life;
    },
    get trueMs() {
      return trueMs;
    },
    get kills() {
      return kills;
    },
    get nearest() {
      return nearest;
    },
    get broken() {
      return broken ?? (unexpected && 'the code under test threw');
    },
    buy() {
      const site = random.pick(settings.sites);
      const wall = random.pick(wallsOf(site) as [Wall, ...Wall[]]);
      const left = person.capOf(wall, person.capMark()) - exposureAt(wall, dispatches, chains, trueMs);
      const onSolana = random.chance(settings.onSolana);
      const earlier = onSolana && random.chance(0.3) ? dispatches.findLast(isOnSolana) : undefined;
      const amount = left > 0n && random.chance(0.5) ? left : settings.amount();
      doing(purchase(market, life, { site, amount: earlier?.amount ?? amount, onSolana, earlier }));
    },
    act: doing,
    pass(ms) {
      trueMs += ms;
      clock.advance(ms);
    },
    look() {
      policy.onLook?.(disk, clock.nowMs());
      void life.recovery.prove();
    },
    restart(why) {
      life.end();
      older?.end();
      kills += 1;
      say(`the background ${why} and starts again`);
      life = begin();
    },
    overlap() {
      older?.end();
      older = life;
      kills += 1;
      say('another background starts while this one lives');
      life = begin();
    },
    get waiting() {
      return life.waiting + (older?.waiting ?? 0);
    },
    goOn(which) {
      const what = which < life.waiting ? life.goOn(which) : older?.goOn(which - life.waiting);
      if (what !== 'write') say(what ?? 'nothing');
    },
    async drain() {
      await settled();
      for (let left = 2_000; world.waiting > 0 && left > 0; left -= 1) {
        world.goOn(0);
        await settled();
      }
    },
    breaks,
    end() {
      life.end();
      older?.end();
      if (unexpected) throw unexpected.error;
    },
    say,
  };
  let life = begin();
  /** The one before, where it still lives. */
  let older: Life | undefined;
  return world;
}

function isOnSolana({ message }: Dispatch): boolean {
  return message.kind === 'svm';
}

/** A time as traces show it. */
export function at(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('.000Z', '').replace('Z', '');
}
