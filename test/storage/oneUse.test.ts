import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen } from '../../src/core/ledger.ts';
import type { LedgerEvent, Payment } from '../../src/core/ledger.ts';
import { microUsdc } from '../../src/core/money.ts';
import { TransactionTaken } from '../../src/core/transactions.ts';
import { news, shop, signature, signEvent, solanaDraft, solanaSignEvent } from '../fakes/payments.ts';
import { ledgerRig, reserved, through } from './ledgerRig.ts';
import type { LedgerRig } from './ledgerRig.ts';

const unsafe = (part: string) => ({
  reason: 'unsafeOffer',
  message: expect.stringContaining(part) as string,
});
const send: readonly LedgerEvent[] = [{ type: 'signed', signature }, { type: 'send' }];
const one = 'oneTransaction';

async function sent(rig: LedgerRig, memo: string): Promise<Payment> {
  const payment = await reserved(rig, solanaDraft());
  return through(rig, payment, [solanaSignEvent(payment, rig.clock.nowMs(), memo), ...send]);
}

const byReceipt = (transaction: string): LedgerEvent => ({
  type: 'settle',
  proof: 'receipt',
  transaction,
  atMs: 1,
});
const byChain = (transaction: string): LedgerEvent => ({
  type: 'settle',
  proof: 'chain',
  transaction,
  blockTimeMs: Date.UTC(2026, 0, 15, 12),
  atMs: 1,
});
const release: LedgerEvent = { type: 'release', reason: 'expired-on-chain', atMs: 1 };

describe('a memo', () => {
  it.each([
    ['while it is open', []],
    ['once it is settled', [...send, byReceipt(one)]],
    ['once it is released', [release]],
  ] as const)('that another payment has is refused %s, also after a restart', async (_when, events) => {
    let rig = await ledgerRig();
    const first = await reserved(rig, solanaDraft());
    await through(rig, first, [solanaSignEvent(first, rig.clock.nowMs(), 'order 1'), ...events]);
    rig.db.close();
    rig = await ledgerRig(rig);
    const second = await reserved(rig, solanaDraft({ site: news }));
    const again = solanaSignEvent(second, rig.clock.nowMs(), 'order 1');
    await expect(rig.ledger.advance(second.id, again)).rejects.toMatchObject(unsafe('used memo'));
    await expect(rig.ledger.get(second.id)).resolves.toMatchObject({ state: 'reserved' });
    const other = solanaSignEvent(second, rig.clock.nowMs(), 'order 2');
    await expect(rig.ledger.advance(second.id, other)).resolves.toMatchObject({ state: 'signing' });
  });

  it('is taken by one of two payments at once', async () => {
    const rig = await ledgerRig();
    const payments = [await reserved(rig, solanaDraft()), await reserved(rig, solanaDraft())];
    const ends = await Promise.allSettled(
      payments.map((payment) =>
        rig.ledger.advance(payment.id, solanaSignEvent(payment, rig.clock.nowMs(), 'order 1')),
      ),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const open = await rig.ledger.open();
    expect(open.map(({ state }) => state).sort()).toEqual(['reserved', 'signing']);
  });
});

describe('a nonce', () => {
  it('that another payment has is refused, and its own payment may be asked for again', async () => {
    const rig = await ledgerRig();
    const first = await reserved(rig);
    const { clock, ledger } = rig;
    await ledger.advance(first.id, signEvent(first, clock.nowMs()));
    await ledger.advance(first.id, { type: 'trouble', trouble: 'wallet-rejected' });
    const { payer, authorization } = signEvent(first, clock.nowMs());
    const second = await reserved(rig, { amount: first.amount });
    await expect(ledger.advance(second.id, { type: 'sign', payer, authorization })).rejects.toMatchObject(
      unsafe('used nonce'),
    );
    await expect(ledger.advance(first.id, signEvent(first, clock.nowMs()))).resolves.toMatchObject({
      state: 'signing',
    });
  });
});

describe('a transaction', () => {
  it('that proves one payment on Solana settles no other, by nobody’s word', async () => {
    const rig = await ledgerRig();
    const [first, second] = [await sent(rig, 'a'), await sent(rig, 'b')];
    await rig.ledger.advance(first.id, byChain(one));
    for (const event of [byChain(one), byReceipt(one)])
      await expect(rig.ledger.advance(second.id, event)).rejects.toThrow(TransactionTaken);
    await expect(rig.ledger.get(second.id)).resolves.toEqual(second);
    await expect(rig.ledger.provedBy(one)).resolves.toMatchObject({ id: first.id });
    const { siteDay } = await rig.ledger.usage(shop);
    expect(siteDay).toEqual({ used: first.amount + second.amount, held: second.amount });
    // Told again of its own payment it changes nothing, and nothing keeps the other from its own end.
    await expect(rig.ledger.advance(first.id, byChain(one))).resolves.toMatchObject({ state: 'settled' });
    await expect(rig.ledger.advance(second.id, release)).resolves.toMatchObject({ state: 'released' });
  });

  it('that a gateway names for two payments settles the first alone', async () => {
    const rig = await ledgerRig();
    const [first, second] = [await sent(rig, 'a'), await sent(rig, 'b')];
    await rig.ledger.advance(first.id, byReceipt(one));
    await expect(rig.ledger.advance(second.id, byReceipt(one))).rejects.toThrow(TransactionTaken);
    await expect(rig.ledger.provedBy(one)).resolves.toBeUndefined();
  });

  it('that a gateway named for the wrong payment proves the right one once the chain says so', async () => {
    const rig = await ledgerRig();
    const [wrong, right] = [await sent(rig, 'a'), await sent(rig, 'b')];
    await rig.ledger.advance(wrong.id, byReceipt(one));
    await rig.ledger.advance(right.id, byChain(one));
    await expect(rig.ledger.provedBy(one)).resolves.toMatchObject({ id: right.id });
    const told = await rig.ledger.get(wrong.id);
    expect(told).toMatchObject({ state: 'settled', proof: 'receipt' });
    expect(told).not.toHaveProperty('transaction');
    await expect(rig.ledger.advance(wrong.id, byChain('another'))).resolves.toMatchObject({
      transaction: 'another',
    });
    await expect(rig.ledger.checkWhole()).resolves.toBeUndefined();
  });

  it('of an EVM chain may hold the events of several payments, of which the chain alone tells', async () => {
    const rig = await ledgerRig();
    const payments = [await reserved(rig), await reserved(rig)];
    for (const payment of payments)
      await through(rig, payment, [signEvent(payment, rig.clock.nowMs()), ...send, byChain('0xbatch')]);
    const third = await reserved(rig);
    await through(rig, third, [signEvent(third, rig.clock.nowMs()), ...send]);
    await expect(rig.ledger.advance(third.id, byReceipt('0xbatch'))).rejects.toThrow(TransactionTaken);
  });
});

type Step =
  | { readonly do: 'sign'; readonly memo: number }
  | { readonly do: 'prove'; readonly which: number; readonly transaction: number; readonly word: boolean }
  | { readonly do: 'expire'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('sign' as const), memo: fc.nat(5) }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('prove' as const),
      which: fc.nat(4),
      transaction: fc.nat(4),
      word: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('expire' as const), which: fc.nat(4) }),
);

