import type { PayeeTrust } from '../../core/payees.ts';
import type { ApprovalAnswer, ApprovalCard } from '../../protocol/panel.ts';
import { shortAddress, usdc } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { Notice } from '../parts/Notice.tsx';
import { Words } from '../parts/Words.tsx';
import { safeName } from '../safeText.ts';
import type { Text } from '../text/en.ts';
import type { Phrase } from '../text/phrase.ts';
import { useText } from '../text/useText.ts';
import type { Wakefulness } from '../useAwake.ts';
import { AllowChoice } from './AllowChoice.tsx';
import type { CardModel } from './cardModel.ts';
import type { Passing, Press } from './answering.ts';
import { MoreMenu } from './MoreMenu.tsx';
import { RaiseChoice } from './RaiseChoice.tsx';

/** What the wallet will show, and under it the answers. */
export function AnswerBar(props: {
  readonly card: ApprovalCard;
  readonly model: CardModel | undefined;
  /** Whether the wallet that would sign shows the page its account already. */
  readonly connected: boolean;
  /** What a new payee is to be from now on. */
  readonly payee: PayeeTrust | undefined;
  readonly wakefulness: Wakefulness;
  readonly passing: Passing;
  readonly onAnswer: (answer: ApprovalAnswer) => void;
}) {
  const { card, model, connected, payee, wakefulness, passing, onAnswer } = props;
  const words = useText().approval;
  const asleep = !wakefulness.awake || passing === 'sending' || passing === 'stale';
  const isNewPayee = card.payment?.newPayee !== undefined;
  const press: Press = (answer) => (event) => {
    if (wakefulness.accepts(event)) onAnswer(answer);
  };
  return (
    <div class={wakefulness.focused && !wakefulness.awake ? 'answers answers-waking' : 'answers'}>
      {model !== undefined && <WalletNext card={card} model={model} connected={connected} />}
      {(passing === 'stale' || passing === 'failed') && (
        <Notice tone={passing === 'stale' ? 'watch' : 'alarm'} role="alert">
          {words[passing]}
        </Notice>
      )}
      <Choices model={model} payee={payee} isNewPayee={isNewPayee} asleep={asleep} press={press} />
      <p class="answer-status" role="status">
        {passing === 'sending' ? words.sending : wakefulness.focused ? '' : words.notInFront}
      </p>
    </div>
  );
}

function WalletNext(props: {
  readonly card: ApprovalCard;
  readonly model: CardModel;
  readonly connected: boolean;
}) {
  const { card, model, connected } = props;
  const text = useText();
  const words = text.approval;
  const { payment } = card;
  return (
    <section class="wallet-next">
      <h2 class="small-label">{words.walletNextTitle}</h2>
      <p>
        {payment === undefined ? (
          words.walletPermission
        ) : (
          <Words phrase={whatIsSigned(payment, model, connected, text)} />
        )}
      </p>
    </section>
  );
}

function whatIsSigned(
  { kind, payTo }: PaymentOnCard,
  { amount }: CardModel,
  connected: boolean,
  text: Text,
): Phrase {
  const to = shortAddress(safeName(payTo, 64));
  if (kind === 'svm') return text.chain.walletNext(connected, usdc(amount), to);
  return text.approval.walletNext(connected, to, amount.toString(), usdc(amount));
}

type PaymentOnCard = NonNullable<ApprovalCard['payment']>;

function Choices(props: {
  readonly model: CardModel | undefined;
  readonly payee: PayeeTrust | undefined;
  readonly isNewPayee: boolean;
  readonly asleep: boolean;
  readonly press: Press;
}) {
  const { model, payee, isNewPayee, asleep, press } = props;
  const text = useText();
  const words = text.approval;
  const deny = (
    <Button kind="plain" asleep={asleep} onPress={press({ choice: 'deny' })}>
      {words.deny}
    </Button>
  );
  const more = <MoreMenu asleep={asleep} onBlock={press({ choice: 'block' })} />;

  if (model === undefined || model.asks === 'permission') {
    return (
      <>
        {model !== undefined && <AllowChoice model={model} asleep={asleep} press={press} />}
        <div class="answer-row answer-row-deny">
          {deny}
          {more}
        </div>
      </>
    );
  }
  const over = model.exceeded.length > 0;
  if (isNewPayee) {
    const pay = payee === undefined ? 'payOnce' : payee === 'address' ? 'addAndPay' : 'trustAndPay';
    return (
      <>
        <div class="answer-row">
          {deny}
          <Button
            kind="plain"
            className="button-danger"
            asleep={asleep}
            onPress={press({ choice: over ? 'once-anyway' : 'once' })}
          >
            {text.payee[pay]}
          </Button>
          {more}
        </div>
      </>
    );
  }
  return (
    <>
      <div class="answer-row answer-row-pay">
        {deny}
        <Button kind="pay" asleep={asleep} onPress={press({ choice: over ? 'once-anyway' : 'once' })}>
          {over ? words.payOnceAnyway : words.payOnce}
        </Button>
      </div>
      {over ? (
        <RaiseChoice model={model} asleep={asleep} press={press} after={more} />
      ) : (
        <AllowChoice model={model} asleep={asleep} press={press} after={more} />
      )}
    </>
  );
}
