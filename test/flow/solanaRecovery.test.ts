import { describe, expect, it } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import type { SolanaNodeMode } from '../fakes/solanaNode.ts';
import { withMemo } from '../fakes/solanaWallet.ts';
import type { SigningMode } from '../fakes/wallet.ts';
import type { World } from '../fakes/world.ts';
import { moved, nodesAre, solanaShop } from './solanaShop.ts';
import { errorOf, examplePrice, resultOf, statesOf, usedToday } from './steps.ts';

/** A blockhash lives 150 blocks of 0.4 s, and a block is final 32 later. */
const untilProof = 80_000;
const hour = 3_600_000;
const day = 24 * hour;

/** The person looks, which is a useful time to ask the chain. */
async function look(world: World): Promise<readonly string[]> {
  await world.screens.popup(1);
  await world.quiet();
  return statesOf(world);
}

async function memosOf(world: World): Promise<readonly string[]> {
  return (await world.rows()).flatMap((row) =>
    'authorization' in row && row.authorization?.kind === 'svm' ? [row.authorization.memo] : [],
  );
}

describe('what a wallet has heard of', () => {
  it.each<SigningMode>(['reject', 'fail', 'foreign account', 'altered message', 'malformed'])(
    'counts after "%s" until final blocks prove that it can no longer be charged, and not before',
    async (signing) => {
      const { world, page, wallet } = await solanaShop();
      wallet.signing = signing;
      await errorOf(page.chat());
      expect(await look(world)).toEqual(['signing']);
      // The blockhash is over; not yet in final blocks.
      await world.pass(62_000);
      expect(await look(world)).toEqual(['signing']);
      expect(await usedToday(world)).toBe(examplePrice);
      await world.pass(untilProof - 62_000);
      expect(await look(world)).toEqual(['released']);
      expect(await usedToday(world)).toBe(0n);
      expect(world.gateway.of('paid')).toEqual([]);
    },
  );

  it('is not given up by a clock that was set forward', async () => {
    const { world, page, wallet } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    const trueMs = world.clock.nowMs();
    // The chain keeps its own time.
    nodesAre(world, 'behind', 'behind');
    world.clock.set(trueMs + 3_000_000);
    expect(await look(world)).toEqual(['signing']);
  });

  it('is stored and never sent where the wallet signs after all', async () => {
    const { world, page, wallet } = await solanaShop();
    wallet.signing = 'hang';
    const chat = page.chat();
    await page.asked('signTransaction');
    await world.pass(60_000);
    expect(await errorOf(chat)).toMatchObject({ paid: 'unknown' });
    await wallet.goOn();
    await world.reaches('signed');
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['released']);
    expect(world.gateway.of('paid')).toEqual([]);
  });

  it.each<readonly [SolanaNodeMode, SolanaNodeMode]>([
    ['honest', 'down'],
    ['honest', 'garbage'],
    ['honest', 'behind'],
    ['honest', 'pruned'],
    ['down', 'down'],
    ['pruned', 'pruned'],
  ])('counts while the nodes are %s and %s, and is freed once both answer', async (first, second) => {
    const { world, page, wallet } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    nodesAre(world, first, second);
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['signing']);
    expect(await usedToday(world)).toBe(examplePrice);
    nodesAre(world, 'honest', 'honest');
    await world.pass(10_000);
    expect(await look(world)).toEqual(['released']);
  });

  it.each<SolanaNodeMode>(['down', 'garbage', 'pruned'])(
    'is freed by two of three nodes where one is %s',
    async (mode) => {
      const { world, page, wallet } = await solanaShop(['one', 'two', 'three']);
      wallet.signing = 'reject';
      await errorOf(page.chat());
      nodesAre(world, 'honest', 'honest', mode);
      await world.pass(untilProof);
      expect(await look(world)).toEqual(['released']);
    },
  );

  it('is freed by one node alone where the person has chosen that one', async () => {
    const { world, page, wallet } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    nodesAre(world, 'down', 'honest');
    const [, two] = world.solanaNodes;
    const network = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';
    await world.screens.call('network.setNodes', { network, rpcUrls: [two?.url ?? ''] });
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['released']);
  });

  it('is not freed by a node that runs ahead of the chain, nor by one that has seen nothing', async () => {
    const { world, page, wallet, chain } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    nodesAre(world, 'ahead', 'honest');
    expect(await look(world)).toEqual(['signing']);
    expect(chain.cash(wallet.signedCopy(0))).toBe('charged');
    nodesAre(world, 'honest', 'blind');
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['signing']);
    nodesAre(world, 'honest', 'honest');
    await world.pass(10_000);
    expect(await look(world)).toEqual(['settled']);
  });
});

