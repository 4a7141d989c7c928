import type { CarriedView } from '../../protocol/loss.ts';
import { parseSum } from '../../core/money.ts';
import { clockTime, dollars } from '../format.ts';
import { useText } from '../text/useText.ts';

/** What counts for every site since the person went on over a lost record. */
export function CarriedNote({ carried, nowMs }: { readonly carried: CarriedView; readonly nowMs: number }) {
  const text = useText();
  const words = text.loss;
  const amount = (sum: string) => {
    const parsed = parseSum(sum);
    return parsed === undefined ? text.popup.unknownAmount : dollars(parsed);
  };
  const { day, month, held, heldUntilMs } = carried;
  return (
    <section class="panel held" aria-labelledby="carried-title">
      <h2 id="carried-title" class="panel-title">
        {words.carriedTitle}
      </h2>
      <p class="held-item">
        {words.carried(amount(day), amount(month))}
        {heldUntilMs !== undefined &&
          ` ${words.carriedHeld(amount(held), clockTime(heldUntilMs, nowMs, text.locale))}`}
      </p>
    </section>
  );
}
