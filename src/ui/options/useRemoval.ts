import type { Ref } from 'preact';
import { useRef, useState } from 'preact/hooks';

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
