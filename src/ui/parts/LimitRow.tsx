import { useRef, useState } from 'preact/hooks';
import { microUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { dollars } from '../format.ts';
import type { Limit } from '../limitModel.ts';
import { Bar } from './Bar.tsx';
import { Button } from './Button.tsx';
import { useText } from '../text/useText.ts';
import { LimitEditor } from './LimitEditor.tsx';
import { PencilIcon } from './PencilIcon.tsx';

/** One limit: what is left, used and held of it, and its amount to change. */
export function LimitRow(props: {
  readonly label: string;
  /** The same within a sentence: "one day". */
  readonly name: string;
  readonly cap: MicroUsdc;
  readonly use: Limit | undefined;
  /** What stands for the amounts of a limit that nothing fills. */
  readonly about: string;
  readonly onSet: (cap: MicroUsdc) => void;
}) {
  const { label, name, cap, use, about, onSet } = props;
  const text = useText();
  const words = text.popup;
  const [editing, setEditing] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setEditing(false);
    opener.current?.focus();
  };
  return (
    <div class="limit-row">
      <div class="limit-line">
        <span class="limit-name">{label}</span>
        <span class="limit-amounts">
          {use === undefined ? (
            about
          ) : (
            <>
              <b>{dollars(left(use))}</b> {words.leftOf(dollars(cap))}
            </>
          )}
        </span>
        <Button
          kind="small"
          className="button-pencil"
          label={words.editLimit(name, dollars(cap))}
          expanded={editing}
          elementRef={opener}
          onPress={() => setEditing(!editing)}
        >
          <PencilIcon />
        </Button>
      </div>
      {use !== undefined && (
        <>
          <Bar limit={use} />
          <p class="limit-rest">{usedText(use, words)}</p>
        </>
      )}
      {editing && <LimitEditor name={name} cap={cap} onSet={onSet} onClose={close} />}
    </div>
  );
}

function left(use: Limit): MicroUsdc {
  return microUsdc(use.used < use.cap ? use.cap - use.used : 0n);
}

function usedText(use: Limit, words: ReturnType<typeof useText>['popup']): string {
  if (use.used === 0n) return words.nothingUsed;
  return use.held === 0n
    ? words.used(dollars(use.used))
    : words.usedHeld(dollars(use.used), dollars(use.held));
}
