import { describe, expect, it, vi } from 'vitest';
import { defaultGlobalCaps } from '../../src/core/limits.ts';
import { microUsdc } from '../../src/core/money.ts';
import { panelSite } from '../../src/core/site.ts';
import { storageTimeoutMs } from '../../src/storage/db.ts';
import { createLedgerStore } from '../../src/storage/ledgerStore.ts';
import type { LedgerStore } from '../../src/storage/ledgerStore.ts';
import { dbVersion } from '../../src/storage/migrations.ts';
import { openRecord } from '../../src/storage/openRecord.ts';
import { createPolicyStore } from '../../src/storage/policyStore.ts';
import { rearm } from '../../src/storage/rearm.ts';
import { readWitness } from '../../src/storage/witness.ts';
import { brokenFactory, copyOf, fakeWitnessStorage, freshFactory, until } from '../fakes/database.ts';
import type { FakeWitnessStorage } from '../fakes/database.ts';
import type { FakeClock } from '../fakes/clock.ts';
import { draft, news, receiptEvents, shop, signEvent, site } from '../fakes/payments.ts';
import { ledgerRig, newWriter, reserved, tamper, through, witnessOf } from './ledgerRig.ts';

const hour = 3_600_000;
const day = 24 * hour;
const spam = site('https://spam.example');
const settledAmount = 100_000n;
const openAmount = 50_000n;
const quarantined = { reason: 'quarantined' };
const unavailable = {
  type: 'ledger_unavailable',
  reason: expect.stringMatching(/^(ledgerUnavailable|storageSilent)$/) as string,
};

interface Place {
  readonly factory: IDBFactory;
  readonly witness: FakeWitnessStorage;
  readonly clock: FakeClock;
}

/** A profile in which the shop has been paid once and may still be paid once more; and a backup of it from before. */
async function usedProfile(): Promise<Place & { readonly backup: IDBFactory }> {
  const rig = await ledgerRig();
  await rig.policies.setMode(shop, 'auto');
  await rig.policies.setMode(spam, 'blocked');
  const given = await reserved(rig);
  await rig.ledger.advance(given.id, { type: 'release', reason: 'stopped', atMs: rig.clock.nowMs() });
  const backup = await copyOf(rig.factory);
  const paid = await reserved(rig, { amount: microUsdc(settledAmount) });
  await through(rig, paid, receiptEvents(paid, rig.clock.nowMs()));
  const asked = await reserved(rig, { amount: microUsdc(openAmount) });
  await through(rig, asked, [signEvent(asked, rig.clock.nowMs())]);
  rig.db.close();
  return { ...rig, backup };
}

/** Starts the ledger over what lies there. */
async function start(place: Place) {
  const writer = newWriter();
  const opening = openRecord(place);
  const db = await inTime(place.clock, opening);
  const ledger = createLedgerStore({ ...place, db, writer });
  const verdict = await inTime(place.clock, ledger.ready());
  return { db, ledger, verdict, policies: createPolicyStore({ db, clock: place.clock }) };
}

/** Whatever waits for a timeout gets it. */
async function inTime<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  const wait = { over: false };
  const end = () => void (wait.over = true);
  promise.then(end, end);
  for (let turns = 0; !wait.over; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (turns > 0 && turns % 100 === 0) clock.advance(storageTimeoutMs);
  }
  return promise;
}

const databases = {
  intact: (place) => place.factory,
  empty: () => freshFactory(),
  'an older copy': ({ backup }) => backup,
  'with a damaged row': (place) => damagedRow(place),
  'with a damaged head': (place) => damagedHead(place),
  unreadable: () => brokenFactory('fails'),
  hanging: () => brokenFactory('hangs'),
  'of a newer version': () => newer(),
  'on a full disk': () => brokenFactory('fails', 'QuotaExceededError'),
} satisfies Record<
  string,
  (place: Awaited<ReturnType<typeof usedProfile>>) => IDBFactory | Promise<IDBFactory>
>;

