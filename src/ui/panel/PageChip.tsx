import { count } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { Chat } from './chat.ts';
import { kilobytes, longestPageText } from './pageNote.ts';
import type { PageNote } from './pageNote.ts';

/** The page's text beside the question: what it is, how much it is, and the way to leave it out. */
export function PageChip({ chat, page }: { readonly chat: Chat; readonly page: PageNote | undefined }) {
  const text = useText();
  const words = text.panel;
  const place = chat.pagePlace.value;
  if (page === undefined || place === 'none') return null;
  if (place === 'in-chat') return <p class="faint composer-page">{words.inChat}</p>;
  if (place === 'left-out') {
    return (
      <div class="composer-page">
        <Button kind="small" onPress={chat.takeAlong}>
          {page.kind === 'page' ? words.addPage : words.addSelection}
        </Button>
      </div>
    );
  }
  const title = safeName(page.title, 80) || words.untitled;
  const size = kilobytes(page.text, text.locale);
  return (
    <div class="composer-page">
      <span class="page-chip">
        <span class="page-chip-words">
          {page.kind === 'page' ? words.pageTitle(title) : words.selectionTitle(title)}
        </span>
        <span class="page-chip-size">{words.textSize(size)}</span>
        <button
          type="button"
          class="page-chip-drop"
          aria-label={words.dropPage}
          title={words.dropPage}
          onClick={(event) => {
            if (event.isTrusted) chat.leaveOut();
          }}
        >
          <svg class="icon" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path d="m2.5 2.5 7 7m0-7-7 7" />
          </svg>
        </button>
      </span>
      {page.cut && <span class="faint">{words.cut(count(longestPageText, text.locale))}</span>}
    </div>
  );
}
