import { microUsdc, parseMicroUsdc } from '../../core/money.ts';
import type { RunView } from '../../protocol/panel.ts';
import { roundUpHandily } from '../amountEdit.ts';
import { dollars } from '../format.ts';
import { readLimits } from '../limitModel.ts';
import { Bar } from '../parts/Bar.tsx';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';
import type { Chat } from './chat.ts';

/** What can be done about a question that cost nothing: ask again, and where a limit stood against it, raise that. */
export function NotPaid({ run, chat }: { readonly run: RunView; readonly chat: Chat }) {
  const words = useText().panel;
  const [bucket] = readLimits(chat.state.value?.use ?? []);
  const cost = parseMicroUsdc(run.amount);
  const overLimit = run.problemType === 'limit_exceeded' && bucket !== undefined && cost !== undefined;
  if (!overLimit || bucket.used + cost <= bucket.cap) {
    return (
      <div class="turn-again">
        <Button kind="small" onPress={() => chat.again(run)}>
          {words.againFor(dollars(chat.againPrice(run)))}
        </Button>
      </div>
    );
  }
  const cap = roundUpHandily(microUsdc(bucket.used + cost));
  return (
    <div class="turn-again notice notice-watch">
      <Bar limit={bucket} asked={cost} />
      <p class="limit-amounts">{words.bucket(dollars(bucket.used), dollars(bucket.cap))}</p>
      <div class="confirm-row">
        <Button kind="small" className="button-strong" onPress={() => chat.raiseAndSend(run, cap)}>
          {words.raise(dollars(cap))}
        </Button>
      </div>
      <p class="faint">{words.raiseHint}</p>
    </div>
  );
}