const witnesses = {
  intact: ({ witness }) => witness,
  missing: () => fakeWitnessStorage(),
  damaged: ({ witness }) =>
    fakeWitnessStorage([...witness.records].map(([key]) => [key, { epoch: 1, seq: 'many' }])),
  unreadable: ({ witness }) => untilCleared(witness),
  hanging: () => silentStorage(),
  behind: ({ witness }) =>
    fakeWitnessStorage(
      [...witness.records].map(([key, value]) => [key, { ...(value as object), seq: 1, openTotal: '0' }]),
    ),
} satisfies Record<string, (place: Place) => FakeWitnessStorage>;

type Start =
  | 'new'
  | 'current'
  | 'behind'
  | 'absent'
  | 'unavailable'
  | 'empty'
  | 'older'
  | 'damaged'
  | 'unreadable'
  | 'witness-damaged'
  | 'witness-unreadable';
/** What counts for the shop, for a site that was never paid and for the panel, 24 h, after the person has gone on. */
type After = readonly [shop: bigint, other: bigint, panel: bigint];

const all = settledAmount + openAmount;
const limits = defaultGlobalCaps.allDay + defaultGlobalCaps.panelDay;

type Row = [
  keyof typeof databases,
  keyof typeof witnesses,
  Start,
  After | 'no click needed' | 'no click helps',
];

const table: Row[] = [
  ['intact', 'intact', 'current', 'no click needed'],
  ['intact', 'missing', 'absent', 'no click needed'],
  ['intact', 'behind', 'behind', 'no click needed'],
  ['intact', 'damaged', 'witness-damaged', [all, 0n, 0n]],
  ['intact', 'unreadable', 'witness-unreadable', [all, 0n, 0n]],
  ['intact', 'hanging', 'witness-unreadable', 'no click helps'],
  ['empty', 'intact', 'empty', [all, all, all]],
  ['empty', 'missing', 'new', 'no click needed'],
  ['empty', 'damaged', 'empty', [limits, limits, limits]],
  ['empty', 'unreadable', 'witness-unreadable', [limits, limits, limits]],
  ['empty', 'hanging', 'witness-unreadable', 'no click helps'],
  ['an older copy', 'intact', 'older', [all, all, all]],
  ['an older copy', 'missing', 'absent', 'no click needed'],
  ['an older copy', 'damaged', 'witness-damaged', [0n, 0n, 0n]],
  ['an older copy', 'unreadable', 'witness-unreadable', [0n, 0n, 0n]],
  ['an older copy', 'hanging', 'witness-unreadable', 'no click helps'],
  ['with a damaged row', 'intact', 'damaged', [all, all, all]],
  ['with a damaged row', 'missing', 'damaged', [limits, limits, limits]],
  ['with a damaged row', 'damaged', 'damaged', [limits, limits, limits]],
  ['with a damaged row', 'unreadable', 'damaged', [limits, limits, limits]],
  ['with a damaged row', 'hanging', 'damaged', 'no click helps'],
  ['with a damaged head', 'intact', 'damaged', [all, all, all]],
  ['with a damaged head', 'missing', 'damaged', [limits, limits, limits]],
  ['with a damaged head', 'damaged', 'damaged', [limits, limits, limits]],
  ['unreadable', 'intact', 'unreadable', [all, all, all]],
  ['unreadable', 'missing', 'unreadable', [limits, limits, limits]],
  ['unreadable', 'damaged', 'unreadable', [limits, limits, limits]],
  ['unreadable', 'unreadable', 'unreadable', [limits, limits, limits]],
  ['unreadable', 'hanging', 'unreadable', 'no click helps'],
  ['hanging', 'intact', 'unreadable', [all, all, all]],
  ['hanging', 'missing', 'unreadable', [limits, limits, limits]],
  ['hanging', 'damaged', 'unreadable', [limits, limits, limits]],
  ['hanging', 'unreadable', 'unreadable', [limits, limits, limits]],
  ['hanging', 'hanging', 'unreadable', 'no click helps'],
  ['of a newer version', 'intact', 'unavailable', 'no click helps'],
  ['of a newer version', 'missing', 'unavailable', 'no click helps'],
  ['on a full disk', 'intact', 'unavailable', 'no click helps'],
  ['on a full disk', 'damaged', 'unavailable', 'no click helps'],
];

async function place(db: keyof typeof databases, witness: keyof typeof witnesses): Promise<Place> {
  const used = await usedProfile();
  return { clock: used.clock, factory: await databases[db](used), witness: witnesses[witness](used) };
}

