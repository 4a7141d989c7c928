import { dollars } from '../format.ts';
import { fillsUp } from '../limitModel.ts';
import type { Limit } from '../limitModel.ts';
import { Bar } from '../parts/Bar.tsx';
import { Notice } from '../parts/Notice.tsx';
import { useText } from '../text/useText.ts';
import type { Text } from '../text/en.ts';
import type { CardModel } from './cardModel.ts';

/** Says which limits this payment would pass, with the amounts, and shows by how much: first of all, above the fold. */
export function OverLimit({ model }: { readonly model: CardModel }) {
  const text = useText();
  return (
    <Notice tone="watch">
      <h2 class="notice-title">{text.approval.overTitle}</h2>
      <ul class="plain-list">
        {model.exceeded.map((limit) => (
          <li key={limit.limit}>
            {sentence(limit, dollars(model.amount), text)}
            {fillsUp(limit) && <Bar limit={limit} asked={model.amount} />}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function sentence(limit: Limit, cost: string, text: Text): string {
  const words = text.approval;
  if (limit.limit === 'per-minute') return words.overPerMinute;
  if (limit.limit === 'request') return words.overRequest(dollars(limit.cap), cost);
  const who = words.who[limit.limit];
  return words.over(who, dollars(limit.cap), text.per[limit.limit], dollars(limit.used), cost);
}
