import { useLayoutEffect, useRef } from 'preact/hooks';
import { safeAnswer } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** More than this at once makes a small window slow; the rest stays in the copy. */
const shownLength = 40_000;

/** An answer as text with its line breaks. While it is written, the end stays in view unless the person scrolls up. */
export function AnswerText(props: {
  readonly answer: string;
  readonly live: boolean;
  readonly label: string;
}) {
  const { answer, live, label } = props;
  const text = useText();
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const part = live ? answer.slice(-shownLength) : answer.slice(0, shownLength);

  useLayoutEffect(() => {
    if (live && follows.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [answer, live]);

  return (
    <>
      <div
        class="answer"
        dir="auto"
        ref={box}
        role="region"
        aria-label={label}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
      >
        {safeAnswer(part)}
        {live && <span class="caret" aria-hidden="true" />}
      </div>
      {part.length < answer.length && <p class="faint">{text.popup.longAnswer}</p>}
    </>
  );
}