const usedOf = async (ledger: LedgerStore): Promise<After> => [
  (await ledger.usage(shop)).siteDay.used,
  (await ledger.usage(news)).siteDay.used,
  (await ledger.usage(panelSite)).panelDay.used,
];

describe('a start over every combination of database and witness', () => {
  it.each(table)('database %s, witness %s: %s', async (db, witness, verdict, after) => {
    const there = await place(db, witness);
    if (after === 'no click needed') {
      await expect(start(there)).resolves.toMatchObject({ verdict });
      return;
    }
    if (after === 'no click helps') {
      const refused = verdict === 'unavailable' ? unavailable : { ...quarantined, loss: { cause: verdict } };
      await expect(start(there)).rejects.toMatchObject(refused);
      // There is nothing that a click could make good: a full disk, a hanging witness or newer data stay as they are.
      await expect(inTime(there.clock, rearm(there, newWriter()))).rejects.toMatchObject(unavailable);
      await expect(start(there)).rejects.toMatchObject({ type: 'ledger_unavailable' });
      return;
    }
    const cause = verdict === 'older' ? 'behind' : verdict;
    await expect(start(there)).rejects.toMatchObject({ ...quarantined, loss: { cause } });
    // A restart is no consent.
    await expect(start(there)).rejects.toMatchObject({ ...quarantined, loss: { cause } });

    await inTime(there.clock, rearm(there, newWriter()));
    const again = await start(there);
    expect(again.verdict).toBe('current');
    await expect(usedOf(again.ledger)).resolves.toEqual(after);
    const modes = (await again.policies.list()).map(({ mode }) => mode);
    expect(modes).not.toContain('auto');
    again.db.close();
    await expect(start(there)).resolves.toMatchObject({ verdict: 'current' });
  });
});

