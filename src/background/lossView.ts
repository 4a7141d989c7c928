import { heldUntilMs } from '../core/quarantine.ts';
import type { CarriedUse, Loss } from '../core/quarantine.ts';
import type { CarriedView, LossView } from '../protocol/loss.ts';

/** A lost record as screens get it. */
export function lossView({ cause, known }: Loss): LossView {
  if (known === undefined) return { cause };
  const { day, month, openTotal, latestExpiryMs, atMs } = known;
  const untilMs = heldUntilMs(latestExpiryMs);
  return {
    cause,
    known: {
      atMs,
      day: day.toString(),
      month: month.toString(),
      held: openTotal.toString(),
      ...(latestExpiryMs === 0 ? {} : { heldUntilMs: untilMs }),
    },
  };
}

/** What stands in the ledger for lost payments as screens get it; undefined where nothing does any more. */
export function carriedView({ day, month, held, heldUntilMs: untilMs }: CarriedUse): CarriedView | undefined {
  if (month === 0n && day === 0n) return undefined;
  return {
    day: day.toString(),
    month: month.toString(),
    held: held.toString(),
    ...(held === 0n ? {} : { heldUntilMs: untilMs }),
  };
}
