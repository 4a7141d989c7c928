import type { PopupState } from '../../protocol/panel.ts';
import { Button } from '../parts/Button.tsx';
import { Notice } from '../parts/Notice.tsx';
import { useText } from '../text/useText.ts';
import type { Ask } from './PopupScreen.tsx';

/** What concerns every site at once. */
export function Banners({ state, ask }: { readonly state: PopupState; readonly ask: Ask }) {
  const text = useText();
  const words = text.popup;
  return (
    <>
      {!state.ledgerReady && (
        <Notice tone="alarm" role="alert">
          {words.ledger}
        </Notice>
      )}
      {state.paused && (
        <Notice tone="watch" role="status">
          {words.paused}
        </Notice>
      )}
      {state.waiting > 0 && (
        <div class="notice notice-call">
          <span>{words.waiting(state.waiting)}</span>
          <Button kind="small" onPress={() => ask('approval.reopen', {})}>
            {words.show}
          </Button>
        </div>
      )}
    </>
  );
}
