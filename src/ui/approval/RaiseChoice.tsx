import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { formatUsdc } from '../../core/money.ts';
import { dollars } from '../format.ts';
import type { Limit } from '../limitModel.ts';
import { AmountField } from '../parts/AmountField.tsx';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';
import type { Press } from './answering.ts';
import { proposedCap, raiseAnswer, readRaise } from './cardModel.ts';
import type { CardModel } from './cardModel.ts';

/** New amounts for the limits that were passed, and the button that sets them and pays. */
export function RaiseChoice(props: {
  readonly model: CardModel;
  readonly asleep: boolean;
  readonly press: Press;
  /** What else stands in the button's row. */
  readonly after: ComponentChildren;
}) {
  const { model, asleep, press, after } = props;
  const text = useText();
  const id = useId();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(
      model.raisable.map((limit) => [limit.limit, formatUsdc(proposedCap(limit, model.amount))]),
    ),
  );
  const answer = raiseAnswer(model, typed);
  const problemOf = (limit: Limit) => {
    const choice = readRaise(typed[limit.limit] ?? '', limit, model.amount);
    if (choice.kind === 'good') return undefined;
    return choice.kind === 'unclear' ? text.amount.unclear : text.amount.tooLow(dollars(choice.least));
  };
  return (
    <div class="raise">
      {model.raisable.length > 0 && (
        <div class="raise-fields">
          {model.raisable.map((limit) => (
            <AmountField
              key={limit.limit}
              label={text.approval.newLimit(text.limits[limit.limit])}
              typed={typed[limit.limit] ?? ''}
              problem={problemOf(limit)}
              onType={(value) => setTyped({ ...typed, [limit.limit]: value })}
            />
          ))}
        </div>
      )}
      <div class="answer-row">
        {model.raisable.length > 0 && (
          <Button
            kind="plain"
            asleep={asleep || answer === undefined}
            describedBy={`${id}-hint`}
            onPress={(event) => {
              if (answer !== undefined) press(answer)(event);
            }}
          >
            {text.approval.raise}
          </Button>
        )}
        {after}
      </div>
      {model.raisable.length > 0 && (
        <p class="faint" id={`${id}-hint`}>
          {text.approval.raiseHint}
        </p>
      )}
    </div>
  );
}
