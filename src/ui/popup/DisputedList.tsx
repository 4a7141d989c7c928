import { useId, useState } from 'preact/hooks';
import { parseMicroUsdc } from '../../core/money.ts';
import type { Claim, PaymentView } from '../../protocol/panel.ts';
import { dollars, timeAgo } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { ExternalLink } from '../parts/ExternalLink.tsx';
import { safeName } from '../safeText.ts';
import { shortSite } from '../siteName.ts';
import { useText } from '../text/useText.ts';
import { safeLink } from './popupModel.ts';

/** How many stand there before the list is unfolded. */
const firstFew = 2;

/**
 * Payments that were charged and not answered, each with its claim and where to send it; then those that were confirmed
 * and not charged, which leave nothing to claim.
 */
export function DisputedList(props: {
  readonly payments: readonly PaymentView[];
  readonly nowMs: number;
  readonly claim: (paymentId: string) => Promise<Claim>;
}) {
  const { nowMs } = props;
  const text = useText();
  const id = useId();
  const [all, setAll] = useState(false);
  const disputed = props.payments.filter(({ dispute }) => dispute !== undefined);
  const charged = disputed.filter(({ dispute }) => dispute !== 'not-charged');
  const notCharged = disputed.filter(({ dispute }) => dispute === 'not-charged');
  return (
    <>
      {charged.length > 0 && (
        <section class="panel" aria-labelledby="disputed-title">
          <h2 id="disputed-title" class="panel-title">
            {text.dispute.title}
          </h2>
          <ul class="plain-list" id={id}>
            {(all ? charged : charged.slice(0, firstFew)).map((payment) => (
              <DisputedItem key={payment.id} payment={payment} nowMs={nowMs} claim={props.claim} />
            ))}
          </ul>
          {charged.length > firstFew && (
            <Button kind="small" expanded={all} controls={id} onPress={() => setAll(!all)}>
              {all ? text.popup.fewerPayments : text.popup.allPayments(charged.length)}
            </Button>
          )}
        </section>
      )}
      {notCharged.length > 0 && (
        <section class="panel" aria-labelledby="not-charged-title">
          <h2 id="not-charged-title" class="panel-title">
            {text.dispute.titleNotCharged}
          </h2>
          <ul class="plain-list">
            {notCharged.map((payment) => (
              <li class="held-item" key={payment.id}>
                <DisputeFacts payment={payment} nowMs={nowMs} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Whose it was, and what happened. */
function DisputeFacts({ payment, nowMs }: { readonly payment: PaymentView; readonly nowMs: number }) {
  const text = useText();
  const micro = parseMicroUsdc(payment.amount);
  const amount = micro === undefined ? text.popup.unknownAmount : dollars(micro);
  if (payment.dispute === undefined) return null;
  return (
    <>
      <p class="held-site">
        <bdi dir="ltr">{shortSite(payment.site, text.panelSite, 44)}</bdi> ·{' '}
        {timeAgo(payment.atMs, nowMs, text.locale)}
      </p>
      <p>{text.dispute.why[payment.dispute](amount)}</p>
    </>
  );
}

function DisputedItem(props: {
  readonly payment: PaymentView;
  readonly nowMs: number;
  readonly claim: (paymentId: string) => Promise<Claim>;
}) {
  const { payment, nowMs, claim } = props;
  const { dispute, id } = payment;
  const text = useText();
  const words = text.popup;
  const [outcome, setOutcome] = useState<'copied' | 'notCopied'>();
  const gateway = safeName(payment.gateway, 40);
  const contact = safeLink(payment.contactUrl);
  const copy = async () => navigator.clipboard.writeText((await claim(id)).json);
  const take = (done: Promise<unknown>, success: 'copied' | undefined) =>
    done.then(
      () => setOutcome(success),
      () => setOutcome('notCopied'),
    );
  if (dispute === undefined) return null;
  return (
    <li class="held-item">
      <DisputeFacts payment={payment} nowMs={nowMs} />
      <p class="faint">
        {dispute === 'never-sent' ? text.dispute.claimToNobody : text.dispute.claim(gateway)}
      </p>
      <div class="held-action">
        <Button kind="small" onPress={() => void take(copy(), 'copied')}>
          {text.dispute.copy}
        </Button>
        <Button kind="small" onPress={() => void take(claim(id).then(save), undefined)}>
          {text.dispute.save}
        </Button>
        {contact !== undefined && dispute !== 'never-sent' && (
          <ExternalLink href={contact}>{text.dispute.contact(gateway)}</ExternalLink>
        )}
        <span class="faint" role="status">
          {outcome === undefined ? '' : words[outcome]}
        </span>
      </div>
    </li>
  );
}

/** Hands a file to the browser's downloads. */
function save({ fileName, json }: Claim): void {
  const url = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
