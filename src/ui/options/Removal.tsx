import type { Ref } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';

/** Whether the person is being asked if they mean it, and what the button needs that asks them. */
interface Removal {
  readonly isAsked: boolean;
  readonly ask: () => void;
  /** They keep it: the focus goes back to the button. */
  readonly keep: () => void;
  /** They mean it. */
  readonly close: () => void;
  readonly buttonRef: Ref<HTMLButtonElement>;
}

/** What cannot be undone is asked about once, where it stands. */
export function useRemoval(): Removal {
  const button = useRef<HTMLButtonElement>(null);
  const [isAsked, setAsked] = useState(false);
  return {
    isAsked,
    ask: () => setAsked(true),
    close: () => setAsked(false),
    keep() {
      setAsked(false);
      button.current?.focus();
    },
    buttonRef: button,
  };
}

/** The question before something goes: the keyboard starts on what keeps it. */
export function RemovalQuestion(props: {
  readonly title: string;
  readonly explained: string;
  readonly answer: string;
  readonly onRemove: () => void;
  readonly onKeep: () => void;
}) {
  const { title, explained, answer, onRemove, onKeep } = props;
  const { keep } = useText().options;
  const id = useId();
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => safe.current?.focus(), []);
  return (
    <div
      class="confirm confirm-danger"
      role="group"
      aria-labelledby={`${id}-title`}
      onKeyDown={(event) => {
        if (event.isTrusted && event.key === 'Escape') onKeep();
      }}
    >
      <h3 id={`${id}-title`}>
        <bdi>{title}</bdi>
      </h3>
      <p id={`${id}-text`}>{explained}</p>
      <div class="confirm-row">
        <Button kind="small" className="button-danger" describedBy={`${id}-text`} onPress={onRemove}>
          {answer}
        </Button>
        <Button kind="small" elementRef={safe} describedBy={`${id}-title`} onPress={onKeep}>
          {keep}
        </Button>
      </div>
    </div>
  );
}
