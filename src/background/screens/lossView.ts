import { toWireError } from '../../core/failure.ts';
import { heldUntilMs } from '../../core/quarantine.ts';
import type { CarriedUse, Loss } from '../../core/quarantine.ts';
import type { CarriedView, LossView } from '../../protocol/loss.ts';
import { Quarantine } from '../../storage/standing.ts';

/** Why nothing can be paid now, as screens get it: a lost record, or a sentence that says what to do. */
export function troubleView(error: unknown): { readonly loss: LossView } | { readonly problem: string } {
  if (error instanceof Quarantine) return { loss: lossView(error.loss) };
  return { problem: toWireError(error).message };
}

function lossView({ cause, known }: Loss): LossView {
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
