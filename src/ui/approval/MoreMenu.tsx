import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';

/** Answers that are rarely meant, behind one more click. */
export function MoreMenu(props: { readonly asleep: boolean; readonly onBlock: (event: Event) => void }) {
  const text = useText();
  const id = useId();
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const block = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    if (!open) return undefined;
    block.current?.focus();
    const closeOutside = (event: Event) => {
      if (!(event.target instanceof Node) || place.current?.contains(event.target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, [open]);

  return (
    <div
      class="more"
      ref={place}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        opener.current?.focus();
      }}
    >
      <Button kind="plain" expanded={open} controls={id} elementRef={opener} onPress={() => setOpen(!open)}>
        {text.approval.more}
      </Button>
      <div class="more-list" id={id} hidden={!open}>
        <Button
          kind="quiet"
          className="button-danger"
          asleep={props.asleep}
          elementRef={block}
          describedBy={`${id}-hint`}
          onPress={props.onBlock}
        >
          {text.approval.block}
        </Button>
        <p class="faint" id={`${id}-hint`}>
          {text.approval.blockHint}
        </p>
      </div>
    </div>
  );
}
