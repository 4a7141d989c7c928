import { describe, expect, it } from 'vitest';
import { defaultSiteCaps } from '../../src/core/limits.ts';
import { panelSite } from '../../src/core/site.ts';
import { dbVersion } from '../../src/storage/migrations.ts';
import { fakeClock } from '../fakes/clock.ts';
import { freshFactory } from '../fakes/database.ts';
import { draft, news, shop, solanaDraft, solanaSignEvent } from '../fakes/payments.ts';
import version1 from './fixtures/v1.json' with { type: 'json' };
import version2 from './fixtures/v2.json' with { type: 'json' };
import version3 from './fixtures/v3.json' with { type: 'json' };
import version4 from './fixtures/v4.json' with { type: 'json' };
import version5 from './fixtures/v5.json' with { type: 'json' };
import { ledgerRig } from './ledgerRig.ts';

interface Fixture {
  readonly version: number;
  readonly nowMs: number;
  readonly stores: readonly StoreShape[];
}

interface StoreShape {
  readonly name: string;
  readonly keyPath: string | string[] | null;
  readonly indexes: readonly {
    readonly name: string;
    readonly keyPath: string | string[];
    readonly unique: boolean;
  }[];
  readonly rows: readonly { readonly key?: string; readonly value: unknown }[];
}

/** Lays a database out as a released version left it, without any of today's code. */
function restore(factory: IDBFactory, { version, stores }: Fixture): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.open('paidchat', version);
    request.addEventListener('error', () => reject(request.error ?? new Error('no reason')));
    request.addEventListener('upgradeneeded', () => {
      for (const { name, keyPath, indexes, rows } of stores) {
        const store = request.result.createObjectStore(name, { keyPath });
        for (const index of indexes) store.createIndex(index.name, index.keyPath, { unique: index.unique });
        for (const { key, value } of rows) store.put(value, key);
      }
    });
    request.addEventListener('success', () => {
      request.result.close();
      resolve();
    });
  });
}

/** The stores and indexes of today's version, as they are. */
function shapesOf(factory: IDBFactory): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = factory.open('paidchat');
    request.addEventListener('error', () => reject(request.error ?? new Error('no reason')));
    request.addEventListener('success', () => {
      const shapes = [...request.result.objectStoreNames].map((name) => {
        const store = request.result.transaction(name).objectStore(name);
        const indexes = [...store.indexNames].map((index) => {
          const { keyPath, unique, multiEntry } = store.index(index);
          return { name: index, keyPath, unique, multiEntry };
        });
        return { name, keyPath: store.keyPath, autoIncrement: store.autoIncrement, indexes };
      });
      request.result.close();
      resolve(shapes);
    });
  });
}

async function fromVersion1() {
  const factory = freshFactory();
  await restore(factory, version1);
  return ledgerRig({ factory, clock: fakeClock(version1.nowMs) });
}

describe('a database of version 1', () => {
  it.each([version1, version2, version3, version4, version5])(
    '($version) is laid out as a new one after it was opened',
    async (fixture) => {
      const restored = freshFactory();
      await restore(restored, fixture);
      const rigs = [await ledgerRig({ factory: restored }), await ledgerRig()] as const;
      for (const { db } of rigs) db.close();
      expect(await shapesOf(rigs[0].factory)).toEqual(await shapesOf(rigs[1].factory));
      expect(dbVersion).toBeGreaterThanOrEqual(1);
    },
  );

  it('keeps every payment with its state', async () => {
    const { ledger } = await fromVersion1();
    const payments = await ledger.recent(99);
    expect(payments.map(({ id, state, amount }) => [id, state, amount])).toEqual([
      ['payment-9', 'settled', 900_000n],
      ['payment-8', 'released', 4424n],
      ['payment-7', 'released', 4424n],
      ['payment-6', 'settled', 6000n],
      ['payment-5', 'settled', 5000n],
      ['payment-4', 'sent', 4000n],
      ['payment-3', 'signed', 3000n],
      ['payment-2', 'signing', 2000n],
      ['payment-1', 'reserved', 4424n],
    ]);
    expect(payments[6]).toMatchObject({
      site: shop,
      callId: 'call-3',
      payer: '0x1111111111111111111111111111111111111111',
      authorization: { value: '3000', validBefore: String(version1.nowMs / 1000 + 600) },
      trouble: 'not-sent',
    });
    expect(payments[3]).toMatchObject({
      site: panelSite,
      proof: 'chain',
      transaction: '0xbeef',
      blockTimeMs: version1.nowMs + 2000,
      countsFromMs: version1.nowMs + 2000,
    });
    expect(payments[0]).toMatchObject({ overrideId: 'raise-9', approvedBy: 'override', attempts: 0 });
    await expect(ledger.ofCall(shop, 'call-8')).resolves.toMatchObject({
      releasedReason: 'expired-on-chain',
    });
    await expect(ledger.basis(shop)).resolves.toMatchObject({ paymentsInLastMinute: 1 });
  });

  it('counts what it counted', async () => {
    const { ledger } = await fromVersion1();
    const shopUse = { used: 905_000n + 13_424n, held: 13_424n };
    await expect(ledger.usage(shop)).resolves.toEqual({
      siteDay: shopUse,
      siteMonth: shopUse,
      allDay: shopUse,
      allMonth: shopUse,
      panelDay: { used: 6000n, held: 0n },
    });
    await expect(ledger.reserve(draft({ id: 'payment-10' }))).resolves.toMatchObject({
      ok: false,
      exceeded: [{ limit: 'site-day', cap: 250_000n }],
    });
  });

  it('goes on where it was: restart, settlement, used raises', async () => {
    const { ledger, clock } = await fromVersion1();
    await expect(ledger.ready()).resolves.toBe('absent');
    await expect(ledger.releaseReservedAtBoot()).resolves.toMatchObject([{ id: 'payment-1' }]);
    await ledger.advance('payment-4', { type: 'settle', proof: 'receipt', atMs: clock.nowMs() });
    await expect(ledger.usage(shop)).resolves.toMatchObject({ siteDay: { used: 914_000n, held: 5000n } });
    const spent = { approvedBy: 'override', overrideId: 'raise-9', bodyDigest: 'ab'.repeat(32) } as const;
    const amount = (await ledger.get('payment-9'))?.amount;
    if (amount === undefined) throw new Error('payment-9 is gone');
    await expect(ledger.reserve(draft({ ...spent, amount }))).resolves.toMatchObject({ ok: false });
  });

  it('keeps what the person has decided', async () => {
    const { policies } = await fromVersion1();
    await expect(policies.list()).resolves.toEqual([
      { site: news, mode: 'blocked', caps: defaultSiteCaps },
      {
        site: shop,
        mode: 'auto',
        caps: { request: 50_000n, day: 250_000n, month: 5_000_000n },
        grantedAtMs: version1.nowMs,
        lastUsedAtMs: version1.nowMs + 5,
        gateway: 'jumpgate',
        walletRdns: 'com.example.wallet',
        walletId: 'wallet-1',
      },
    ]);
    await expect(policies.rules(shop)).resolves.toMatchObject({
      global: { allDay: 1_000_000n, allMonth: 9_000_000n, panelDay: 700_000n, site: defaultSiteCaps },
      paused: false,
    });
    await expect(policies.payees('jumpgate', 'eip155:8453')).resolves.toEqual({
      payTo: ['0x2222222222222222222222222222222222222222'],
    });
  });
});

