import type { RunView } from '../../protocol/panel.ts';
import { count } from '../format.ts';
import { useText } from '../text/useText.ts';

/** What the gateway says of an answer: how many tokens it counted, and whether it was verified. */
export function RunFacts({ run }: { readonly run: RunView }) {
  const text = useText();
  const { tokens, verified } = run;
  if (tokens === undefined && verified === undefined) return null;
  return (
    <p class="run-facts faint">
      {tokens !== undefined && (
        <span>{text.run.tokens(count(tokens.input, text.locale), count(tokens.output, text.locale))}</span>
      )}
      {verified !== undefined && (
        <span class={verified ? '' : 'watch-text'}>
          {verified ? text.run.verified : text.run.notVerified}
        </span>
      )}
    </p>
  );
}
