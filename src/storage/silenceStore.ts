import * as v from 'valibot';
import type { Silence } from '../core/silence.ts';
import type { PaidChatDb } from './db.ts';
import { countField, timeField } from './fields.ts';

/** Where it is kept which nodes do not answer. */
export interface SilenceStore {
  /** None where what is there cannot be read: it frees no money, and is learnt again. */
  read(): Promise<readonly Silence[]>;
  write(silences: readonly Silence[]): Promise<void>;
}

const silencesSchema = v.array(v.strictObject({ url: v.string(), sinceMs: timeField, misses: countField }));

/** Opens it, beside the ledger. */
export function createSilenceStore(db: PaidChatDb): SilenceStore {
  return {
    async read() {
      const stored: unknown = await db.read(['settings'], (tx) => tx.objectStore('settings').get('silences'));
      const parsed = v.safeParse(silencesSchema, stored);
      return parsed.success ? parsed.output : [];
    },
    write: (silences) =>
      db.write(['settings'], async (tx) => {
        await tx.objectStore('settings').put([...silences], 'silences');
      }),
  };
}
