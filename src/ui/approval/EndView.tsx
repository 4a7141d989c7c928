import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import type { Decision, VoidReason } from '../../protocol/panel.ts';
import { Button } from '../parts/Button.tsx';
import { Mark } from '../parts/Mark.tsx';
import { useText } from '../text/useText.ts';
import type { Text } from '../text/en.ts';

/** How a card ended: by an answer given here, or by something else. */
export type Ending = { readonly why: VoidReason } | { readonly answer: Decision; readonly paying: boolean };

/** Long enough to read one sentence; an own answer needs no more than a glance. */
const closesAfterMs = { why: 8000, answer: 2500 };

/** The last thing the window shows before it closes by itself. */
export function EndView(props: {
  readonly clock: Clock;
  readonly ending: Ending;
  readonly onClose: () => void;
}) {
  const { clock, ending, onClose } = props;
  const text = useText();
  const title = useRef<HTMLHeadingElement>(null);
  const ms = 'why' in ending ? closesAfterMs.why : closesAfterMs.answer;

  useLayoutEffect(() => title.current?.focus(), []);
  useEffect(() => clock.after(ms, onClose), [clock, ms, onClose]);

  return (
    <main class="resting">
      <Mark size={48} />
      <h1 ref={title} tabIndex={-1} class="end-title">
        {sentence(ending, text)}
      </h1>
      <p class="faint">{text.approval.closes}</p>
      <Button kind="plain" onPress={onClose}>
        {text.close}
      </Button>
    </main>
  );
}

function sentence(ending: Ending, text: Text): string {
  if ('why' in ending) return text.approval.void[ending.why];
  const { choice } = ending.answer;
  if (choice === 'deny' || choice === 'block') return text.approval.given[choice];
  return ending.paying ? text.approval.given.pay : text.approval.given.grant;
}
