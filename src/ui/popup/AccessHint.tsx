import { useEffect, useState } from 'preact/hooks';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';

/** Whether the browser lets the extension reach the hosts that it comes with. */
export interface FixedAccess {
  has(): Promise<boolean>;
  /** In a click: the browser asks the person. */
  request(): Promise<boolean>;
  /** @returns the undo */
  onChange(listener: () => void): () => void;
}

/** Says that the browser keeps those hosts from us, which Firefox does after some installs, and asks for them. */
export function AccessHint({ access }: { readonly access: FixedAccess }) {
  const words = useText().popup.access;
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    let over = false;
    const look = () => void access.has().then((has) => over || setMissing(!has));
    look();
    const undo = access.onChange(look);
    return () => {
      over = true;
      undo();
    };
  }, [access]);
  if (!missing) return null;
  return (
    <div class="notice notice-watch notice-ask" role="status">
      <span>{words.missing}</span>
      <Button kind="small" onPress={() => void access.request()}>
        {words.allow}
      </Button>
    </div>
  );
}