describe('whatever is signed, named and shown', () => {
  it('no memo is of two payments and no transaction the proof of two, and all that is not freed counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 20 }), async (steps) => {
        const rig = await ledgerRig();
        const payments: Payment[] = [];
        const refusals = (error: unknown) => {
          if (!(error instanceof Error) || !/refuses to sign|proves another|cannot take/.test(error.message))
            throw error;
        };
        for (const each of steps) {
          if (each.do === 'sign') {
            const payment = await reserved(rig, { ...solanaDraft(), amount: microUsdc(1000n) });
            payments.push(payment);
            const event = solanaSignEvent(payment, rig.clock.nowMs(), `memo ${each.memo}`);
            await through(rig, payment, [event, ...send]).catch(refusals);
            continue;
          }
          const payment = payments.at(-1 - each.which);
          if (!payment) continue;
          const name = each.do === 'prove' ? `transaction ${each.transaction}` : '';
          const proof = each.do === 'prove' && each.word ? byReceipt(name) : byChain(name);
          await rig.ledger.advance(payment.id, each.do === 'prove' ? proof : release).catch(refusals);
        }
        const rows = await rig.ledger.recent(99);
        const memos = rows.flatMap((row) =>
          'authorization' in row && row.authorization?.kind === 'svm' ? [row.authorization.memo] : [],
        );
        expect(new Set(memos).size).toBe(memos.length);
        const named = rows.flatMap((row) => ('transaction' in row ? [row.transaction] : []));
        expect(new Set(named).size).toBe(named.length);
        const counted = rows.filter(({ state }) => state !== 'released').length;
        const { used, held } = (await rig.ledger.usage(shop)).siteDay;
        expect(used).toBe(1000n * BigInt(counted));
        expect(held).toBe(1000n * BigInt(rows.filter(isOpen).length));
        rig.db.close();
      }),
      { numRuns: 30 },
    );
  });
});
