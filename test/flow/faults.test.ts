import { describe, expect, it } from 'vitest';
import type { WireError } from '../../src/core/failure.ts';
import type { PanelEvent } from '../../src/protocol/panel.ts';
import { createFaults } from '../fakes/faults.ts';
import type { Fault, FaultyCall } from '../fakes/faults.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { fakeSolanaWallet } from '../fakes/solanaWallet.ts';
import type { FakeWallet } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import type { World, WorldOptions } from '../fakes/world.ts';
import { allow, examplePrice } from './steps.ts';

/** How a purchase ended, as far as whoever wanted it was told. */
type End =
  { readonly ok: true } | { readonly ok: false; readonly error: Pick<WireError, 'paid' | 'message'> };

/** One kind of payment. */
interface Purchase {
  /** What is there before it. */
  readonly prepare: (world: World) => Promise<void>;
  /** The chain that it is on, beside Base. */
  readonly on?: Pick<WorldOptions, 'solanaNodes'>;
  /** Begins it. @returns how it has ended, once it has */
  readonly begin: (world: World) => () => End | undefined;
}

const purchases: Readonly<Record<'page' | 'card' | 'panel' | 'solana', Purchase>> = {
  page: {
    prepare: (world) => allow(world, { day: String(2n * examplePrice) }),
    begin: (world) => beginChat(world, false),
  },
  card: {
    // Less than it costs, so that only a one-time raise lets it through.
    async prepare({ screens }) {
      const caps = { request: '50000', day: '1000', month: '5000000' };
      await screens.call('site.setCaps', { site: 'https://shop.example', caps });
    },
    begin: (world) => beginChat(world, true),
  },
  panel: { prepare: async () => undefined, begin: beginPanelChat },
  solana: {
    prepare: (world) => allow(world, { day: String(2n * examplePrice) }),
    on: { solanaNodes: ['https://one.example/solana', 'https://two.example/solana'] },
    begin: (world) => beginChat(world, false, fakeSolanaWallet()),
  },
};

function beginChat(world: World, active: boolean, wallet?: FakeWallet): () => End | undefined {
  const chat = world.openPage(wallet ? { wallet } : {}).chat({ active });
  return () => chat.ended;
}

/** The panel learns how its chat ended from what it watches; a screen that lost the background watches anew. */
function beginPanelChat(world: World): () => End | undefined {
  world.openPage();
  let end: End | undefined;
  let watching: World['lives'] | undefined;
  const send = () => {
    const chat = { messages: [{ role: 'user' as const, content: 'What is Base?' }], maxTokens: 1000 };
    world.screens.call('panel.send', { tabId: 1, chat, maxAmount: '4424' }).catch((error: unknown) => {
      if (error instanceof PanelRefusal) end = { ok: false, error: error.wire };
    });
  };
  const watch = () => {
    watching = world.lives;
    world.screens.watch('panel.watch', { tabId: 1 }, (event: PanelEvent) => {
      const run = event.type === 'state' ? event.state.runs[0] : undefined;
      if (run?.stage === 'done') end = { ok: true };
      else if (run?.stage === 'failed' || run?.stage === 'stopped')
        end = { ok: false, error: { paid: run.paid, message: '' } };
      // The background died before it had begun anything.
      else if (event.type === 'state' && run === undefined && world.lives > 1)
        end = { ok: false, error: { paid: 'no', message: '' } };
    });
  };
  send();
  let looks = 0;
  return () => {
    looks += 1;
    // A panel that shows nothing is opened anew.
    if (watching !== world.lives || looks % 10 === 0) watch();
    return end;
  };
}

const faultKinds: readonly Fault[] = ['kill', 'reject', 'hang', 'quota', 'lose'];
const nodes = ['https://one.example/rpc', 'https://two.example/rpc'];

async function startPurchase(kind: keyof typeof purchases) {
  const faults = createFaults();
  const world = await startWorld({
    nodes,
    ...purchases[kind].on,
    wrap: (platform) => faults.wrap(platform),
  });
  await purchases[kind].prepare(world);
  await world.quiet();
  return { faults, world };
}

