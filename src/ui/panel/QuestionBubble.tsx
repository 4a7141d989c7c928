import { safeBlock, safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { PageNote } from './pageNote.ts';

/** More of a question than this is not shown; all of it is sent. */
const shownLength = 1500;

/** What the person asked, and the page's text that went along. */
export function QuestionBubble(props: { readonly question: string; readonly note: PageNote | undefined }) {
  const words = useText().panel;
  const { question, note } = props;
  return (
    <div class="bubble" role="group" aria-label={words.you}>
      <p class="bubble-text" dir="auto">
        {safeBlock(question, shownLength)}
      </p>
      {note !== undefined && (
        <p class="bubble-note">
          {(note.kind === 'page' ? words.withPage : words.withSelection)(
            safeName(note.title, 60) || words.untitled,
          )}
        </p>
      )}
    </div>
  );
}
