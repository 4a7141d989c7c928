import { dollars } from '../format.ts';
import { Bar } from '../parts/Bar.tsx';
import { useText } from '../text/useText.ts';
import type { CardModel } from './cardModel.ts';

/** What has been used of which limit, and what this payment would add; those it would pass stand at the top already. */
export function CardLimits({ model }: { readonly model: CardModel }) {
  const text = useText();
  const passed = new Set(model.exceeded.map(({ limit }) => limit));
  const limits = model.limits.filter(({ limit }) => !passed.has(limit));
  if (limits.length === 0) return null;
  const held = limits.some((limit) => limit.held > 0n);
  return (
    <section class="card-limits">
      <h2 class="unseen">{text.approval.used}</h2>
      <ul class="limit-grid">
        {limits.map((limit) => (
          <li key={limit.limit}>
            <span class="limit-name">{text.limits[limit.limit]}</span>
            <span class="limit-amounts">
              <b>{dollars(limit.used)}</b> {text.amount.of(dollars(limit.cap))}
            </span>
            <Bar limit={limit} asked={model.amount} />
            {limit.held > 0n && <span class="unseen">{text.amount.held(dollars(limit.held))}</span>}
          </li>
        ))}
      </ul>
      {model.asks === 'payment' && (
        <p class="legend" aria-hidden="true">
          <i class="swatch swatch-settled" /> {text.amount.legendUsed}
          {held && (
            <>
              <i class="swatch swatch-held" /> {text.amount.legendHeld}
            </>
          )}
          <i class="swatch swatch-asked" /> {text.amount.legendThis}
        </p>
      )}
    </section>
  );
}
