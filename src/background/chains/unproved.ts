import { isJsonObject } from '../../core/json.ts';
import type { Payment } from '../../core/ledger.ts';
import type { KeyValue } from '../../platform/keyValue.ts';
import type { LedgerStore } from '../../storage/ledgerStore.ts';
import type { Ordered } from '../../storage/paymentRows.ts';

interface UnprovedDeps {
  readonly ledger: Pick<LedgerStore, 'unproved'>;
  readonly session: Pick<KeyValue, 'get' | 'set'>;
}

/** So many are read at once: what is written meanwhile waits for no longer. */
const pageSize = 100;
const walkKey = 'recovery:walk';

/** What outlives the background of a walk. */
interface Walk {
  /** The order of the last payment that was looked for. */
  readonly place: number;
  /** When the last walk that came to its end began: what was due by then has had its turn. */
  readonly sinceMs: number;
}

/**
 * What only receipts have settled, once around: on from where the last walk stopped, which may have been at the death of
 * the background. However many cannot be proved, and however soon each walk ends, every one has its turn.
 *
 * @param nextMs when a payment is next to be looked for, after a time; those for whom that is not yet are passed by
 */
export async function* walkUnproved(
  deps: UnprovedDeps,
  nowMs: number,
  nextMs: (payment: Payment, afterMs: number) => number | undefined,
): AsyncGenerator<Payment> {
  const { session, ledger } = deps;
  const keep = (walk: Walk) => session.set(walkKey, { ...walk }).catch(() => undefined);
  const last = readWalk(await session.get(walkKey).catch(() => undefined), nowMs);
  let { place } = last;
  for await (const { payment, order } of around(ledger, place)) {
    if ((nextMs(payment, last.sinceMs) ?? Infinity) > nowMs) continue;
    place = order;
    // Before it is looked for: one at which the background dies each time stops no other.
    await keep({ ...last, place });
    yield payment;
  }
  await keep({ place, sinceMs: nowMs });
}

function readWalk(stored: unknown, nowMs: number): Walk {
  const { place, sinceMs } = isJsonObject(stored) ? stored : {};
  return {
    place: typeof place === 'number' ? place : Infinity,
    // A clock that was set back says nothing about what has had its turn.
    sinceMs: typeof sinceMs === 'number' && sinceMs <= nowMs ? sinceMs : 0,
  };
}

async function* around(ledger: UnprovedDeps['ledger'], place: number): AsyncGenerator<Ordered> {
  yield* below(ledger, place);
  if (place === Infinity) return;
  for await (const row of below(ledger, Infinity)) {
    if (row.order < place) return;
    yield row;
  }
}

async function* below(ledger: UnprovedDeps['ledger'], place: number): AsyncGenerator<Ordered> {
  let from: number | undefined = place;
  while (from !== undefined) {
    const page: readonly Ordered[] = await ledger.unproved(pageSize, from);
    yield* page;
    from = page.length < pageSize ? undefined : page.at(-1)?.order;
  }
}
