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
const placeKey = 'recovery:place';

/**
 * What only receipts have settled, once around: on from where the last walk stopped, which may have been at the death of
 * the background. However many cannot be proved, and however soon each walk ends, every one has its turn.
 *
 * @param isDue the others are passed by
 */
export async function* walkUnproved(
  deps: UnprovedDeps,
  isDue: (payment: Payment) => boolean,
): AsyncGenerator<Payment> {
  const stored = await deps.session.get(placeKey).catch(() => undefined);
  const place = typeof stored === 'number' ? stored : Infinity;
  for await (const { payment, order } of around(deps.ledger, place)) {
    if (!isDue(payment)) continue;
    // Before it is looked for: one at which the background dies each time stops no other.
    await deps.session.set(placeKey, order).catch(() => undefined);
    yield payment;
  }
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
