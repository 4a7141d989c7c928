import { useId, useState } from 'preact/hooks';
import { parseMicroUsdc } from '../../core/money.ts';
import type { LimitUse, PaymentView } from '../../protocol/panel.ts';
import { dollars, timeAgo } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { ExternalLink } from '../parts/ExternalLink.tsx';
import { safeName } from '../safeText.ts';
import { shortSite } from '../siteName.ts';
import { useText } from '../text/useText.ts';
import { readLimits } from '../limitModel.ts';
import { AllSites } from './AllSites.tsx';
import { safeLink } from './popupModel.ts';

/** How many payments stand there before the list is unfolded. */
const firstFew = 4;

/** All sites together: what they have used of the common limits, and the latest payments with their proof. */
export function PaymentList(props: {
  readonly payments: readonly PaymentView[];
  readonly all: readonly LimitUse[];
  readonly nowMs: number;
}) {
  const { payments, nowMs } = props;
  const text = useText();
  const words = text.popup;
  const id = useId();
  const [all, setAll] = useState(false);
  return (
    <section class="panel" aria-labelledby="payments-title">
      <h2 id="payments-title" class="panel-title">
        {words.allSites}
      </h2>
      <AllSites limits={readLimits(props.all)} />
      <h3 class="small-label list-label">{words.payments}</h3>
      {payments.length === 0 ? (
        <p class="calm-text">{words.noPayments}</p>
      ) : (
        <ul class="plain-list payments" id={id}>
          {(all ? payments : payments.slice(0, firstFew)).map((payment) => (
            <PaymentRow key={payment.id} payment={payment} nowMs={nowMs} />
          ))}
        </ul>
      )}
      {payments.length > firstFew && (
        <Button kind="small" expanded={all} controls={id} onPress={() => setAll(!all)}>
          {all ? words.fewerPayments : words.allPayments(payments.length)}
        </Button>
      )}
    </section>
  );
}

function PaymentRow({ payment, nowMs }: { readonly payment: PaymentView; readonly nowMs: number }) {
  const text = useText();
  const words = text.popup;
  const micro = parseMicroUsdc(payment.amount);
  const amount = micro === undefined ? '?' : dollars(micro);
  const site = shortSite(payment.site, text.panelSite);
  const proof = safeLink(payment.explorerUrl);
  return (
    <li class="payment">
      <span class="payment-site">
        <bdi dir="ltr">{site}</bdi>
      </span>
      <span class={`payment-amount payment-${payment.status}`}>{amount}</span>
      <span class="payment-about faint">
        {timeAgo(payment.atMs, nowMs, text.locale)} · <bdi>{safeName(payment.model, 28)}</bdi>
        {payment.status !== 'settled' && <> · {words.status[payment.status]}</>}
        {' · '}
        {payment.isTest === true
          ? words.inTest(safeName(payment.networkName, 28))
          : safeName(payment.networkName, 28)}
      </span>
      {proof !== undefined && (
        <ExternalLink href={proof} label={`${words.explorer}: ${words.explorerNamed(amount, site)}`}>
          {words.explorer}
        </ExternalLink>
      )}
    </li>
  );
}
