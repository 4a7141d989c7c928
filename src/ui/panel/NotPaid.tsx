import { microUsdc, noMoney, parseMicroUsdc } from '../../core/money.ts';
import type { NewPayee } from '../../core/payees.ts';
import type { RunView } from '../../protocol/panel.ts';
import { roundUpHandily } from '../amountEdit.ts';
import { dollars } from '../format.ts';
import { readLimits } from '../limitModel.ts';
import { Bar } from '../parts/Bar.tsx';
import { Addresses } from '../approval/NewPayeeNotice.tsx';
import { Button } from '../parts/Button.tsx';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { Chat } from './chat.ts';

/** What can be done about a question that cost nothing: ask again, and where a limit stood against it, raise that. */
export function NotPaid({ run, chat }: { readonly run: RunView; readonly chat: Chat }) {
  const text = useText();
  const words = text.panel;
  const [bucket] = readLimits(chat.state.value?.use ?? []);
  const cost = parseMicroUsdc(run.amount);
  if (run.newPayee !== undefined) return <OtherPayee run={run} payee={run.newPayee} chat={chat} />;
  const price = chat.againPrice(run);
  const againText = price === undefined ? words.again : words.againFor(dollars(price));
  const overLimit = run.problemType === 'limit_exceeded' && bucket !== undefined && cost !== undefined;
  if (!overLimit || bucket.used + cost <= bucket.cap) {
    return (
      <div class="turn-again">
        <AskWalletAgain run={run} chat={chat} />
        <PayElsewhere run={run} chat={chat} />
        <Button kind="small" onPress={() => chat.again(run)}>
          {againText}
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

/** Where the wallet said no, or nothing: the same payment, not a second one. */
export function AskWalletAgain({ run, chat }: { readonly run: RunView; readonly chat: Chat }) {
  const words = useText().held;
  if (run.again?.kind !== 'wallet') return null;
  return (
    <Button kind="small" className="button-strong" onPress={() => chat.askWalletAgain(run)}>
      {words.askAgain}
    </Button>
  );
}

/** Where the wallet has too little on one chain and the gateway takes another. */
function PayElsewhere({ run, chat }: { readonly run: RunView; readonly chat: Chat }) {
  const words = useText().chain;
  const { insteadOn } = run;
  if (insteadOn === undefined) return null;
  return (
    <Button kind="small" className="button-strong" onPress={() => chat.payOn(run, insteadOn.network)}>
      {words.instead(safeName(insteadOn.networkName, 28))}
    </Button>
  );
}

/** What the panel asks in the place of a red card. */
function OtherPayee(props: { readonly run: RunView; readonly payee: NewPayee; readonly chat: Chat }) {
  const { run, payee, chat } = props;
  const words = useText().payee;
  const price = dollars(chat.againPrice(run) ?? parseMicroUsdc(run.amount) ?? noMoney);
  return (
    <div class="turn-again notice notice-alarm">
      <h2 class="notice-title">{words.title}</h2>
      <p>{words.explained(safeName(run.gateway, 60))}</p>
      <Addresses payee={payee} />
      <div class="payee-answers">
        {payee.canAdd && (
          <Button kind="small" className="button-danger" onPress={() => chat.acceptPayee(run, 'address')}>
            {words.panelAdd(price)}
          </Button>
        )}
        {payee.trustable !== undefined && (
          <Button kind="small" className="button-danger" onPress={() => chat.acceptPayee(run, 'origin')}>
            {words.panelTrust(price)}
          </Button>
        )}
      </div>
      {payee.trustable !== undefined && (
        <p class="faint">{words.trustMeans(safeName(payee.trustable, 60))}</p>
      )}
    </div>
  );
}
