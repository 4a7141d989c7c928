import { useState } from 'preact/hooks';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';

/** Copies a whole answer and says whether that worked. */
export function CopyButton(props: { readonly text: string; readonly label: string }) {
  const text = useText();
  const words = text.popup;
  const [outcome, setOutcome] = useState<'copied' | 'notCopied'>();
  const copy = () => {
    navigator.clipboard.writeText(props.text).then(
      () => setOutcome('copied'),
      () => setOutcome('notCopied'),
    );
  };
  return (
    <>
      <span class="faint" role="status">
        {outcome === undefined ? '' : words[outcome]}
      </span>
      <Button kind="small" label={props.label} onPress={copy}>
        {words.copy}
      </Button>
    </>
  );
}
