import { parseMicroUsdc } from '../../core/money.ts';
import type { PaymentView } from '../../protocol/panel.ts';
import { clockTime, dollars } from '../format.ts';
import { shortSite } from '../siteName.ts';
import { useText } from '../text/useText.ts';
import type { Text } from '../text/en.ts';

/** Payments that are counted but neither settled nor released: why, and until when. */
export function HeldList(props: { readonly held: readonly PaymentView[]; readonly nowMs: number }) {
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
          </li>
        ))}
      </ul>
    </section>
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
