import { useEffect, useId, useRef } from 'preact/hooks';

/** Props of a field for text. */
export interface TextFieldProps {
  readonly label: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  /** More than one line to type in. */
  readonly rows?: number;
  /** For addresses and code. */
  readonly plain?: boolean;
  readonly takesFocus?: boolean;
}

/** A line or more of text to type, with what it means or what is wrong with it. */
export function TextField(props: TextFieldProps) {
  const { label, typed, hint, problem, rows, plain = false, takesFocus = false } = props;
  const id = useId();
  const line = useRef<HTMLInputElement>(null);
  const lines = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (takesFocus) (line.current ?? lines.current)?.focus();
  }, [takesFocus]);
  const note = problem ?? hint;
  const common = {
    id,
    class: plain ? 'text-box text-box-plain' : 'text-box',
    value: typed,
    autocomplete: 'off',
    spellcheck: false,
    'aria-invalid': problem === undefined ? undefined : ('true' as const),
    'aria-describedby': note === undefined ? undefined : `${id}-note`,
    onInput: (event: { currentTarget: { value: string } }) => props.onType(event.currentTarget.value),
  };
  return (
    <div class="text-field">
      <label for={id}>{label}</label>
      {rows === undefined ? (
        <input type="text" ref={line} {...common} />
      ) : (
        <textarea rows={rows} ref={lines} {...common} />
      )}
      {note !== undefined && (
        <p
          id={`${id}-note`}
          class={problem === undefined ? 'faint' : 'problem'}
          role={problem === undefined ? undefined : 'alert'}
        >
          {note}
        </p>
      )}
    </div>
  );
}
