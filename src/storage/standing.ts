import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { Loss, LossCause } from '../core/quarantine.ts';
import type { PaidChatDb, WriteTransaction } from './db.ts';
import { DamagedRecord } from './fields.ts';
import { readWitnessNow } from './figures.ts';
import { checkWitness, knownBy } from './witness.ts';
import type { Sighting, Witness, WitnessVerdict } from './witness.ts';

/** The record of payments cannot be trusted: nothing is paid until the person agrees to go on. */
export class Quarantine extends Failure {
  readonly loss: Loss;

  constructor(loss: Loss) {
    super('quarantined');
    this.loss = loss;
  }
}

/** A database that can be read, beside what its witness has seen. */
export type Standing =
  | { readonly kind: 'sound'; readonly verdict: Exclude<WitnessVerdict, 'ahead'>; readonly figures: Witness }
  | { readonly kind: 'lost'; readonly loss: Loss };

/** Compares a database with its witness. Reads what every payment reads: the head, the open rows and the sums. */
export async function judge(db: PaidChatDb, sighting: Sighting, clock: Clock): Promise<Standing> {
  const { witness, damaged, silent } = sighting;
  const lost = (cause: LossCause, known: Loss['known'] = knownBy(sighting)): Standing => ({
    kind: 'lost',
    loss: { cause, known },
  });
  let figures: Witness;
  try {
    const { mark, ...read } = await db.read(['settings', 'payments', 'counters'], async (tx) => ({
      mark: await tx.objectStore('settings').get(markKey),
      figures: await readWitnessNow(tx, clock.nowMs()),
    }));
    if (mark !== undefined) return lost('damaged');
    ({ figures } = read);
  } catch (error) {
    return lost(error instanceof DamagedRecord ? 'damaged' : 'unreadable');
  }
  if (silent) return lost('witness-unreadable', figures.seq === 0 ? undefined : figures);
  // Something was witnessed, and here is nothing: nobody can tell what it was.
  if (damaged && figures.seq === 0) return lost('empty');
  if (damaged) return lost('witness-damaged', figures);
  const verdict = checkWitness(figures, witness);
  if (verdict === 'ahead') return lost(figures.seq === 0 ? 'empty' : 'behind');
  const isOther = verdict === 'current' && witness?.settledTotal !== figures.settledTotal;
  return isOther ? lost('damaged') : { kind: 'sound', verdict, figures };
}

const markKey = 'damaged';

/** Marks the database: what was found once is not forgotten by a restart. */
export async function markDamaged(tx: WriteTransaction): Promise<void> {
  await tx.objectStore('settings').put(true, markKey);
}
