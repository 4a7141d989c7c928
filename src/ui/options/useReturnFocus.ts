import type { Ref } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Where the keyboard goes on after something that had the focus has gone. */
export interface ReturnFocus {
  /** Marks the button that opens the editor of this name. */
  readonly opener: (name: string) => Ref<HTMLButtonElement>;
  readonly heading: Ref<HTMLHeadingElement>;
  /** For what goes together with its buttons. */
  readonly toHeading: () => void;
}

/**
 * Brings the focus back to what has opened an editor, which is not on the page meanwhile.
 *
 * @param open the name of the editor that is open
 */
export function useReturnFocus(open: string | undefined): ReturnFocus {
  const openers = useRef(new Map<string, HTMLButtonElement>());
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(open);
  useEffect(() => {
    if (open === undefined && before.current !== undefined) openers.current.get(before.current)?.focus();
    before.current = open;
  }, [open]);
  return {
    opener: (name) => (button) => {
      if (button === null) openers.current.delete(name);
      else openers.current.set(name, button);
    },
    heading,
    toHeading: () => heading.current?.focus({ preventScroll: true }),
  };
}
