import { safeAnswer } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** The end of longer thoughts is shown. */
const shownLength = 20_000;

/** What a model thought: apart from its answer, and folded away unless there is nothing else. */
export function Thoughts({
  reasoning = '',
  alone,
}: {
  readonly reasoning?: string | undefined;
  readonly alone: boolean;
}) {
  const words = useText().run;
  if (reasoning === '') return null;
  return (
    <details class="thoughts" open={alone}>
      <summary>{words.thoughts}</summary>
      <div class="thoughts-text" dir="auto" role="region" aria-label={words.thoughts} tabIndex={0}>
        {safeAnswer(reasoning.slice(-shownLength))}
      </div>
    </details>
  );
}
