import { expect, it } from 'vitest';
import type { Payment } from '../../src/core/ledger.ts';
import { eventually } from '../fakes/eventually.ts';
import type { NodeMode } from '../fakes/baseNode.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, errorOf, nodesAre, resultOf, statesOf, usedToday } from './steps.ts';

const nodes = ['https://one.example/rpc', 'https://two.example/rpc'];
/** A signature lives five minutes, and a block is final some twenty later. */
const untilProof = 26 * 60_000;

async function shopWorld(day = '500000'): Promise<World> {
  const world = await startWorld({ nodes });
  await allow(world, { day });
  return world;
}

/** The person looks, which is a useful time to ask the chain. */
async function look(world: World): Promise<readonly string[]> {
  await world.screens.popup(1);
  await world.quiet();
  return statesOf(world);
}

function authorizationOf(row: Payment | undefined) {
  if (!row || !('authorization' in row) || !row.authorization) throw new Error('Nothing was to be signed.');
  if (row.authorization.kind === 'svm') throw new Error('It is a payment on Solana.');
  return row.authorization;
}

it('frees a refused amount when final blocks prove that it can no longer be charged, and not before', async () => {
  const world = await shopWorld('8847');
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  // Over for the local clock, not for the chain.
  await world.pass(20 * 60_000);
  expect(await look(world)).toEqual(['signing']);
  expect(await errorOf(page.chat({ active: false }))).toMatchObject({ type: 'limit_exceeded' });
  await world.pass(6 * 60_000);
  expect(await look(world)).toEqual(['released']);
  expect(await world.rows()).toMatchObject([{ releasedReason: 'expired-on-chain' }]);
  expect(await usedToday(world)).toBe(0n);
});

it('believes no local clock that is set forward', async () => {
  const world = await shopWorld();
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  for (const node of world.nodes) node.mode = 'behind';
  await world.pass(40 * 60_000);
  expect(await look(world)).toEqual(['signing']);
});

it('settles what was charged without an answer, from the time of its block', async () => {
  const world = await shopWorld();
  world.gateway.faults.set('resetAfterSettling');
  const chat = world.openPage().chat();
  expect(await endInTime(world, chat)).toMatchObject({ ok: false, error: { paid: 'unknown' } });
  await world.pass(untilProof);
  expect(await look(world)).toEqual(['settled']);
  const [charge] = world.gateway.charges;
  const blockTimeMs = Math.floor((charge?.atMs ?? 0) / 2_000) * 2_000;
  expect(await world.rows()).toMatchObject([
    {
      proof: 'chain',
      blockTimeMs,
      transaction: charge?.transaction,
      signature: expect.any(String) as string,
    },
  ]);
  expect(await usedToday(world)).toBe(4424n);
});

it('settles what a page has charged with a signature that it kept from us', async () => {
  const world = await shopWorld();
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  const [row] = await world.rows();
  world.gateway.charge(authorizationOf(row));
  await world.pass(untilProof);
  expect(await look(world)).toEqual(['settled']);
  expect(await world.rows()).toMatchObject([{ proof: 'chain', attempts: 0 }]);
  expect(await usedToday(world)).toBe(4424n);
});

// Found by the simulation: logs were looked for only where the local clock had dated the reservation, and a clock that
// was set back kept recovery from looking until it had caught up.
it('settles what was charged while the local clock was 20 days ahead', async () => {
  const world = await shopWorld();
  const page = world.openPage();
  const trueMs = world.clock.nowMs();
  world.clock.set(trueMs + 20 * 24 * 3_600_000);
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  world.clock.set(trueMs);
  const [row] = await world.rows();
  world.gateway.charge(authorizationOf(row));
  await world.pass(4 * 3_600_000);
  expect(await look(world)).toEqual(['settled']);
  expect(await world.rows()).toMatchObject([{ proof: 'chain', blockTimeMs: trueMs }]);
});

it.each<readonly [NodeMode, NodeMode]>([
  ['honest', 'down'],
  ['honest', 'garbage'],
  ['honest', 'inventive'],
  ['honest', 'behind'],
  ['down', 'down'],
])('keeps a hold while the nodes are %s and %s', async (first, second) => {
  const world = await shopWorld();
  const page = world.openPage();
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  [first, second].forEach((mode, index) => {
    const node = world.nodes[index];
    if (node) node.mode = mode;
  });
  await world.pass(untilProof);
  expect(await look(world)).toEqual(['signing']);
  expect(await usedToday(world)).toBe(4424n);
  // Paying needs no node.
  page.wallet.signing = 'sign';
  await resultOf(page.chat());
  for (const node of world.nodes) node.mode = 'honest';
  await world.pass(60_000);
  expect(await look(world)).toEqual(['released', 'settled']);
});

// The gateway was last heard a day and an hour and a half ago, and held the windows there.
it.each<readonly [NodeMode, NodeMode, bigint]>([
  ['honest', 'honest', 0n],
  // An hour less: what was charged is not a day old there.
  ['honest', 'behind', 4424n],
  // One alone proves no release, and moves no window either.
  ['honest', 'down', 8848n],
])('lets the windows go on as far as two nodes show: %s and %s', async (first, second, used) => {
  const world = await shopWorld();
  const page = world.openPage();
  await resultOf(page.chat());
  page.wallet.signing = 'reject';
  await errorOf(page.chat());
  nodesAre(world, 'down', 'down');
  await world.pass(25.5 * 3_600_000);
  await look(world);
  expect(await usedToday(world)).toBe(8848n);
  nodesAre(world, first, second);
  await world.pass(60_000);
  await look(world);
  expect(await usedToday(world)).toBe(used);
});

it('keeps what was charged counted although one node denies it', async () => {
  const world = await shopWorld();
  world.gateway.faults.set('resetAfterSettling');
  await endInTime(world, world.openPage().chat());
  const [, second] = world.nodes;
  if (second) second.mode = 'blind';
  await world.pass(untilProof);
  expect(await look(world)).toEqual(['sent']);
});

it.each(['signing', 'signed', 'sent'] as const)(
  'ends a payment that was %s when the background died as the chain says',
  async (state) => {
    const world = await shopWorld();
    const page = world.openPage();
    if (state !== 'sent') page.wallet.signing = 'hang';
    if (state === 'sent') world.gateway.faults.set('slowHeaders');
    const chat = page.chat();
    if (state === 'signed') {
      await page.asked('signTypedData');
      chat.cancel();
      await errorOf(chat);
      await page.wallet.goOn();
    }
    await world.reaches(state);
    if (state === 'sent') await eventually('the charge', () => world.gateway.charges[0]);
    world.kill();
    await world.pass(untilProof);
    world.restart();
    const ended = state === 'sent' ? 'settled' : 'released';
    await world.reaches(ended);
    await world.quiet();
    expect(await statesOf(world)).toEqual([ended]);
    expect(await usedToday(world)).toBe(state === 'sent' ? 4424n : 0n);
    expect(world.gateway.of('paid')).toHaveLength(state === 'sent' ? 1 : 0);
  },
);

it('asks no node about a payment that is under way', async () => {
  const world = await shopWorld();
  const page = world.openPage();
  page.wallet.signing = 'hang';
  page.chat();
  await page.asked('signTypedData');
  await world.pass(60_000);
  expect(await look(world)).toEqual(['signing']);
  const asked = world.journal.indexOf('post ask signTypedData');
  expect(world.journal.slice(asked)).not.toContain('fetch node');
});