describe('a record that the person has gone on with', () => {
  const emptied = async () => {
    const there = await place('empty', 'intact');
    await rearm(there, newWriter());
    return there;
  };

  it('holds what was open until an hour after its last expiry, and counts it as spent from then on', async () => {
    const there = await emptied();
    const { ledger } = await start(there);
    await expect(ledger.usage(shop)).resolves.toMatchObject({
      siteDay: { used: all, held: openAmount },
      allMonth: { used: all, held: openAmount },
      panelDay: { used: all, held: openAmount },
    });
    const pass = async (ms: number) => {
      there.clock.advance(ms);
      await ledger.noteSeenTime(there.clock.nowMs());
      const { siteDay, allMonth } = await ledger.usage(shop);
      return [siteDay.used, siteDay.held, allMonth.used];
    };
    const validity = 600_000;
    expect(await pass(validity + hour - 1)).toEqual([all, openAmount, all]);
    expect(await pass(1)).toEqual([all, 0n, all]);
    expect(await pass(day - validity)).toEqual([openAmount, 0n, all]);
    expect(await pass(validity)).toEqual([0n, 0n, all]);
    expect(await pass(29 * day - validity)).toEqual([0n, 0n, openAmount]);
    expect(await pass(validity)).toEqual([0n, 0n, 0n]);
  });

  it('frees nothing early by a clock that is set forward', async () => {
    const there = await emptied();
    const { ledger } = await start(there);
    there.clock.set(there.clock.nowMs() + 40 * day);
    await expect(ledger.usage(shop)).resolves.toMatchObject({ siteMonth: { used: all, held: openAmount } });
  });

  it('passes no limit: what is lost leaves the rest of it', async () => {
    const there = await emptied();
    const { ledger } = await start(there);
    const room = 500_000n - all;
    await expect(ledger.reserve(draft({ site: news, amount: microUsdc(room + 1n) }))).resolves.toMatchObject({
      ok: false,
      exceeded: [{ limit: 'site-day', used: all, held: openAmount }],
    });
    await expect(ledger.reserve(draft({ site: news, amount: microUsdc(room) }))).resolves.toMatchObject({
      ok: true,
    });
  });

  it('is known to a next loss: the witness counts what was carried', async () => {
    const there = await emptied();
    const { db, ledger } = await start(there);
    const payment = draft({ amount: microUsdc(1000n) });
    await ledger.reserve(payment);
    for (const event of receiptEvents(payment, there.clock.nowMs())) await ledger.advance(payment.id, event);
    await until(
      async () => (await readWitness(there.witness, there.clock)).witness?.day === settledAmount + 1000n,
    );
    db.close();
    const next = { ...there, factory: freshFactory() };
    await rearm(next, newWriter());
    const again = await start(next);
    await expect(usedOf(again.ledger)).resolves.toEqual([all + 1000n, all + 1000n, all + 1000n]);
  });

  it('is told from every older copy that comes back later', async () => {
    const used = await usedProfile();
    const copies = [await copyOf(used.factory), used.backup];
    const there = { ...used, factory: freshFactory() };
    await rearm(there, newWriter());
    const once = await copyOf(there.factory);
    const again = { ...there, factory: freshFactory() };
    await rearm(again, newWriter());
    for (const factory of [...copies, once]) {
      await expect(start({ ...there, factory })).rejects.toMatchObject({
        ...quarantined,
        loss: { cause: 'behind' },
      });
    }
    await expect(start(again)).resolves.toMatchObject({ verdict: 'current' });
  });

  it('counts of an older copy only what the copy does not have itself', async () => {
    const rig = await ledgerRig();
    const pay = async (amount: bigint) => {
      const payment = await reserved(rig, { amount: microUsdc(amount) });
      await through(rig, payment, receiptEvents(payment, rig.clock.nowMs()));
    };
    await pay(30_000n);
    const backup = await copyOf(rig.factory);
    await pay(20_000n);
    await until(() => witnessOf(rig)['settledTotal'] === '50000');
    rig.db.close();
    const there = { ...rig, factory: backup };
    await expect(start(there)).rejects.toMatchObject({ loss: { cause: 'behind' } });
    await rearm(there, newWriter());
    const { ledger } = await start(there);
    await expect(usedOf(ledger)).resolves.toEqual([50_000n, 20_000n, 20_000n]);
    await expect(ledger.recent(9)).resolves.toHaveLength(1);
  });

  it('keeps limits and blocks, also those of a damaged database, and drops what it cannot read', async () => {
    for (const db of ['empty', 'with a damaged row', 'an older copy'] as const) {
      const there = await place(db, 'intact');
      await rearm(there, newWriter());
      const { policies } = await start(there);
      const known = (await policies.list()).map((policy) => [policy.site, policy.mode]);
      expect(known).toEqual(
        db === 'empty'
          ? []
          : [
              [shop, 'ask'],
              [spam, 'blocked'],
            ],
      );
    }
    const rig = await ledgerRig();
    await rig.policies.setMode(shop, 'auto');
    await tamper(rig, 'policies', (row) => ({ ...row, mode: 'everything' }));
    await tamper(rig, 'settings', () => ({ epoch: -1 }));
    rig.db.close();
    await rearm(rig, newWriter());
    const { policies } = await start(rig);
    await expect(policies.get(shop)).resolves.toMatchObject({ mode: 'blocked' });
  });

  it('leaves a damaged database where it lies', async () => {
    const there = await place('with a damaged row', 'intact');
    await rearm(there, newWriter());
    const names = (await there.factory.databases()).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(['paidchat', 'paidchat-2']));
    await expect(start(there)).resolves.toMatchObject({ db: { generation: 2 } });
  });

  it('is the one that is found when its witness is lost', async () => {
    const there = await place('with a damaged row', 'intact');
    await rearm(there, newWriter());
    const found = await start({ ...there, witness: fakeWitnessStorage() });
    expect(found).toMatchObject({ verdict: 'absent', db: { generation: 2 } });
    await expect(usedOf(found.ledger)).resolves.toEqual([all, all, all]);
  });

  it('can be gone on with again where the first try broke off before its witness', async () => {
    for (const db of ['with a damaged row', 'empty', 'an older copy'] as const) {
      const there = await place(db, 'intact');
      there.witness.mode = 'fail';
      await expect(rearm(there, newWriter())).rejects.toMatchObject(unavailable);
      there.witness.mode = 'keep';
      const first = await start(there).catch((error: unknown) => error);
      if (db === 'with a damaged row') {
        expect(first).toMatchObject(quarantined);
        await rearm(there, newWriter());
      }
      const { ledger } = await start(there);
      await expect(usedOf(ledger)).resolves.toEqual([all, all, all]);
    }
  });

  it('counts all that the limits allow where its witness is emptied and the start then breaks off', async () => {
    const there = await place('empty', 'unreadable');
    const set = there.witness.set.bind(there.witness);
    there.witness.set = () => Promise.reject(new Error('io'));
    await expect(rearm(there, newWriter())).rejects.toMatchObject({ reason: 'storageSilent' });
    there.witness.set = set;
    const { ledger } = await start(there);
    await expect(usedOf(ledger)).resolves.toEqual([limits, limits, limits]);
  });

  it('empties a storage again that throws away one damaged value each time, as Chromium does', async () => {
    const there = await place('intact', 'unreadable');
    const clear = there.witness.clear.bind(there.witness);
    let damaged = 4;
    there.witness.clear = () => (damaged-- > 0 ? Promise.reject(new Error('Invalid JSON')) : clear());
    await rearm(there, newWriter());
    const { ledger } = await start(there);
    await expect(usedOf(ledger)).resolves.toEqual([all, 0n, 0n]);
  });

  it('gives up on a storage that fails each time, or does not answer once', async () => {
    for (const [failing, tries] of [
      [() => Promise.reject(new Error('io')), 21],
      [() => new Promise<never>(() => undefined), 1],
    ] as const) {
      const there = await place('intact', 'unreadable');
      const clear = vi.fn<() => Promise<void>>(failing);
      there.witness.clear = clear;
      const refused = { reason: 'storageSilent' };
      await expect(inTime(there.clock, rearm(there, newWriter()))).rejects.toMatchObject(refused);
      expect(clear).toHaveBeenCalledTimes(tries);
    }
  });

  it('is used as it is where its witness answers again before the click', async () => {
    const used = await usedProfile();
    const entries = used.witness.entries.bind(used.witness);
    used.witness.entries = () => Promise.reject(new Error('io'));
    const known = { day: settledAmount, openTotal: openAmount };
    await expect(start(used)).rejects.toMatchObject({ loss: { cause: 'witness-unreadable', known } });
    used.witness.entries = entries;
    await rearm(used, newWriter());
    const { policies, ledger } = await start(used);
    await expect(policies.get(shop)).resolves.toMatchObject({ mode: 'auto' });
    await expect(usedOf(ledger)).resolves.toEqual([all, 0n, 0n]);
  });

  it('is left alone where nothing is wrong', async () => {
    const there = await place('intact', 'intact');
    await rearm(there, newWriter());
    const { policies, ledger } = await start(there);
    await expect(policies.get(shop)).resolves.toMatchObject({ mode: 'auto' });
    await expect(usedOf(ledger)).resolves.toEqual([all, 0n, 0n]);
  });
});

