import { useLayoutEffect, useRef } from 'preact/hooks';
import { useText } from '../text/useText.ts';
import type { Chat } from './chat.ts';
import { PendingTurn } from './PendingTurn.tsx';
import { TurnView } from './TurnView.tsx';

/** Questions and answers, oldest first. The end stays in view unless the person scrolls up. */
export function Conversation({ chat }: { readonly chat: Chat }) {
  const text = useText();
  const words = text.panel;
  const box = useRef<HTMLElement>(null);
  const follows = useRef(true);
  const turns = chat.turns.value;
  const pending = chat.pending.value;
  const asked = turns.length + (pending === undefined ? 0 : 1);

  useLayoutEffect(() => {
    follows.current = true;
  }, [asked]);
  useLayoutEffect(() => {
    if (follows.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [turns, pending]);

  return (
    <main
      class="chat-talk"
      ref={box}
      tabIndex={0}
      aria-label={words.chat}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      {chat.state.value === undefined ? (
        <p class="calm-text">{words.loading}</p>
      ) : asked === 0 ? (
        <Beginning chat={chat} />
      ) : (
        <ol class="plain-list chat-turns">
          {turns.map((turn) => (
            <li key={turn.run.id}>
              <TurnView turn={turn} chat={chat} isLast={pending === undefined && turn === turns.at(-1)} />
            </li>
          ))}
          {pending !== undefined && (
            <li key="pending">
              <PendingTurn pending={pending} chat={chat} />
            </li>
          )}
        </ol>
      )}
    </main>
  );
}

function Beginning({ chat }: { readonly chat: Chat }) {
  const words = useText().panel;
  return (
    <div class="chat-beginning">
      <h2 class="chat-beginning-title">{words.emptyTitle}</h2>
      {chat.pagePlace.value !== 'none' && (
        <div class="chat-starts">
          {words.starts.map((start) => (
            <button
              type="button"
              class="preset"
              key={start}
              onClick={(event) => {
                if (!event.isTrusted) return;
                chat.typed.value = start;
                document.querySelector<HTMLElement>('.composer textarea')?.focus();
              }}
            >
              {start}
            </button>
          ))}
        </div>
      )}
      <p class="calm-text">{words.emptyText}</p>
    </div>
  );
}
