import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { IllegalTransition } from '../../src/core/ledger.ts';
import { openPaidChatDb, storageTimeoutMs } from '../../src/storage/db.ts';
import { dbVersion } from '../../src/storage/migrations.ts';
import { fakeClock } from '../fakes/clock.ts';
import { freshFactory, turn } from '../fakes/database.ts';
import { draft, paymentAfter } from '../fakes/payments.ts';

const clock = fakeClock();
const unavailable = { name: 'Failure', reason: 'ledgerUnavailable' };

function rawOpen(factory: IDBFactory, version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open('paidchat', version);
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('no reason')));
  });
}

/** A factory whose open request is in the test's hands. */
function heldFactory(): {
  factory: IDBFactory;
  request: EventTarget & { result?: unknown; error?: unknown };
} {
  const request = new EventTarget();
  return { factory: { open: () => request } as unknown as IDBFactory, request };
}

describe('opening the database', () => {
  it('refuses one that a newer version has written', async () => {
    const factory = freshFactory();
    (await rawOpen(factory, dbVersion + 1)).close();
    await expect(openPaidChatDb(factory, { clock })).rejects.toMatchObject(unavailable);
  });

  it('refuses one that another version holds, and closes it when it comes after all', async () => {
    const { factory, request } = heldFactory();
    const opening = openPaidChatDb(factory, { clock });
    request.dispatchEvent(new Event('blocked'));
    await expect(opening).rejects.toMatchObject(unavailable);
    let closed = false;
    request.result = { close: () => (closed = true) };
    request.dispatchEvent(new Event('success'));
    expect(closed).toBe(true);
  });

  it('refuses one that cannot be read, with or without a reason', async () => {
    for (const error of [new DOMException('flipped byte', 'UnknownError'), null]) {
      const { factory, request } = heldFactory();
      const opening = openPaidChatDb(factory, { clock });
      request.error = error;
      request.dispatchEvent(new Event('error'));
      await expect(opening).rejects.toMatchObject(unavailable);
    }
  });

  it('refuses one whose opening throws', async () => {
    const factory = {
      open() {
        throw new DOMException('not allowed', 'SecurityError');
      },
    } as unknown as IDBFactory;
    await expect(openPaidChatDb(factory, { clock })).rejects.toMatchObject(unavailable);
  });

  it('waits five seconds and no longer', async () => {
    const held = fakeClock();
    const opening = openPaidChatDb(heldFactory().factory, { clock: held });
    held.advance(storageTimeoutMs);
    await expect(opening).rejects.toMatchObject(unavailable);
  });

  it('keeps a database begun in place of another apart', async () => {
    const factory = freshFactory();
    const one = await openPaidChatDb(factory, { clock });
    const other = await openPaidChatDb(factory, { clock, generation: 2 });
    await one.write(['settings'], (tx) => tx.objectStore('settings').put(true, 'paused'));
    const paused = await other.read(['settings'], (tx) => tx.objectStore('settings').get('paused'));
    expect(paused).toBeUndefined();
  });
});

describe('an open database', () => {
  it('gives way to a newer version that wants to migrate, and answers no more', async () => {
    const factory = freshFactory();
    const db = await openPaidChatDb(factory, { clock });
    (await rawOpen(factory, dbVersion + 1)).close();
    await expect(db.read(['settings'], (tx) => tx.objectStore('settings').get('head'))).rejects.toMatchObject(
      unavailable,
    );
  });

  it('answers no more once it is closed', async () => {
    const db = await openPaidChatDb(freshFactory(), { clock });
    db.close();
    await expect(db.write(['settings'], async () => 1)).rejects.toMatchObject(unavailable);
  });

  it('writes with the strictest durability and answers only when it is complete', async () => {
    const factory = freshFactory();
    const db = await openPaidChatDb(factory, { clock });
    const order: string[] = [];
    const writing = db.write(['settings'], async (tx) => {
      expect(tx.durability).toBe('strict');
      tx.addEventListener('complete', () => order.push('complete'));
      await tx.objectStore('settings').put(true, 'paused');
    });
    await writing.then(() => order.push('answered'));
    expect(order).toEqual(['complete', 'answered']);
  });

  it('undoes everything when its work fails, and says only what callers know', async () => {
    const db = await openPaidChatDb(freshFactory(), { clock });
    const paused = () => db.read(['settings'], (tx) => tx.objectStore('settings').get('paused'));
    const illegal = new IllegalTransition(paymentAfter(draft(), 0), { type: 'send' });
    const own = new Failure('blocked');
    for (const [thrown, seen] of [
      [illegal, illegal],
      [own, own],
      [new TypeError('bug'), unavailable],
    ] as const) {
      const writing = db.write(['settings'], async (tx) => {
        await tx.objectStore('settings').put(true, 'paused');
        throw thrown;
      });
      await expect(writing).rejects.toMatchObject(seen);
      await expect(paused()).resolves.toBeUndefined();
    }
  });

  it('undoes a write that takes longer than five seconds', async () => {
    const held = fakeClock();
    const db = await openPaidChatDb(freshFactory(), { clock: held });
    const never = new Promise(() => {});
    const writing = db.write(['settings'], async (tx) => {
      await tx.objectStore('settings').put(true, 'paused');
      // Keeps the transaction alive, as a disk does that does not answer.
      for (let busy = true; busy;) {
        await tx.objectStore('settings').get('paused');
        busy = held.waiting > 0;
      }
      await never;
    });
    await turn();
    held.advance(storageTimeoutMs);
    await expect(writing).rejects.toMatchObject(unavailable);
    await expect(
      db.read(['settings'], (tx) => tx.objectStore('settings').get('paused')),
    ).resolves.toBeUndefined();
  });

  it('fails closed on a full disk', async () => {
    const db = await openPaidChatDb(freshFactory(), { clock });
    const writing = db.write(['settings'], async () => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await expect(writing).rejects.toMatchObject(unavailable);
  });
});
