import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaymentDraft } from '../../src/core/ledger.ts';
import { defaultGlobalCaps } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import { exceededCaps } from '../../src/core/policy.ts';
import type { LedgerStore } from '../../src/storage/ledgerStore.ts';
import { turn } from '../fakes/database.ts';
import { draft, news, shop } from '../fakes/payments.ts';
import { ledgerRig } from './ledgerRig.ts';

const cap = 500_000n;

interface Asked {
  readonly delay: number;
  readonly amount: bigint;
  readonly worker: 0 | 1;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  delay: fc.nat(12),
  amount: fc.bigInt({ min: 1n, max: 400_000n }),
  worker: fc.constantFrom(0, 1),
});

/** Lets everyone ask in their own time, on two connections to one database. */
async function askAll(
  list: readonly Asked[],
  reserve: (store: LedgerStore, facts: PaymentDraft) => Promise<boolean>,
) {
  const first = await ledgerRig();
  const rigs = [first, await ledgerRig(first, first.writer)] as const;
  const outcomes = await Promise.all(
    list.map(async ({ delay, amount, worker }) => {
      for (let turns = 0; turns < delay; turns += 1) await turn();
      return { amount, ok: await reserve(rigs[worker].ledger, draft({ amount: microUsdc(amount) })) };
    }),
  );
  const sum = (wanted: boolean) =>
    outcomes.reduce((total, { amount, ok }) => (ok === wanted ? total + amount : total), 0n);
  const { siteDay } = await first.ledger.usage(shop);
  const open = await first.ledger.open();
  for (const rig of rigs) rig.db.close();
  return { outcomes, reserved: sum(true), used: siteDay.used, open: open.length };
}

const inOneTransaction = async (store: LedgerStore, facts: PaymentDraft) => (await store.reserve(facts)).ok;

describe('reservations at the same time', () => {
  it('never share the same room, and never leave room unused that somebody asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 8 }), async (list) => {
        const { outcomes, reserved, used, open } = await askAll(list, inOneTransaction);
        expect(reserved).toBe(used);
        expect(reserved <= cap).toBe(true);
        expect(open).toBe(outcomes.filter(({ ok }) => ok).length);
        for (const { amount, ok } of outcomes) if (!ok) expect(reserved + amount > cap).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('with room for one: exactly one wins, whoever asks when', async () => {
    const pair = fc.tuple(asked, asked).map((list) => list.map((one) => ({ ...one, amount: 300_000n })));
    await fc.assert(
      fc.asyncProperty(pair, async (list) => {
        const { outcomes } = await askAll(list, inOneTransaction);
        expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
  });

  it('of different sites share the limit over all sites', async () => {
    const rig = await ledgerRig();
    const only = microUsdc(400_000n);
    await rig.policies.changeGlobalCaps((known) => ({
      ...known,
      allDay: only,
      allMonth: only,
      panelDay: only,
    }));
    const both = await Promise.all(
      [shop, news].map((site) => rig.ledger.reserve(draft({ site, amount: microUsdc(300_000n) }))),
    );
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('overspend when check and write are two steps: these schedules are able to show it', async () => {
    const checkThenWrite = async (store: LedgerStore, facts: PaymentDraft) => {
      const rules = { policy: undefined, paused: false, global: defaultGlobalCaps };
      if (exceededCaps(facts.site, facts.amount, rules, await store.usage(facts.site)).length > 0)
        return false;
      // The write alone, as a ledger without the check in its transaction would make it.
      const override = { id: facts.id, cardId: '', site: facts.site, bodyDigest: facts.bodyDigest };
      await store.recordOverride({ ...override, amount: facts.amount, expiresAtMs: Number.MAX_SAFE_INTEGER });
      await store.reserve({ ...facts, approvedBy: 'override', overrideId: facts.id });
      return true;
    };
    const pair = fc.tuple(asked, asked).map((list) => list.map((one) => ({ ...one, amount: 300_000n })));
    const overspent = fc.check(
      fc.asyncProperty(pair, async (list) => (await askAll(list, checkThenWrite)).reserved <= cap),
      { numRuns: 50 },
    );
    await expect(overspent).resolves.toMatchObject({ failed: true });
  });
});
