import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';

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
  useLayoutEffect(() => safe.current?.focus(), []);
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
