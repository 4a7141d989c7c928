import { dollars } from '../format.ts';
import { readLimits } from '../limitModel.ts';
import { Bar } from '../parts/Bar.tsx';
import { Button } from '../parts/Button.tsx';
import { GearIcon } from '../parts/GearIcon.tsx';
import { LedgerTrouble } from '../parts/LedgerTrouble.tsx';
import { Mark } from '../parts/Mark.tsx';
import { useText } from '../text/useText.ts';
import type { Chat } from './chat.ts';

/** Whose panel this is, what it has used of its limit, and what stops every payment. */
export function PanelHeader(props: { readonly chat: Chat; readonly onOpenOptions: () => void }) {
  const { chat, onOpenOptions } = props;
  const text = useText();
  const words = text.panel;
  const state = chat.state.value;
  const [bucket] = readLimits(state?.use ?? []);
  const idle = chat.live.value === undefined && chat.pending.value === undefined;
  return (
    <header class="chat-head">
      <div class="topline">
        <Mark />
        <h1 class="product">{text.product}</h1>
        <Button kind="small" className="button-pencil" label={text.options.open} onPress={onOpenOptions}>
          <GearIcon />
        </Button>
        {chat.turns.value.length > 0 && (
          <Button kind="small" asleep={!idle} onPress={chat.newChat}>
            {words.newChat}
          </Button>
        )}
      </div>
      {bucket !== undefined && (
        <div class="chat-bucket" role="group" aria-label={words.bucketNamed}>
          <Bar limit={bucket} />
          <span class="limit-amounts">{words.bucket(dollars(bucket.used), dollars(bucket.cap))}</span>
        </div>
      )}
      {state !== undefined && <LedgerTrouble state={state} onGoOn={chat.goOn} />}
      {state?.paused === true && (
        <div class="notice notice-watch chat-paused" role="status">
          <span>{words.pausedNow}</span>
          <Button kind="small" onPress={chat.resume}>
            {words.resume}
          </Button>
        </div>
      )}
    </header>
  );
}