// The gateway was last heard a day and an hour and a half ago, and held the windows there.
it.each<readonly [SolanaNodeMode, SolanaNodeMode, bigint]>([
  ['honest', 'honest', 0n],
  // An hour less: what was charged is not a day old there.
  ['honest', 'behind', examplePrice],
  // One alone proves no release, and moves no window either.
  ['honest', 'down', 2n * examplePrice],
  // It proves as much as any, and dates nothing.
  ['honest', 'timeless', examplePrice],
])('lets the windows go on as far as two nodes show: %s and %s', async (first, second, used) => {
  const { world, page, wallet } = await solanaShop();
  await resultOf(page.chat());
  // The chain tells its time.
  await world.pass(untilProof);
  wallet.signing = 'reject';
  await errorOf(page.chat());
  nodesAre(world, 'down', 'down');
  await world.pass(day + 1.5 * hour);
  await look(world);
  expect(await usedToday(world)).toBe(2n * examplePrice);
  nodesAre(world, first, second);
  await world.pass(60_000);
  await look(world);
  expect(await usedToday(world)).toBe(used);
});

it('counts what only a receipt has settled until the chain tells when it was charged', async () => {
  const { world, page } = await solanaShop();
  await resultOf(page.chat());
  nodesAre(world, 'timeless', 'timeless');
  await world.pass(2 * day);
  await resultOf(page.chat());
  expect(await usedToday(world)).toBe(2n * examplePrice);
  nodesAre(world, 'honest', 'honest');
  await world.pass(day / 4);
  await look(world);
  expect(await world.rows()).toMatchObject([{ proof: 'chain' }, { proof: 'chain' }]);
  expect(await usedToday(world)).toBe(examplePrice);
});

describe('what only a receipt has settled, with nodes that have forgotten it', () => {
  /** Paid, and looked for when it would be final, and later. */
  async function forgotten(...modes: readonly SolanaNodeMode[]) {
    const shop = await solanaShop(modes.map((_mode, index) => `node${index}`));
    await resultOf(shop.page.chat());
    nodesAre(shop.world, ...modes);
    await shop.world.pass(untilProof);
    await shop.world.pass(hour / 2);
    return shop;
  }

  it.each<readonly [string, readonly SolanaNodeMode[]]>([
    ['neither of two finds it', ['pruned', 'pruned']],
    ['one of two does', ['pruned', 'honest']],
    ['the only one does not', ['pruned']],
  ])(
    'counts from a final block that was too late for it, and leaves its window, where %s',
    async (_who, modes) => {
      const { world, chain, page } = await forgotten(...modes);
      const [row] = await world.rows();
      const countsFromMs = row?.state === 'settled' ? row.countsFromMs : undefined;
      expect(row).toMatchObject({ state: 'settled', proof: 'receipt' });
      expect(countsFromMs).toBeGreaterThan(chain.landed[0]?.atMs ?? Infinity);
      expect(countsFromMs).toBeLessThan(world.clock.nowMs());
      expect(await usedToday(world)).toBe(examplePrice);
      await world.pass(day - hour);
      await resultOf(page.chat());
      expect(await usedToday(world)).toBe(2n * examplePrice);
      await world.pass(3 * hour);
      await resultOf(page.chat());
      // The first has left the window.
      expect(await usedToday(world)).toBe(2n * examplePrice);
      expect((await world.rows())[0]).toMatchObject({ state: 'settled', proof: 'receipt', countsFromMs });
    },
  );

  it.each<readonly SolanaNodeMode[]>([
    ['pruned', 'down'],
    ['timeless', 'timeless'],
    ['pruned', 'timeless'],
  ])('counts on while nodes are %s and %s', async (...modes) => {
    const { world, page } = await forgotten(...modes);
    await world.pass(3 * day);
    nodesAre(world, ...modes.map(() => 'timeless' as const));
    await resultOf(page.chat());
    expect(await usedToday(world)).toBe(2n * examplePrice);
  });

  it('waits for a node that lags behind', async () => {
    const { world } = await forgotten('pruned', 'behind', 'pruned');
    const undated = (await world.rows())[0];
    expect(undated?.state === 'settled' && undated.countsFromMs).toBeGreaterThan(world.clock.nowMs());
    await world.pass(2 * hour);
    const dated = (await world.rows())[0];
    expect(dated?.state === 'settled' && dated.countsFromMs).toBeLessThan(world.clock.nowMs());
  });

  it('takes the later of two times, so that one node alone makes nothing look older than it is', async () => {
    const { world } = await forgotten('pruned', 'pruned, old times');
    const [row] = await world.rows();
    const countsFromMs = row?.state === 'settled' ? row.countsFromMs : 0;
    expect(world.clock.nowMs() - countsFromMs).toBeLessThan(2 * hour);
    expect(countsFromMs).toBeLessThan(world.clock.nowMs());
  });

  it('is proved and counted from its block where they find it again', async () => {
    const { world, chain } = await forgotten('pruned', 'pruned');
    nodesAre(world, 'honest', 'honest');
    await world.pass(day / 2);
    await look(world);
    expect((await world.rows())[0]).toMatchObject({
      proof: 'chain',
      blockTimeMs: Math.floor((chain.landed[0]?.atMs ?? 0) / 1000) * 1000,
    });
  });
});

