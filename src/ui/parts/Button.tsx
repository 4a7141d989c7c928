import type { ComponentChildren, Ref } from 'preact';

/** What a button looks like: how much it weighs, never what it does. */
type ButtonKind = 'pay' | 'plain' | 'quiet' | 'small';

/** Props of a button. */
export interface ButtonProps {
  readonly kind: ButtonKind;
  readonly children: ComponentChildren;
  readonly onPress: (event: Event) => void;
  /** Shown as not pressable yet; stays reachable, so that the focus is not lost when it wakes. */
  readonly asleep?: boolean;
  /** The accessible name where the visible one needs its surroundings; contains the visible one. */
  readonly label?: string;
  readonly describedBy?: string;
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly className?: string;
  readonly elementRef?: Ref<HTMLButtonElement>;
}

/** A button that hears people only: a click made by a script does nothing. */
export function Button(props: ButtonProps) {
  const { kind, children, onPress, asleep = false, className = '' } = props;
  return (
    <button
      type="button"
      class={`button button-${kind} ${className}`}
      ref={props.elementRef ?? null}
      aria-disabled={asleep ? 'true' : undefined}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-expanded={props.expanded}
      aria-controls={props.controls}
      onClick={(event) => {
        if (event.isTrusted && !asleep) onPress(event);
      }}
    >
      {children}
    </button>
  );
}
