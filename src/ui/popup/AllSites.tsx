import { dollars } from '../format.ts';
import { fillsUp } from '../limitModel.ts';
import type { Limit } from '../limitModel.ts';
import { Bar } from '../parts/Bar.tsx';
import { useText } from '../text/useText.ts';

/** What all sites together have used. */
export function AllSites({ limits }: { readonly limits: readonly Limit[] }) {
  const text = useText();
  const shown = limits.filter((limit) => fillsUp(limit) && limit.limit !== 'panel-day');
  if (shown.length === 0) return null;
  return (
    <ul class="limit-grid">
      {shown.map((limit) => (
        <li key={limit.limit}>
          <span class="limit-amounts">
            <b>{dollars(limit.used)}</b> {text.amount.of(dollars(limit.cap))} {text.per[limit.limit]}
          </span>
          <Bar limit={limit} />
        </li>
      ))}
    </ul>
  );
}
