import type { PopupState } from '../../protocol/panel.ts';
import { Button } from '../parts/Button.tsx';
import { LedgerTrouble } from '../parts/LedgerTrouble.tsx';
import { Notice } from '../parts/Notice.tsx';
import { useText } from '../text/useText.ts';
import type { Ask } from '../ask.ts';

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
      <LedgerTrouble state={state} onGoOn={onGoOn} />
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
