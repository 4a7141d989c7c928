import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { MicroUsdc } from '../../core/money.ts';
import { count, dollars } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { Notice } from '../parts/Notice.tsx';
import { useText } from '../text/useText.ts';
import type { Text } from '../text/en.ts';
import type { Chat } from './chat.ts';
import { ModelPicker } from './ModelPicker.tsx';
import { PageChip } from './PageChip.tsx';
import type { TabView } from './tabView.ts';

const lengths = [
  { name: 'short', tokens: 250 },
  { name: 'medium', tokens: 1000 },
  { name: 'long', tokens: 4000 },
] as const;

/** The longest question; the background keeps so much of it. */
const longestQuestion = 32_000;

/** The next question: its words, the page's text, how long the answer may be, what it costs about, and Send. */
export function Composer({ chat, view }: { readonly chat: Chat; readonly view: TabView }) {
  const text = useText();
  const words = text.panel;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const typed = chat.typed.value;
  const busy = chat.live.value !== undefined || chat.pending.value !== undefined;
  const asking = chat.pending.value?.stage === 'asking';
  const obstacle = obstacleOf(chat, view, text);
  const asleep = obstacle !== undefined || typed.trim() === '' || !canPay(chat);

  useLayoutEffect(() => {
    const { current } = field;
    if (current === null) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight + 2}px`;
  }, [typed]);
  useLayoutEffect(() => field.current?.focus(), []);

  return (
    <footer class="composer">
      {chat.trouble.value !== undefined && (
        <Notice tone="alarm" role="alert">
          {chat.trouble.value.message ?? words.failed}
        </Notice>
      )}
      {obstacle !== undefined && (
        <div class="notice notice-watch composer-obstacle" role="status" id={`${id}-why`}>
          <span>{obstacle.words}</span>
          {obstacle.looks && (
            <Button kind="small" onPress={view.look}>
              {words.lookAgain}
            </Button>
          )}
        </div>
      )}
      <PageChip chat={chat} page={view.page.value} />
      <textarea
        ref={field}
        rows={2}
        maxLength={longestQuestion}
        aria-label={words.question}
        placeholder={chat.pagePlace.value === 'none' ? words.placeholderAlone : words.placeholder}
        value={typed}
        onInput={(event) => (chat.typed.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.isTrusted) return;
          event.preventDefault();
          if (!asleep && !busy && !event.repeat) chat.send();
        }}
      />
      <div class="composer-line">
        <ModelPicker chat={chat} />
        <select
          class="composer-select composer-length"
          aria-label={words.length}
          value={String(chat.maxTokens.value)}
          onChange={(event) => (chat.maxTokens.value = Number(event.currentTarget.value))}
        >
          {lengths.map(({ name, tokens }) => (
            <option key={name} value={tokens}>
              {words.lengthOption(words.lengths[name], count(tokens, text.locale))}
            </option>
          ))}
        </select>
      </div>
      <div class="composer-line">
        <Price id={`${id}-price`} price={chat.price.value} />
        {busy && !asking ? (
          <Button kind="plain" className="button-danger" onPress={chat.stop}>
            {words.stop}
          </Button>
        ) : (
          <Button
            kind="pay"
            asleep={asleep || busy}
            describedBy={obstacle === undefined ? `${id}-price` : `${id}-why`}
            onPress={chat.send}
          >
            {words.send}
          </Button>
        )}
      </div>
    </footer>
  );
}

function Price({ id, price }: { readonly id: string; readonly price: MicroUsdc | undefined }) {
  const words = useText().panel;
  return (
    <span
      class="composer-price"
      id={id}
      title={price === undefined ? words.priceUnknownHint : words.aboutHint}
    >
      {price === undefined ? words.priceUnknown : words.about(dollars(price))}
    </span>
  );
}

/** The header says why not. */
function canPay(chat: Chat): boolean {
  const state = chat.state.value;
  return state !== undefined && state.ledgerReady && !state.paused;
}

/** Why Send does nothing now, beside an empty field and what the header says. */
function obstacleOf(
  chat: Chat,
  view: TabView,
  { panel }: Text,
): { readonly words: string; readonly looks: boolean } | undefined {
  const state = chat.state.value;
  if (state === undefined) return { words: panel.loading, looks: false };
  const wallet = view.wallet.value;
  if (wallet === undefined) return { words: panel.lookingForWallet, looks: false };
  return wallet === 'ready' ? undefined : { words: panel.wallet[wallet], looks: true };
}
