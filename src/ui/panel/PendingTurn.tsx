import { dollars } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';
import type { Chat, Pending } from './chat.ts';
import { QuestionBubble } from './QuestionBubble.tsx';

/** A question on its way, and the one thing that may have to be asked about its price. */
export function PendingTurn({ pending, chat }: { readonly pending: Pending; readonly chat: Chat }) {
  const words = useText().panel;
  const { question, note, stage, price } = pending;
  return (
    <article class="turn">
      <QuestionBubble question={question} note={note} />
      {price === undefined ? (
        <div class="run-stage run-live">
          <span class="run-dot" aria-hidden="true" />
          <span role="status">{stage === 'starting' ? words.starting : words.quoting}</span>
        </div>
      ) : (
        <div class="notice notice-watch" role="alert">
          <p>
            {price.shown === undefined
              ? words.priced(dollars(price.most))
              : words.dearer(dollars(price.most), dollars(price.shown))}
          </p>
          <div class="confirm-row">
            <Button kind="small" className="button-strong" onPress={chat.agree}>
              {words.sendFor(dollars(price.most))}
            </Button>
            <Button kind="small" onPress={chat.stop}>
              {words.dontSend}
            </Button>
          </div>
        </div>
      )}
    </article>
  );
}