describe('what a page has charged by itself', () => {
  it('is settled from the time of its block, as never sent', async () => {
    const { world, page, wallet, chain } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    await world.pass(20_000);
    expect(chain.cash(wallet.signedCopy(2))).toBe('charged');
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['settled']);
    const [landed] = chain.landed;
    expect(await world.rows()).toMatchObject([
      {
        proof: 'chain',
        transaction: landed?.signature,
        blockTimeMs: Math.floor((landed?.atMs ?? 0) / 1000) * 1000,
        dispute: 'never-sent',
      },
    ]);
    expect([moved(chain), await usedToday(world)]).toEqual([examplePrice, examplePrice]);
  });

  it.each<readonly [SolanaNodeMode, SolanaNodeMode]>([
    ['honest', 'honest'],
    ['short lists', 'short lists'],
  ])(
    'is found behind any dust that was sent to the account since, by nodes with %s and %s',
    async (...modes) => {
      const { world, page, wallet, chain } = await solanaShop();
      wallet.signing = 'reject';
      await errorOf(page.chat());
      expect(chain.cash(wallet.signedCopy(0))).toBe('charged');
      chain.dust(1_234);
      nodesAre(world, ...modes);
      await world.pass(untilProof);
      expect(await look(world)).toEqual(['settled']);
      expect([moved(chain), await usedToday(world)]).toEqual([examplePrice, examplePrice]);
    },
  );

  it('stays counted behind more dust than one look reads, and is freed by none of it', async () => {
    const { world, page, wallet, chain } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    chain.dust(4_100);
    nodesAre(world, 'short lists', 'short lists');
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['signing']);
    nodesAre(world, 'honest', 'honest');
    await world.pass(10_000);
    expect(await look(world)).toEqual(['released']);
  });

  it('counts twice where the copies of two payments both land', async () => {
    const { world, page, wallet, chain } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    const kept = wallet.signedCopy(1);
    wallet.signing = 'sign';
    wallet.guards = 2;
    await resultOf(page.chat());
    expect(chain.cash(kept)).toBe('charged');
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['settled', 'settled']);
    expect(await world.rows()).toMatchObject([{ dispute: 'never-sent' }, { proof: 'chain' }]);
    expect((await world.rows())[1]).not.toHaveProperty('dispute');
    const [first, second] = chain.landed.toReversed();
    expect(await world.rows()).toMatchObject([
      { transaction: first?.signature },
      { transaction: second?.signature },
    ]);
    expect([moved(chain), await usedToday(world)]).toEqual([2n * examplePrice, 2n * examplePrice]);
  });

  it('with one transfer that carries the memos of two payments proves one of them; the other is freed', async () => {
    const { world, page, wallet, chain } = await solanaShop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    const [firstMemo = ''] = await memosOf(world);
    await errorOf(page.chat());
    expect(chain.cash(withMemo(wallet.signedCopy(0), firstMemo))).toBe('charged');
    await world.pass(untilProof);
    expect((await look(world)).toSorted()).toEqual(['released', 'settled']);
    expect([moved(chain), await usedToday(world)]).toEqual([examplePrice, examplePrice]);
  });
});

it.each(['signing', 'signed', 'sent'] as const)(
  'ends a payment that was %s when the background died as the chain says',
  async (state) => {
    const { world, page, wallet, chain } = await solanaShop();
    if (state !== 'sent') wallet.signing = 'hang';
    if (state === 'sent') world.gateway.faults.set('slowHeaders');
    const chat = page.chat();
    if (state === 'signed') {
      await page.asked('signTransaction');
      chat.cancel();
      await errorOf(chat);
      await wallet.goOn();
    }
    await world.reaches(state);
    if (state === 'sent') await eventually('the charge', () => chain.landed[0]);
    world.kill();
    await world.pass(untilProof);
    world.restart();
    const ended = state === 'sent' ? 'settled' : 'released';
    await world.reaches(ended);
    await world.quiet();
    expect(await statesOf(world)).toEqual([ended]);
    expect(await usedToday(world)).toBe(moved(chain));
  },
);

it.each<readonly [string, SolanaNodeMode, string]>([
  ['takes the time of a block from the node where its list has none', 'dateless list', 'settled'],
  ['settles nothing whose time no node tells', 'timeless', 'signing'],
])('%s', async (_what, mode, state) => {
  const { world, page, wallet, chain } = await solanaShop();
  wallet.signing = 'reject';
  await errorOf(page.chat());
  chain.cash(wallet.signedCopy(0));
  nodesAre(world, mode, mode);
  await world.pass(untilProof);
  expect(await look(world)).toEqual([state]);
});
