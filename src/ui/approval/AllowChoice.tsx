import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { formatUsdc } from '../../core/money.ts';
import { dollars } from '../format.ts';
import { AmountField } from '../parts/AmountField.tsx';
import { Button } from '../parts/Button.tsx';
import { PencilIcon } from '../parts/PencilIcon.tsx';
import { useText } from '../text/useText.ts';
import type { Press } from './answering.ts';
import { dayPresets, readDay } from './cardModel.ts';
import type { CardModel } from './cardModel.ts';

/** The button that grants an amount a day, and the editor of that amount; the button's name follows it. */
export function AllowChoice(props: {
  readonly model: CardModel;
  readonly asleep: boolean;
  readonly press: Press;
  /** What else stands in the button's row. */
  readonly after?: ComponentChildren;
}) {
  const { model, asleep, press, after } = props;
  const text = useText();
  const words = text.approval;
  const id = useId();
  const permission = model.asks === 'permission';
  const [editing, setEditing] = useState(permission);
  const [typed, setTyped] = useState(() => formatUsdc(model.startDay));
  const choice = readDay(typed, model);
  const good = choice.kind === 'good';
  const problem =
    choice.kind === 'unclear'
      ? text.amount.unclear
      : choice.kind === 'too-low'
        ? text.amount.tooLow(dollars(choice.least))
        : undefined;
  return (
    <div class="allow">
      <div class="answer-row">
        <Button
          kind={permission ? 'pay' : 'plain'}
          asleep={asleep || !good}
          describedBy={`${id}-hint`}
          onPress={(event) => {
            if (good) press({ choice: 'allow', day: choice.day.toString() })(event);
          }}
        >
          {good ? words.allow(dollars(choice.day)) : words.allowUnclear}
        </Button>
        {!permission && (
          <Button
            kind="plain"
            className="button-icon"
            label={words.changeAmount}
            expanded={editing}
            controls={`${id}-editor`}
            onPress={() => setEditing(!editing)}
          >
            <PencilIcon />
          </Button>
        )}
        {after}
      </div>
      <div id={`${id}-editor`} class="allow-editor" hidden={!editing}>
        {editing && (
          <AmountField
            label={words.dayAmount}
            typed={typed}
            problem={problem}
            presets={dayPresets.filter((preset) => preset >= model.leastDay)}
            takesFocus={!permission}
            onType={setTyped}
            onEscape={() => setEditing(permission)}
          />
        )}
      </div>
      <p class="faint" id={`${id}-hint`}>
        {words.allowHint}
      </p>
    </div>
  );
}
