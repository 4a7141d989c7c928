import { describe, expect, it } from 'vitest';
import { microUsdc } from '../../src/core/money.ts';
import { storageTimeoutMs } from '../../src/storage/db.ts';
import {
  checkWitness,
  createWitnessKeeper,
  knownBy,
  readWitness,
  witnessKeyOf,
  writeWitness,
} from '../../src/storage/witness.ts';
import type { PlacedWitness } from '../../src/storage/witness.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeWitnessStorage, until } from '../fakes/database.ts';

const unavailable = { name: 'Failure', reason: 'ledgerUnavailable' };
const witness = (seq: number, epoch = 1): PlacedWitness => ({
  epoch,
  seq,
  settledTotal: microUsdc(10n),
  openTotal: microUsdc(4424n),
  latestExpiryMs: 900,
  day: microUsdc(3n),
  month: microUsdc(7n),
  atMs: 800,
  generation: 1,
});

const none = { witness: undefined, damaged: false, silent: false, keys: [] };

describe('a witness', () => {
  it('comes back as it was written, in plain JSON', async () => {
    const storage = fakeWitnessStorage();
    await writeWitness(storage, 'start', { ...witness(5), generation: 3 });
    const key = witnessKeyOf('start');
    const record = storage.records.get(key);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    const seen = { witness: { ...witness(5), generation: 3 }, damaged: false, silent: false, keys: [key] };
    await expect(readWitness(storage, fakeClock())).resolves.toEqual(seen);
  });

  it('of version 0.1.0, under its old name and for the only database, is read', async () => {
    const { generation: _none, ...rest } = witness(5);
    const digits = { settledTotal: '10', openTotal: '4424', day: '3', month: '7' };
    const storage = fakeWitnessStorage([['ledgerWitness', { ...rest, ...digits }]]);
    await expect(readWitness(storage, fakeClock())).resolves.toMatchObject({ witness: witness(5) });
  });

  it('is none where nothing was written', async () => {
    await expect(readWitness(fakeWitnessStorage(), fakeClock())).resolves.toEqual(none);
  });

  it('is the latest of several: a write of an older start never lands on that of a newer one', async () => {
    const storage = fakeWitnessStorage();
    await writeWitness(storage, 'newer', witness(7, 2));
    await writeWitness(storage, 'older', witness(9, 1));
    await writeWitness(storage, 'old', witness(6, 2));
    await expect(readWitness(storage, fakeClock())).resolves.toMatchObject({ witness: { epoch: 2, seq: 7 } });
  });

  it('that is damaged is told, also beside a sound one: nobody can tell what it has seen', async () => {
    for (const stored of [null, 0, '', {}, { ...witness(5) }, { epoch: 1, seq: -1 }]) {
      const storage = fakeWitnessStorage([[witnessKeyOf('a'), stored]]);
      await expect(readWitness(storage, fakeClock())).resolves.toMatchObject({ damaged: true });
      await writeWitness(storage, 'b', witness(5));
      const seen = await readWitness(storage, fakeClock());
      expect(seen).toMatchObject({ damaged: true, witness: { seq: 5 } });
      expect(knownBy(seen)).toBeUndefined();
    }
  });

  it('that cannot be read, or does not come, is silent, which is no word about what it has seen', async () => {
    const clock = fakeClock();
    const broken = { ...fakeWitnessStorage(), entries: () => Promise.reject(new Error('io')) };
    const unheard = { witness: undefined, damaged: true, silent: true };
    await expect(readWitness(broken, clock)).resolves.toMatchObject(unheard);
    const silent = { ...fakeWitnessStorage(), entries: () => new Promise<never>(() => {}) };
    const reading = readWitness(silent, clock);
    clock.advance(storageTimeoutMs);
    const seen = await reading;
    expect(seen).toMatchObject(unheard);
    expect(knownBy(seen)).toBeUndefined();
  });

  it.each([
    [0, undefined, 'new'],
    [5, undefined, 'absent'],
    [5, witness(5), 'current'],
    [5, witness(4), 'behind'],
    [5, witness(6), 'ahead'],
    [0, witness(1), 'ahead'],
    [99, witness(1, 2), 'ahead'],
    [1, witness(99, 0), 'behind'],
  ] as const)('beside a database with %i commits: %o is %s', (seq, seen, verdict) => {
    expect(checkWitness({ epoch: 1, seq, settledTotal: microUsdc(0n) }, seen)).toBe(verdict);
  });
});

