import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Payment } from '../../src/core/ledger.ts';
import { microUsdc } from '../../src/core/money.ts';
import { readWitness } from '../../src/storage/witness.ts';
import { turn, until } from '../fakes/database.ts';
import { draft, receiptEvents, shop, signEvent } from '../fakes/payments.ts';
import { ledgerRig, reserved, through } from './ledgerRig.ts';
import type { LedgerRig } from './ledgerRig.ts';

const superseded = { name: 'Failure', reason: 'superseded' };
const cap = 500_000n;

/** A later start of the background, while the earlier one still lives: at an update, or when a restart races. */
async function overlapping() {
  const older = await ledgerRig();
  await older.ledger.ready();
  return { older, boot: () => boot(older) };
}

async function boot(older: LedgerRig): Promise<LedgerRig> {
  const newer = await ledgerRig(older);
  await newer.ledger.releaseReservedAtBoot();
  return newer;
}

const turns = async (count: number) => {
  for (let made = 0; made < count; made += 1) await turn();
};

describe('an older background that still lives when a newer one has started', () => {
  it('can take none of its payments a step further', async () => {
    const { older, boot } = await overlapping();
    const now = older.clock.nowMs();
    const [waiting, asked, paid] = [await reserved(older), await reserved(older), await reserved(older)];
    await through(older, asked, [signEvent(asked, now)]);
    const events = receiptEvents(paid, now);
    await through(older, paid, events.slice(0, 3));
    const newer = await boot();

    const settle = events[3] as (typeof events)[number];
    const late = [
      () => older.ledger.reserve(draft()),
      () => older.ledger.advance(waiting.id, signEvent(waiting, now)),
      () => older.ledger.advance(asked.id, { type: 'signed', signature: '0xab' }),
      () => older.ledger.advance(paid.id, settle),
      () => older.ledger.releaseReservedAtBoot(),
      () => older.ledger.recordOverride({ ...draft(), cardId: 'c', expiresAtMs: now + 1 }),
    ];
    for (const step of late) await expect(step()).rejects.toMatchObject(superseded);
    await expect(newer.ledger.recent(9)).resolves.toMatchObject([
      { id: paid.id, state: 'sent' },
      { id: asked.id, state: 'signing' },
      { id: waiting.id, state: 'released', releasedReason: 'restart' },
    ]);
    await expect(newer.ledger.usage(shop)).resolves.toMatchObject({ siteDay: { used: 2n * 4424n } });
  });

  it('never asks for a signature of what the newer one has freed, whenever that starts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.nat(40), async (olderDelay, bootDelay) => {
        const { older, boot } = await overlapping();
        const payment = await reserved(older, { amount: microUsdc(300_000n) });
        const sign = async () => {
          await turns(olderDelay);
          return older.ledger.advance(payment.id, signEvent(payment, older.clock.nowMs()));
        };
        const start = async () => {
          await turns(bootDelay);
          return boot();
        };
        const [asked, newer] = await Promise.all([sign().catch(() => undefined), start()]);
        const row = (await newer.ledger.get(payment.id)) as Payment;
        // Asked: the wallet may sign, so the amount has to count. Not asked: it may count, but only as what it is.
        if (asked) expect(row.state).toBe('signing');
        else expect(['released', 'signing']).toContain(row.state);
        const room = await newer.ledger.reserve(draft({ amount: microUsdc(300_000n) }));
        expect(room.ok).toBe(row.state === 'released');
        for (const { db } of [older, newer]) db.close();
      }),
      { numRuns: 60 },
    );
  });

  it('shares no room with it: together they stay within the limit and lose no row', async () => {
    const step = fc.record({ delay: fc.nat(20), amount: fc.bigInt({ min: 1n, max: 400_000n }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.nat(20),
        async (steps, bootDelay) => {
          const { older, boot } = await overlapping();
          let newer: LedgerRig | undefined;
          /** Reserves and asks for the signature, with whoever lives. */
          const buy = async ({ delay, amount }: { delay: number; amount: bigint }) => {
            await turns(delay);
            const { ledger } = newer ?? older;
            const facts = draft({ amount: microUsdc(amount) });
            try {
              const reservation = await ledger.reserve(facts);
              if (!reservation.ok) return undefined;
              return await ledger.advance(facts.id, signEvent(facts, older.clock.nowMs()));
            } catch (error) {
              expect(error).toMatchObject(superseded);
              return undefined;
            }
          };
          const start = async () => {
            await turns(bootDelay);
            newer = await boot();
            return newer;
          };
          const [rig, ...bought] = await Promise.all([start(), ...steps.map(buy)]);
          const signed = bought.filter((payment) => payment !== undefined);
          const exposure = signed.reduce((total, { amount }) => total + amount, 0n);
          expect(exposure <= cap).toBe(true);
          const { siteDay } = await rig.ledger.usage(shop);
          expect(siteDay.used >= exposure && siteDay.used <= cap).toBe(true);
          for (const { id } of signed)
            await expect(rig.ledger.get(id)).resolves.toMatchObject({ state: 'signing' });
          for (const { db } of [older, rig]) db.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not put its witness over the newer one’s, however late its write lands', async () => {
    const { older, boot } = await overlapping();
    const write = older.witness.set.bind(older.witness);
    let land: (() => void) | undefined;
    older.witness.set = (key, value) => new Promise((resolve) => (land = () => resolve(write(key, value))));
    await reserved(older);
    await until(() => land !== undefined);
    older.witness.set = write;
    const newer = await boot();
    const payment = await reserved(newer);
    await through(newer, payment, [signEvent(payment, newer.clock.nowMs())]);
    land?.();
    await turns(20);
    const { witness, damaged } = await readWitness(newer.witness, newer.clock);
    expect({ damaged, openTotal: witness?.openTotal, seq: witness?.seq }).toEqual({
      damaged: false,
      openTotal: 4424n,
      seq: 4,
    });
    await expect((await ledgerRig(newer)).ledger.ready()).resolves.toBe('current');
  });
});