/** A damaged store as a browser has it: nothing can be read before it is emptied. */
function untilCleared(from: FakeWitnessStorage): FakeWitnessStorage {
  const store = fakeWitnessStorage(from.records);
  const entries = store.entries.bind(store);
  const clear = store.clear.bind(store);
  store.entries = () => Promise.reject(new Error('Corruption'));
  store.clear = async () => {
    await clear();
    store.entries = entries;
  };
  return store;
}

function silentStorage(): FakeWitnessStorage {
  return { ...fakeWitnessStorage(), entries: () => new Promise<never>(() => undefined) };
}

async function damagedRow({ factory, witness, clock }: Place): Promise<IDBFactory> {
  const rig = await ledgerRig({ factory, witness, clock });
  await tamper(rig, 'payments', (row) => (row['open'] === 1 ? { ...row, amount: '-5' } : row));
  rig.db.close();
  return factory;
}

async function damagedHead({ factory, witness, clock }: Place): Promise<IDBFactory> {
  const rig = await ledgerRig({ factory, witness, clock });
  await rig.db.write(['settings'], (tx) => tx.objectStore('settings').delete('head'));
  rig.db.close();
  return factory;
}

function newer(): Promise<IDBFactory> {
  const factory = freshFactory();
  return new Promise((resolve) => {
    const request = factory.open('paidchat', dbVersion + 1);
    request.addEventListener('success', () => {
      request.result.close();
      resolve(factory);
    });
  });
}
