import { parseMicroUsdc } from '../../core/money.ts';
import type { PaymentView } from '../../protocol/panel.ts';
import { clockTime, dollars } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { shortSite } from '../siteName.ts';
import { useText } from '../text/useText.ts';
import type { Text } from '../text/en.ts';
import type { Ask } from '../ask.ts';

/** Payments that are counted but neither settled nor released: why, and until when. */
export function HeldList(props: {
  readonly held: readonly PaymentView[];
  readonly nowMs: number;
  readonly ask: Ask;
}) {
  const text = useText();
  if (props.held.length === 0) return null;
  return (
    <section class="panel held" aria-labelledby="held-title">
      <h2 id="held-title" class="panel-title">
        <i class="swatch swatch-held" aria-hidden="true" />
        {text.popup.held}
      </h2>
      <ul class="plain-list">
        {props.held.map((payment) => (
          <li class="held-item" key={payment.id}>
            <p class="held-site">
              <bdi dir="ltr">{shortSite(payment.site, text.panelSite, 44)}</bdi>
            </p>
            <p>{why(payment, props.nowMs, text)}</p>
            <HeldAction payment={payment} nowMs={props.nowMs} ask={props.ask} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the person can do about it: have the wallet asked for the same again, or buy the same once more. */
function HeldAction(props: { readonly payment: PaymentView; readonly nowMs: number; readonly ask: Ask }) {
  const { payment, nowMs, ask } = props;
  const text = useText();
  const words = text.popup;
  const { again, id: paymentId } = payment;
  if (again === undefined) return null;
  if (again.kind === 'pay') {
    const micro = parseMicroUsdc(payment.amount);
    const amount = micro === undefined ? words.unknownAmount : dollars(micro);
    return (
      <div class="held-action">
        <Button kind="small" onPress={() => ask('payment.payAgain', { paymentId })}>
          {words.payAgain}
        </Button>
        <span class="faint">
          {payment.kind === 'svm' ? text.chain.payAgainHint(amount) : words.payAgainHint(amount)}
        </span>
      </div>
    );
  }
  if (nowMs >= again.untilMs || nowMs < (again.fromMs ?? 0)) return null;
  return (
    <div class="held-action">
      <Button kind="small" onPress={() => ask('payment.askAgain', { paymentId })}>
        {words.askAgain}
      </Button>
      <span class="faint">{words.askAgainHint}</span>
    </div>
  );
}

function why(payment: PaymentView, nowMs: number, text: Text): string {
  const words = text.popup;
  const micro = parseMicroUsdc(payment.amount);
  const amount = micro === undefined ? words.unknownAmount : dollars(micro);
  const until =
    payment.heldUntilMs === undefined
      ? words.untilProof
      : words.untilAbout(clockTime(payment.heldUntilMs, nowMs, text.locale));
  return payment.trouble === undefined
    ? words.heldUnderWay(amount, until)
    : words.heldWhy[payment.trouble](amount, until);
}
