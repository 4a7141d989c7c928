import type { PopupState } from '../../protocol/panel.ts';
import { Button } from '../parts/Button.tsx';
import { LossCard } from '../parts/LossCard.tsx';
import { Notice } from '../parts/Notice.tsx';
import { useText } from '../text/useText.ts';
import type { Ask } from './PopupScreen.tsx';

/** What concerns every site at once. */
export function Banners(props: {
  readonly state: PopupState;
  readonly ask: Ask;
  readonly onGoOn: () => Promise<unknown>;
}) {
  const { state, ask, onGoOn } = props;
  const text = useText();
  const words = text.popup;
  return (
    <>
      {state.loss !== undefined && <LossCard loss={state.loss} onGoOn={onGoOn} />}
      {!state.ledgerReady && state.loss === undefined && (
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
