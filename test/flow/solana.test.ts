import { describe, expect, it } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import type { FakePage } from '../fakes/page.ts';
import type { FakeSolana } from '../fakes/solanaChain.ts';
import { solanaPayee, solanaPayer } from '../fakes/solanaChain.ts';
import type { SolanaNodeMode } from '../fakes/solanaNode.ts';
import { fakeSolanaWallet, withMemo } from '../fakes/solanaWallet.ts';
import type { FakeSolanaWallet } from '../fakes/solanaWallet.ts';
import type { SigningMode } from '../fakes/wallet.ts';
import { startWorld } from '../fakes/world.ts';
import type { World } from '../fakes/world.ts';
import { allow, endInTime, errorOf, examplePrice, resultOf, statesOf, usedToday } from './steps.ts';

const solanaNodes = ['https://one.example/solana', 'https://two.example/solana'];
/** A blockhash lives 150 blocks of 0.4 s, and a block is final 32 later. */
const untilProof = 80_000;

interface Shop {
  readonly world: World;
  readonly page: FakePage;
  readonly wallet: FakeSolanaWallet;
  readonly chain: FakeSolana;
}

async function shop(day = '500000', nodes: readonly string[] = solanaNodes): Promise<Shop> {
  const world = await startWorld({ solanaNodes: nodes });
  await allow(world, { day });
  const wallet = fakeSolanaWallet();
  const { solana: chain } = world.gateway;
  if (!chain) throw new Error('The world has no Solana.');
  return { world, page: world.openPage({ wallet }), wallet, chain };
}

/** The person looks, which is a useful time to ask the chain. */
async function look(world: World): Promise<readonly string[]> {
  await world.screens.popup(1);
  await world.quiet();
  return statesOf(world);
}

const moved = ({ landed }: FakeSolana) => landed.reduce((sum, { value }) => sum + value, 0n);
const signatures = ({ wallet }: Shop) => wallet.asked.filter(({ type }) => type === 'signTransaction');

async function memosOf(world: World): Promise<readonly string[]> {
  return (await world.rows()).flatMap((row) =>
    'authorization' in row && row.authorization?.kind === 'svm' ? [row.authorization.memo] : [],
  );
}

describe('a payment on Solana', () => {
  it.each([0, 3])('is settled by its receipt, with %i guards of the wallet’s', async (guards) => {
    const { world, page, wallet, chain } = await shop();
    wallet.guards = guards;
    const { receipt } = await resultOf(page.chat());
    expect(receipt).toMatchObject({ status: 'settled', amountUsdc: '0.004424' });
    const [landed, ...more] = chain.landed;
    expect(more).toEqual([]);
    expect(await world.rows()).toMatchObject([
      {
        state: 'settled',
        proof: 'receipt',
        payer: solanaPayer,
        payTo: solanaPayee,
        transaction: landed?.signature,
      },
    ]);
    expect([moved(chain), await usedToday(world)]).toEqual([examplePrice, examplePrice]);
  });

  it('is on our own blockhash where the gateway names one and a height of its own', async () => {
    const { world, page, chain } = await shop();
    const theirs = '4sGjMW1sUnHzSxGspuhpqLDx6wiyjNtZAMdL4VZHirAn';
    world.gateway.solanaExtra = { recentBlockhash: theirs, lastValidBlockHeight: '1' };
    await resultOf(page.chat());
    const [row] = await world.rows();
    const authorization = row && 'authorization' in row ? row.authorization : undefined;
    if (authorization?.kind !== 'svm') throw new Error('It is no payment on Solana.');
    expect(authorization.blockhash).not.toBe(theirs);
    expect(BigInt(authorization.lastValidBlockHeight)).toBeGreaterThan(chain.height(chain.slot()));
  });
});

describe('nothing is signed and nothing counts', () => {
  async function expectUnsigned(at: Shop): Promise<void> {
    await at.world.quiet();
    expect(signatures(at)).toEqual([]);
    expect(at.chain.landed).toEqual([]);
    expect(await usedToday(at.world)).toBe(0n);
  }

  it('where the payee has no token account', async () => {
    const at = await shop();
    at.chain.without.add(solanaPayee);
    expect(await errorOf(at.page.chat())).toMatchObject({
      message: expect.stringContaining('cannot take USDC') as string,
      paid: 'no',
    });
    await expectUnsigned(at);
    expect(await statesOf(at.world)).toEqual(['released']);
  });

  it('where the person would pay the fees as well', async () => {
    const at = await shop();
    at.world.gateway.solanaExtra = { feePayer: solanaPayer };
    expect(await errorOf(at.page.chat())).toMatchObject({ type: 'unsafe_payment_request', paid: 'no' });
    await expectUnsigned(at);
  });

  it.each<readonly [SolanaNodeMode, SolanaNodeMode]>([
    ['down', 'down'],
    ['garbage', 'down'],
    ['silent', 'silent'],
    // One alone could say that the payment ends at once.
    ['down', 'honest'],
    ['honest', 'garbage'],
    ['silent', 'honest'],
  ])('where the nodes are %s and %s', async (first, second) => {
    const at = await shop();
    modesOf(at.world, first, second);
    const chat = at.page.chat();
    expect(await endInTime(at.world, chat)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('Too few Solana nodes answer') as string, paid: 'no' },
    });
    await expectUnsigned(at);
  });

  it('of a second payment with a memo that was used, whatever became of the first', async () => {
    const at = await shop();
    at.world.gateway.solanaExtra = { memo: 'order 1' };
    await resultOf(at.page.chat());
    expect(await errorOf(at.page.chat())).toMatchObject({
      type: 'unsafe_payment_request',
      message: expect.stringContaining('used memo') as string,
      paid: 'no',
    });
    expect(signatures(at)).toHaveLength(1);
    expect(await statesOf(at.world)).toEqual(['settled', 'released']);
    expect(await usedToday(at.world)).toBe(examplePrice);
  });
});

