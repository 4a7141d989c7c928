import { describe, expect, it } from 'vitest';
import { solanaPayee, solanaPayer } from '../fakes/solanaChain.ts';
import type { SolanaNodeMode } from '../fakes/solanaNode.ts';
import { moved, nodesAre, solanaShop } from './solanaShop.ts';
import type { SolanaShop } from './solanaShop.ts';
import { endInTime, errorOf, examplePrice, resultOf, statesOf, usedToday } from './steps.ts';

const signatures = ({ wallet }: SolanaShop) => wallet.asked.filter(({ type }) => type === 'signTransaction');

describe('a payment on Solana', () => {
  it.each([0, 3])('is settled by its receipt, with %i guards of the wallet’s', async (guards) => {
    const { world, page, wallet, chain } = await solanaShop();
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
    const { world, page, chain } = await solanaShop();
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
  async function expectUnsigned(at: SolanaShop): Promise<void> {
    await at.world.quiet();
    expect(signatures(at)).toEqual([]);
    expect(at.chain.landed).toEqual([]);
    expect(await usedToday(at.world)).toBe(0n);
  }

  it('where the payee has no token account', async () => {
    const at = await solanaShop();
    at.chain.without.add(solanaPayee);
    expect(await errorOf(at.page.chat())).toMatchObject({
      message: expect.stringContaining('cannot take USDC') as string,
      paid: 'no',
    });
    await expectUnsigned(at);
    expect(await statesOf(at.world)).toEqual(['released']);
  });

  it('where the person would pay the fees as well', async () => {
    const at = await solanaShop();
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
    const at = await solanaShop();
    nodesAre(at.world, first, second);
    const chat = at.page.chat();
    expect(await endInTime(at.world, chat)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('Too few Solana nodes answer') as string, paid: 'no' },
    });
    await expectUnsigned(at);
  });

  it('of a second payment with a memo that was used, whatever became of the first', async () => {
    const at = await solanaShop();
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

it.each<SolanaNodeMode>(['down', 'garbage', 'silent', 'behind'])(
  'pays where one of three nodes is %s',
  async (mode) => {
    const { world, page } = await solanaShop(['one', 'two', 'three']);
    nodesAre(world, 'honest', mode, 'honest');
    const chat = page.chat();
    expect(await endInTime(world, chat)).toMatchObject({ ok: true });
  },
);

it('pays a chat of the side panel with the Solana wallet of its tab, out of its own bucket', async () => {
  const { world, chain } = await solanaShop();
  const chat = { messages: [{ role: 'user' as const, content: 'What is Solana?' }], maxTokens: 1000 };
  await world.screens.call('panel.send', { tabId: 1, chat, maxAmount: '4474' });
  await world.reaches('settled');
  expect(await world.rows()).toMatchObject([{ site: 'paidchat:panel', payer: solanaPayer }]);
  expect(moved(chain)).toBe((await world.rows())[0]?.amount);
  expect(world.windows.opened).toEqual([]);
  expect(await usedToday(world)).toBe(0n);
});