describe('a database of version 2', () => {
  it('counts what stands in it for lost payments, and goes on', async () => {
    const factory = freshFactory();
    await restore(factory, version2);
    const { ledger } = await ledgerRig({ factory, clock: fakeClock(version2.nowMs) });
    await expect(ledger.ready()).resolves.toBe('absent');
    const carried = { day: 21_000n, month: 71_000n, held: 1000n };
    await expect(ledger.usage(shop)).resolves.toEqual({
      siteDay: { used: 918_424n + carried.day, held: 13_424n + carried.held },
      siteMonth: { used: 918_424n + carried.month, held: 13_424n + carried.held },
      allDay: { used: 918_424n + carried.day, held: 13_424n + carried.held },
      allMonth: { used: 918_424n + carried.month, held: 13_424n + carried.held },
      panelDay: { used: 6000n + carried.day, held: carried.held },
    });
    await expect(ledger.recent(99)).resolves.toHaveLength(9);
    await expect(ledger.releaseReservedAtBoot()).resolves.toMatchObject([{ id: 'payment-1' }]);
  });
});

describe('a database of version 3', () => {
  it('knows which memos were used and which transactions prove a payment, as older ones do once opened', async () => {
    for (const fixture of [version2, version3]) {
      const factory = freshFactory();
      await restore(factory, fixture);
      const { ledger } = await ledgerRig({ factory, clock: fakeClock(fixture.nowMs) });
      await ledger.ready();
      await expect(ledger.provedBy('0xbeef')).resolves.toMatchObject({ id: 'payment-6' });
      await expect(ledger.provedBy('0xfeed')).resolves.toBeUndefined();
      if (fixture === version2) continue;
      const panel = solanaDraft({ id: 'payment-12', site: panelSite });
      await expect(ledger.reserve(panel)).resolves.toMatchObject({ ok: true });
      const event = solanaSignEvent(panel, fixture.nowMs, 'order 1');
      await expect(ledger.advance('payment-12', event)).rejects.toMatchObject({ reason: 'unsafeOffer' });
    }
  });
});

describe('a database of version 4', () => {
  it('keeps what its payments are known by', async () => {
    const factory = freshFactory();
    await restore(factory, version4);
    const { ledger } = await ledgerRig({ factory, clock: fakeClock(version4.nowMs) });
    const identifier = 'c0ffee'.padEnd(32, '0');
    await expect(ledger.get('payment-4')).resolves.toMatchObject({ state: 'sent', identifier });
    await expect(ledger.get('payment-5')).resolves.toMatchObject({ state: 'settled', identifier });
  });
});

describe('a database of version 5', () => {
  it('knows what no chain has confirmed yet; an older one has such payments from now on', async () => {
    for (const [fixture, known] of [
      [version4, []],
      [version5, ['payment-5']],
    ] as const) {
      const factory = freshFactory();
      await restore(factory, fixture);
      const { ledger, clock } = await ledgerRig({ factory, clock: fakeClock(fixture.nowMs) });
      const ids = async () => (await ledger.unproved(9)).map(({ payment }) => payment.id);
      expect(await ids()).toEqual(known);
      await ledger.advance('payment-4', { type: 'settle', proof: 'receipt', atMs: clock.nowMs() });
      expect((await ids()).toSorted()).toEqual(['payment-4', ...known]);
    }
  });
});
