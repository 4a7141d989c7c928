import { describe, expect, it } from 'vitest';
import { createSilenceStore } from '../../src/storage/silenceStore.ts';
import { ledgerRig } from './ledgerRig.ts';

const silence = { url: 'https://one.example', sinceMs: 5, misses: 7 };

describe('the nodes that do not answer', () => {
  it('are none at first, and are known after a restart', async () => {
    const rig = await ledgerRig();
    const store = createSilenceStore(rig.db);
    await expect(store.read()).resolves.toEqual([]);
    await store.write([silence]);
    rig.db.close();
    const again = await ledgerRig(rig);
    await expect(createSilenceStore(again.db).read()).resolves.toEqual([silence]);
  });

  it.each([['no list'], [[{ ...silence, sinceMs: -1 }]], [[{ ...silence, more: 1 }]], [7]])(
    'are none where what was stored is damaged: %j',
    async (row) => {
      const { db } = await ledgerRig();
      await db.write(['settings'], async (tx) => {
        await tx.objectStore('settings').put(row, 'silences');
      });
      await expect(createSilenceStore(db).read()).resolves.toEqual([]);
    },
  );
});
