import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { formatUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { readTypedAmount } from '../amountEdit.ts';
import { dollars } from '../format.ts';
import { useText } from '../text/useText.ts';

/** Props of an amount that can be typed. */
export interface AmountFieldProps {
  readonly label: string;
  /** After the field: "a day". */
  readonly unit?: string;
  readonly typed: string;
  /** Why the typed amount cannot be taken. */
  readonly problem?: string | undefined;
  readonly presets?: readonly MicroUsdc[];
  /** Puts the cursor into the field when it appears, with its amount ready to be typed over. */
  readonly takesFocus?: boolean;
  readonly onType: (typed: string) => void;
  readonly onEnter?: (event: Event) => void;
  readonly onEscape?: () => void;
}

/** An amount in dollars, with amounts to choose from. */
export function AmountField(props: AmountFieldProps) {
  const text = useText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const { label, unit, typed, problem, presets = [], takesFocus = false } = props;
  const chosen = readTypedAmount(typed);

  useLayoutEffect(() => {
    if (!takesFocus) return;
    input.current?.focus();
    input.current?.select();
  }, [takesFocus]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.isTrusted || event.isComposing) return;
    if (event.key === 'Enter') props.onEnter?.(event);
    if (event.key === 'Escape' && props.onEscape !== undefined) {
      event.stopPropagation();
      props.onEscape();
    }
  };

  return (
    <div class="amount-field">
      <label for={id}>{label}</label>
      <div class="amount-line">
        <span class="amount-box">
          <span aria-hidden="true">$</span>
          <input
            id={id}
            ref={input}
            type="text"
            inputMode="decimal"
            autocomplete="off"
            spellcheck={false}
            maxLength={13}
            value={typed}
            aria-invalid={problem === undefined ? undefined : 'true'}
            aria-describedby={problem === undefined ? undefined : `${id}-problem`}
            onInput={(event) => props.onType(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </span>
        {unit !== undefined && <span class="amount-unit">{unit}</span>}
        {presets.length > 0 && (
          <span class="presets" role="group" aria-label={text.amount.presets}>
            {presets.map((preset) => (
              <button
                type="button"
                class="preset"
                key={preset.toString()}
                aria-pressed={chosen === preset}
                onClick={(event) => {
                  if (event.isTrusted) props.onType(formatUsdc(preset));
                }}
              >
                {dollars(preset)}
              </button>
            ))}
          </span>
        )}
      </div>
      {problem !== undefined && (
        <p class="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
