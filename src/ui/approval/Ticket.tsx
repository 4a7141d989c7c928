import type { ApprovalCard } from '../../protocol/panel.ts';
import { count, dollars, usdc } from '../format.ts';
import { safeBlock, safeLine, safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { CardModel } from './cardModel.ts';

/** How much of a question stands there before the details are opened. */
const briefly = 130;

/** The stub with the most it can cost, and under the tear line what is bought for it. */
export function Ticket({ card, model }: { readonly card: ApprovalCard; readonly model: CardModel }) {
  const text = useText();
  const words = text.approval;
  const { payment } = card;
  if (payment === undefined) {
    return (
      <section class="ticket">
        <div class="stub stub-whole">
          <h2 class="stub-title">{words.noPayment}</h2>
          <p class="stub-note">{words.noPaymentText}</p>
          {model.suggestedDay !== undefined && (
            <p class="stub-note">{words.suggests(dollars(model.suggestedDay))}</p>
          )}
        </div>
      </section>
    );
  }
  const network = safeName(payment.networkName, 40);
  const tokens = count(payment.maxOutputTokens, text.locale);
  return (
    <section class="ticket">
      <div class={stubClass(card, model)}>
        <h2 class="stub-label">{words.most}</h2>
        <p class="stub-amount">
          {dollars(model.amount)}
          {model.changedFrom !== undefined && <s>{dollars(model.changedFrom)}</s>}
        </p>
        <p class="stub-note">
          {(payment.isTest === true ? words.mostInTest : words.mostExactly)(usdc(model.amount), network)},{' '}
          {words.answerBound(tokens)}
        </p>
      </div>
      <div class="ticket-body">
        <h2 class="unseen">{words.question}</h2>
        <p class="question" dir="auto">
          {safeLine(payment.question, briefly) || words.noQuestion}
        </p>
        <Details payment={payment} network={network} tokens={tokens} />
      </div>
    </section>
  );
}

function stubClass({ payment }: ApprovalCard, { exceeded }: CardModel): string {
  if (payment?.newPayee !== undefined) return 'stub stub-alarm';
  return exceeded.length > 0 ? 'stub stub-over' : 'stub';
}

function Details(props: {
  readonly payment: NonNullable<ApprovalCard['payment']>;
  readonly network: string;
  readonly tokens: string;
}) {
  const { payment, network, tokens } = props;
  const text = useText();
  const words = text.approval;
  const whole = safeBlock(payment.question, 4000);
  return (
    <details class="details">
      <summary>
        <span class="faint">
          <bdi>{words.answeredBy(safeName(payment.model, 60), safeName(payment.gateway, 60))}</bdi>
        </span>
        <span class="link">{words.details}</span>
      </summary>
      <dl class="facts">
        <Fact name={words.model} value={safeName(payment.model)} />
        <Fact name={words.gateway} value={safeName(payment.gateway)} />
        <Fact name={words.network} value={network} />
        {payment.inputTokens !== undefined && (
          <Fact name={words.inputTokens} value={count(payment.inputTokens, text.locale)} />
        )}
        <Fact name={words.answerTokens} value={tokens} />
        <Fact name={words.payTo} value={safeName(payment.payTo, 64)} kind="address" />
        {payment.alsoOffered !== undefined && (
          <Fact
            name={words.alsoOffered}
            value={words.alsoOfferedBy(safeName(payment.alsoOffered.join(', '), 80))}
          />
        )}
        {whole !== safeLine(payment.question, briefly) && (
          <Fact name={words.wholeQuestion} value={whole} kind="prose" />
        )}
      </dl>
    </details>
  );
}

function Fact(props: {
  readonly name: string;
  readonly value: string;
  readonly kind?: 'name' | 'address' | 'prose';
}) {
  const { name, value, kind = 'name' } = props;
  return (
    <div class={`fact fact-${kind}`}>
      <dt>{name}</dt>
      <dd tabIndex={kind === 'prose' ? 0 : undefined}>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}