/** The person answers every card that waits with a one-time raise. */
function clickCards({ windows, screens, badge }: World, clicked: Set<string>): void {
  // A card without a window shows on the badge; the person opens it from the popup.
  if (windows.shown.length === 0 && badge.waiting > 0)
    void screens.call('approval.reopen', {}).catch(() => undefined);
  for (const cardId of windows.shown) {
    const view = screens.view(cardId);
    if (view?.state !== 'card') continue;
    const { version } = view.card;
    if (clicked.has(`${cardId}@${version}`)) continue;
    clicked.add(`${cardId}@${version}`);
    const choice = view.card.exceeded.length > 0 ? 'once-anyway' : 'once';
    // A background that has died answers nobody.
    void screens.call('approval.answer', { cardId, version, answer: { choice } }).catch(() => undefined);
  }
}

/**
 * Time passes until it has ended: no wait of ours is longer than that for a slow answer's headers.
 *
 * @param revive called all along: starts a background that has died
 */
async function endInTime(
  world: World,
  ended: () => End | undefined,
  revive = () => {},
): Promise<End | undefined> {
  const clicked = new Set<string>();
  const waitsMs = [0, 0, ...times(8, 250), ...times(10, 1_000), ...times(40, 30_000), ...times(10, 1_000)];
  for (const waitMs of waitsMs) {
    await world.pass(waitMs);
    revive();
    await world.quiet();
    if (ended()) break;
    clickCards(world, clicked);
  }
  return ended();
}

/** What is asked for within a wait has to be answered within it, so most waits are shorter than any time limit. */
function times(count: number, waitMs: number): readonly number[] {
  return Array<number>(count).fill(waitMs);
}

/** Every asynchronous call of a payment that goes well, in order. */
async function callsOf(kind: keyof typeof purchases): Promise<readonly FaultyCall[]> {
  const { faults, world } = await startPurchase(kind);
  const before = faults.calls.length;
  const end = await endInTime(world, purchases[kind].begin(world));
  expect(end).toEqual({ ok: true, ...end });
  await world.quiet();
  world.kill();
  return faults.calls.slice(before);
}

/** One payment of this kind whose call with this number meets the fault. @returns every promise that it broke */
async function brokenBy(kind: keyof typeof purchases, at: number, fault: Fault): Promise<readonly string[]> {
  const { faults, world } = await startPurchase(kind);
  let isDead = false;
  faults.arm(at, fault, () => {
    isDead = true;
    world.kill();
  });
  const end = await endInTime(world, purchases[kind].begin(world), () => {
    if (isDead) world.restart();
    isDead = false;
  });
  faults.disarm();

  // The background starts anew, blocks become final, and the person looks.
  world.restart();
  await world.pass(40 * 60_000);
  await world.screens.popup(1);
  await world.quiet();
  world.kill();
  const rows = await world.rows();
  const states = rows.map(({ state }) => state);
  const acknowledged = world.journal.filter((action) => action.startsWith('commit reserved')).length;
  const charged = world.gateway.charges.length + (world.gateway.solana?.landed.length ?? 0);
  const { paid } = end === undefined || end.ok ? { paid: 'yes' } : end.error;
  const promises = {
    'the fault was met': faults.struck,
    'the call ended': end !== undefined,
    'nothing was charged twice': charged <= 1,
    'no row was lost': rows.length === acknowledged,
    'each row ended': states.every((state) => state === 'settled' || state === 'released'),
    'what was charged is settled': states.filter((state) => state === 'settled').length === charged,
    'said unpaid and was not': paid !== 'no' || charged === 0,
    'said paid and was': paid !== 'yes' || charged === 1,
  };
  return Object.entries(promises)
    .filter(([, kept]) => !kept)
    .map(([promise]) => `${promise} (${states.join()}, ${charged} charged, said ${paid})`);
}

describe('whatever one call to the browser, the network or the wallet meets', () => {
  it.each(['page', 'card', 'panel', 'solana'] as const)(
    'no payment is lost, doubled or left open, and the caller is told the truth: %s',
    { timeout: 300_000 },
    async (kind) => {
      const calls = await callsOf(kind);
      expect(calls.length).toBeGreaterThan(25);
      const broken: string[] = [];
      let runs = 0;
      for (const [index, { name, writes }] of calls.entries()) {
        for (const fault of faultKinds) {
          if (fault === 'quota' && !writes && !name.startsWith('ask ')) continue;
          if (fault === 'lose' && name !== 'fetch') continue;
          runs += 1;
          for (const promise of await brokenBy(kind, index + 1, fault))
            broken.push(`${fault} at call ${index + 1}, "${name}": ${promise}`);
        }
      }
      expect(broken).toEqual([]);
      expect(runs).toBeGreaterThan(3 * calls.length);
    },
  );
});