function keeperRig() {
  const clock = fakeClock();
  const storage = fakeWitnessStorage();
  const options = { clock, storage, writer: 'start', generation: 1, outlives: [witnessKeyOf('earlier')] };
  const keeper = createWitnessKeeper(options);
  const seen = async () => (await readWitness(storage, clock)).witness?.seq;
  return { clock, storage, keeper, seen };
}

describe('keeping the witness up', () => {
  it('answers when that witness or a later one is written, sharing one write among many', async () => {
    const { keeper, seen, storage } = keeperRig();
    const first = keeper.write(witness(1));
    await until(() => storage.writes === 1);
    const others = [keeper.write(witness(2)), keeper.write(witness(3)), keeper.write(witness(4))];
    await first;
    await expect(Promise.all(others).then(seen)).resolves.toBe(4);
    expect(storage.writes).toBe(2);
  });

  it('never puts an older witness in the place of a newer one', async () => {
    const { keeper, seen } = keeperRig();
    await Promise.all([keeper.write(witness(5)), keeper.write(witness(4))]);
    await keeper.write(witness(3));
    await expect(seen()).resolves.toBe(5);
    await keeper.write(witness(1, 2));
    await expect(seen()).resolves.toBe(1);
    await keeper.write(witness(9, 1));
    await expect(seen()).resolves.toBe(1);
  });

  it('fails when the write does, and repeats it by itself until it lasts', async () => {
    const { keeper, seen, storage, clock } = keeperRig();
    storage.mode = 'fail';
    await expect(keeper.write(witness(3))).rejects.toMatchObject(unavailable);
    expect(clock.waiting).toBe(1);
    clock.advance(30_000);
    await until(() => storage.writes === 2 && clock.waiting === 1);
    storage.mode = 'keep';
    clock.advance(30_000);
    await until(async () => (await seen()) === 3);
    await until(() => clock.waiting === 0);
  });

  it('drops the repetition once a later write has succeeded', async () => {
    const { keeper, storage, clock } = keeperRig();
    storage.mode = 'fail';
    await expect(keeper.write(witness(3))).rejects.toMatchObject(unavailable);
    storage.mode = 'keep';
    await keeper.write(witness(4));
    await until(() => clock.waiting === 0);
    expect(storage.writes).toBe(2);
  });

  it('never lets a later write overtake one that hangs: it comes too late instead', async () => {
    const { keeper, storage, clock } = keeperRig();
    storage.mode = 'hang';
    const first = keeper.write(witness(1));
    await until(() => storage.writes === 1);
    storage.mode = 'keep';
    const second = keeper.write(witness(2));
    clock.advance(storageTimeoutMs);
    await expect(first).rejects.toMatchObject(unavailable);
    await expect(second).rejects.toMatchObject(unavailable);
    expect(storage.writes).toBe(1);
  });

  it('removes those of earlier starts once its own is written, and not before', async () => {
    const { keeper, storage } = keeperRig();
    await writeWitness(storage, 'earlier', witness(1));
    storage.mode = 'fail';
    await expect(keeper.write(witness(2))).rejects.toMatchObject(unavailable);
    expect([...storage.records.keys()]).toEqual([witnessKeyOf('earlier')]);
    storage.mode = 'keep';
    await keeper.write(witness(3));
    await until(() => storage.records.size === 1);
    expect([...storage.records.keys()]).toEqual([witnessKeyOf('start')]);
  });
});
