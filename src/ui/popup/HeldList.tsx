import { parseMicroUsdc } from '../../core/money.ts';
import type { PaymentView } from '../../protocol/panel.ts';
import { clockTime, dollars, timeAgo } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { safeName } from '../safeText.ts';
import { shortSite } from '../siteName.ts';
import { useText } from '../text/useText.ts';
import type { Text } from '../text/en.ts';
import type { Ask } from '../ask.ts';
import { isOverdue } from './popupModel.ts';
import { SilentNodesNote } from './SilentNodesNote.tsx';

/** Payments that are counted but neither settled nor released: why, and until when. */
export function HeldList(props: {
  readonly held: readonly PaymentView[];
  readonly nowMs: number;
  readonly ask: Ask;
  readonly onOpenOptions: () => void;
}) {
  const text = useText();
  if (props.held.length === 0) return null;
  return (
    <section class="panel held" aria-labelledby="held-title">
      <h2 id="held-title" class="panel-title">
        <i class="swatch swatch-held" aria-hidden="true" />
        {text.held.title}
      </h2>
      <ul class="plain-list">
        {props.held.map((payment) => (
          <li class="held-item" key={payment.id}>
            <p class="held-site">
              <bdi dir="ltr">{shortSite(payment.site, text.panelSite, 44)}</bdi> ·{' '}
              {timeAgo(payment.atMs, props.nowMs, text.locale)}
            </p>
            <p>{why(payment, props.nowMs, text)}</p>
            <Overdue payment={payment} nowMs={props.nowMs} onOpenOptions={props.onOpenOptions} />
            <HeldAction payment={payment} nowMs={props.nowMs} ask={props.ask} />
          </li>
        ))}
      </ul>
      <SilentNodesNote held={props.held} onOpenOptions={props.onOpenOptions} />
    </section>
  );
}

/** Why it is still counted long after it was to be proved, and where other nodes can be put. */
function Overdue(props: {
  readonly payment: PaymentView;
  readonly nowMs: number;
  readonly onOpenOptions: () => void;
}) {
  const { held: words } = useText();
  if (!isOverdue(props.payment, props.nowMs)) return null;
  const network = safeName(props.payment.networkName, 40);
  return (
    <div class="held-overdue">
      <p>{words.overdue(network)}</p>
      <Button kind="small" label={words.seeNodesOf(network)} onPress={props.onOpenOptions}>
        {words.seeNodes}
      </Button>
    </div>
  );
}

/** What the person can do about it: have the wallet asked for the same again, or buy the same once more. */
function HeldAction(props: { readonly payment: PaymentView; readonly nowMs: number; readonly ask: Ask }) {
  const { payment, nowMs, ask } = props;
  const text = useText();
  const words = text.held;
  const { again, id: paymentId } = payment;
  if (again === undefined) return null;
  if (again.kind === 'pay') {
    const micro = parseMicroUsdc(payment.amount);
    const amount = micro === undefined ? text.popup.unknownAmount : dollars(micro);
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
  const words = text.held;
  const micro = parseMicroUsdc(payment.amount);
  const amount = micro === undefined ? text.popup.unknownAmount : dollars(micro);
  const until = untilWhen(payment, nowMs, text);
  return payment.trouble === undefined
    ? words.underWay(amount, until)
    : words.why[payment.trouble](amount, until);
}

function untilWhen({ heldUntilMs, networkName, waitsFor }: PaymentView, nowMs: number, text: Text): string {
  const words = text.held;
  if (waitsFor !== undefined) return words.untilNodes(safeName(networkName, 40));
  // It was to be proved by then, and no node has proved it yet.
  if (heldUntilMs === undefined || heldUntilMs <= nowMs) return words.untilProof;
  return words.untilAbout(clockTime(heldUntilMs, nowMs, text.locale));
}
