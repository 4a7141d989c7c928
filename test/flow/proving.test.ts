import { expect, it } from 'vitest';
import type { NodeMode } from '../fakes/baseNode.ts';
import { PanelRefusal } from '../fakes/screens.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, errorOf, nodesAre, refusedPayment, resultOf, statesOf, usedToday } from './steps.ts';

const nodes = ['https://one.example/rpc', 'https://two.example/rpc'];
const minute = 60_000;
const hour = 60 * minute;
/** A signature lives five minutes, and a block is final some twenty later. */
const untilProof = 26 * minute;

async function shopWorld(): Promise<World> {
  const world = await startWorld({ nodes });
  await allow(world);
  return world;
}

/** Time passes in small steps, as it does; nobody opens anything. @returns how often the background was woken */
async function pass(world: World, ms: number): Promise<number> {
  const before = world.alarm.rings;
  for (let left = ms; left > 0; left -= 5 * minute) await world.pass(Math.min(left, 5 * minute));
  return world.alarm.rings - before;
}

it('frees a held amount by itself at the earliest time that it can be proved, with nothing open', async () => {
  const world = await shopWorld();
  await refusedPayment(world);
  await pass(world, untilProof - 2 * minute);
  expect(await statesOf(world)).toEqual(['signing']);
  expect(await pass(world, 2 * minute)).toBe(1);
  expect(await statesOf(world)).toEqual(['released']);
  expect(world.alarm.atMs).toBeUndefined();
  expect(world.holds).toBe(0);
});

it('frees it also where the background has long ended by then', async () => {
  const world = await shopWorld();
  await refusedPayment(world);
  world.kill();
  await pass(world, untilProof);
  expect(world.lives).toBe(2);
  expect(await statesOf(world)).toEqual(['released']);
});

it('wants to be woken for nothing where nothing is held or unproved', async () => {
  const world = await shopWorld();
  expect(world.alarm.atMs).toBeUndefined();
  const page = world.openPage();
  page.wallet.connecting = 'reject';
  await errorOf(page.chat());
  await world.quiet();
  expect(world.alarm.atMs).toBeUndefined();
});

it('wakes ever more seldom while no node answers, and is not put off by restarts', async () => {
  const world = await shopWorld();
  await refusedPayment(world);
  nodesAre(world, 'down', 'down');
  expect(await pass(world, 24 * hour)).toBeLessThanOrEqual(12);
  const nextMs = world.alarm.atMs;
  expect((nextMs ?? Infinity) - world.clock.nowMs()).toBeLessThanOrEqual(6 * hour);
  world.restart();
  await world.quiet();
  expect(world.alarm.atMs).toBe(nextMs);
  nodesAre(world, 'honest', 'honest');
  await pass(world, 6 * hour);
  expect(await statesOf(world)).toEqual(['released']);
});

it('proves from the chain what a receipt has settled, and counts it from its block', async () => {
  const world = await shopWorld();
  const paidAtMs = world.clock.nowMs();
  await resultOf(world.openPage().chat());
  await world.quiet();
  expect(await world.rows()).toMatchObject([{ state: 'settled', proof: 'receipt' }]);
  await pass(world, 25 * minute);
  const blockTimeMs = Math.floor(paidAtMs / 2_000) * 2_000;
  expect(await world.rows()).toMatchObject([
    {
      state: 'settled',
      proof: 'chain',
      blockTimeMs,
      transaction: expect.stringMatching(/^0x(?!abab)[0-9a-f]{64}$/) as string,
    },
  ]);
  const [row] = await world.rows();
  expect(row).toMatchObject({ countsFromMs: Math.max(blockTimeMs, row?.reservedAtMs ?? 0) });
  expect(row).not.toHaveProperty('dispute');
  expect(await usedToday(world)).toBe(4424n);
  expect(world.alarm.atMs).toBeUndefined();
});

it('asks the chain once about what was proved, and no node before it can know', async () => {
  const world = await shopWorld();
  await resultOf(world.openPage().chat());
  await world.quiet();
  const asked = () => world.journal.filter((action) => action === 'fetch node').length;
  const before = asked();
  await pass(world, 15 * minute);
  await world.screens.popup(1);
  await world.quiet();
  expect(asked()).toBe(before);
  await pass(world, 15 * minute);
  const proved = asked();
  expect(proved).toBeGreaterThan(before);
  await pass(world, 24 * hour);
  expect(asked()).toBe(proved);
});

it('proves a receipt behind any number of newer ones that nobody can prove', async () => {
  const world = await shopWorld();
  const page = world.openPage();
  await resultOf(page.chat());
  world.gateway.faults.set('falseReceipt');
  for (let more = 0; more < 101; more += 1) {
    // Ten payments a minute need no card.
    await world.pass(6_500);
    await resultOf(page.chat());
  }
  await pass(world, 15 * minute);
  // The newer ones can still be charged, so nothing is said of them.
  const [first, ...others] = await world.rows();
  expect(first).toMatchObject({ state: 'settled', proof: 'chain' });
  expect(others).toHaveLength(101);
  expect(others.filter((row) => row.state === 'settled' && row.proof === 'receipt')).toHaveLength(101);
});

it('shows a receipt that the chain contradicts, which goes on counting and leaves nothing to claim', async () => {
  const world = await shopWorld();
  world.gateway.faults.set('falseReceipt');
  await resultOf(world.openPage().chat());
  expect(world.gateway.charges).toEqual([]);
  await pass(world, 22 * minute);
  // It can still be charged.
  expect((await world.rows())[0]).not.toHaveProperty('dispute');
  await pass(world, 6 * minute);
  const [row] = await world.rows();
  expect(row).toMatchObject({ state: 'settled', proof: 'receipt', dispute: 'not-charged' });
  expect(await usedToday(world)).toBe(4424n);
  const { payments } = await world.screens.popup(1);
  expect(payments).toMatchObject([{ status: 'settled', dispute: 'not-charged' }]);
  const claim = world.screens.call('payment.claim', { paymentId: row?.id ?? '' });
  await expect(claim).rejects.toBeInstanceOf(PanelRefusal);
  expect(world.alarm.atMs).toBeUndefined();
});

it.each<readonly [NodeMode, NodeMode]>([
  ['blind', 'honest'],
  ['blind', 'down'],
  ['honest', 'behind'],
  ['garbage', 'down'],
  ['inventive', 'honest'],
])('believes no receipt less for nodes that are %s and %s', async (first, second) => {
  const world = await shopWorld();
  await resultOf(world.openPage().chat());
  nodesAre(world, first, second);
  await pass(world, 40 * minute);
  const [row] = await world.rows();
  expect(row).toMatchObject({ state: 'settled' });
  expect(row).not.toHaveProperty('dispute');
  nodesAre(world, 'honest', 'honest');
  await pass(world, hour);
  expect(await world.rows()).toMatchObject([{ state: 'settled', proof: 'chain' }]);
});
