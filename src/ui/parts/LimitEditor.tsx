import { useState } from 'preact/hooks';
import { formatUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { judgeCap } from '../amountEdit.ts';
import { dollars } from '../format.ts';
import { AmountField } from './AmountField.tsx';
import { Button } from './Button.tsx';
import { useText } from '../text/useText.ts';

/** A limit's amount to type. Lowering is immediate; raising says what it does and needs Save. */
export function LimitEditor(props: {
  /** Which limit, within a sentence: "one day". */
  readonly name: string;
  readonly cap: MicroUsdc;
  readonly onSet: (cap: MicroUsdc) => void;
  readonly onClose: () => void;
}) {
  const { name, cap, onSet, onClose } = props;
  const text = useText();
  const words = text.popup;
  const [typed, setTyped] = useState(() => formatUsdc(cap));
  const change = judgeCap(cap, typed);
  const set = () => {
    if (change.kind === 'unclear') return;
    if (change.kind !== 'same') onSet(change.cap);
    onClose();
  };
  return (
    <div class="limit-editor">
      <AmountField
        label={words.newLimit(name)}
        typed={typed}
        problem={change.kind === 'unclear' ? text.amount.unclear : undefined}
        takesFocus
        onType={setTyped}
        onEnter={() => {
          if (change.kind !== 'raise') set();
        }}
        onEscape={onClose}
      />
      <p class="calm-text" aria-live="polite">
        {change.kind === 'raise' ? words.raises(dollars(cap), dollars(change.cap)) : words.lowers}
      </p>
      <div class="confirm-row">
        <Button kind="small" className="button-strong" asleep={change.kind === 'unclear'} onPress={set}>
          {text.save}
        </Button>
        <Button kind="small" onPress={onClose}>
          {text.cancel}
        </Button>
      </div>
    </div>
  );
}