describe('what a wallet has heard of', () => {
  it.each<SigningMode>(['reject', 'fail', 'foreign account', 'altered message', 'malformed'])(
    'counts after "%s" until final blocks prove that it can no longer be charged, and not before',
    async (signing) => {
      const { world, page, wallet } = await shop();
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
    const { world, page, wallet } = await shop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    const trueMs = world.clock.nowMs();
    // The chain keeps its own time.
    modesOf(world, 'behind', 'behind');
    world.clock.set(trueMs + 3_000_000);
    expect(await look(world)).toEqual(['signing']);
  });

  it('is stored and never sent where the wallet signs after all', async () => {
    const { world, page, wallet } = await shop();
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
    const { world, page, wallet } = await shop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    modesOf(world, first, second);
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['signing']);
    expect(await usedToday(world)).toBe(examplePrice);
    modesOf(world, 'honest', 'honest');
    await world.pass(10_000);
    expect(await look(world)).toEqual(['released']);
  });

  it('is freed by one node alone where the person has chosen that one', async () => {
    const { world, page, wallet } = await shop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    modesOf(world, 'down', 'honest');
    const [, two] = world.solanaNodes;
    const network = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';
    await world.screens.call('network.setNodes', { network, rpcUrls: [two?.url ?? ''] });
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['released']);
  });

  it('is not freed by a node that runs ahead of the chain, nor by one that has seen nothing', async () => {
    const { world, page, wallet, chain } = await shop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    modesOf(world, 'ahead', 'honest');
    expect(await look(world)).toEqual(['signing']);
    expect(chain.cash(wallet.signedCopy(0))).toBe('charged');
    modesOf(world, 'honest', 'blind');
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['signing']);
    modesOf(world, 'honest', 'honest');
    await world.pass(10_000);
    expect(await look(world)).toEqual(['settled']);
  });
});

describe('what a page has charged by itself', () => {
  it('is settled from the time of its block, as never sent', async () => {
    const { world, page, wallet, chain } = await shop();
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

  it('counts twice where the copies of two payments both land', async () => {
    const { world, page, wallet, chain } = await shop();
    wallet.signing = 'reject';
    await errorOf(page.chat());
    const kept = wallet.signedCopy(1);
    wallet.signing = 'sign';
    wallet.guards = 2;
    await resultOf(page.chat());
    expect(chain.cash(kept)).toBe('charged');
    await world.pass(untilProof);
    expect(await look(world)).toEqual(['settled', 'settled']);
    expect(await world.rows()).toMatchObject([{ dispute: 'never-sent' }, { proof: 'receipt' }]);
    const [first, second] = chain.landed.toReversed();
    expect(await world.rows()).toMatchObject([
      { transaction: first?.signature },
      { transaction: second?.signature },
    ]);
    expect([moved(chain), await usedToday(world)]).toEqual([2n * examplePrice, 2n * examplePrice]);
  });

  it('with one transfer that carries the memos of two payments proves one of them; the other is freed', async () => {
    const { world, page, wallet, chain } = await shop();
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
    const { world, page, wallet, chain } = await shop();
    if (state === 'signing') wallet.signing = 'hang';
    if (state === 'sent') world.gateway.faults.set('slowHeaders');
    world.onAction = (action) => {
      if (action === 'commit signed' && state === 'signed') world.kill();
    };
    page.chat();
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
  const { world, page, wallet, chain } = await shop();
  wallet.signing = 'reject';
  await errorOf(page.chat());
  chain.cash(wallet.signedCopy(0));
  modesOf(world, mode, mode);
  await world.pass(untilProof);
  expect(await look(world)).toEqual([state]);
});

function modesOf({ solanaNodes: [one, two] }: World, first: SolanaNodeMode, second: SolanaNodeMode): void {
  if (one) one.mode = first;
  if (two) two.mode = second;
}
