import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Network } from '../../core/assets.ts';
import type { Clock } from '../../core/clock.ts';
import { microUsdc } from '../../core/money.ts';
import type { PayeeTrust } from '../../core/payees.ts';
import type { ApprovalAnswer, ApprovalCard, Decision, PanelChannel } from '../../protocol/panel.ts';
import { dollars } from '../format.ts';
import { Notice } from '../parts/Notice.tsx';
import { Origin } from '../parts/Origin.tsx';
import { safeLine } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import { useAwake } from '../useAwake.ts';
import { AnswerBar } from './AnswerBar.tsx';
import { CardLimits } from './CardLimits.tsx';
import { ChainChooser } from './ChainChooser.tsx';
import { readChains, shownChain } from './chainModel.ts';
import { readCard } from './cardModel.ts';
import type { Passing } from './answering.ts';
import { NewPayeeNotice, PayeeTrustChoice } from './NewPayeeNotice.tsx';
import { OverLimit } from './OverLimit.tsx';
import { TooLittle } from './TooLittle.tsx';
import { Ticket } from './Ticket.tsx';
import { WalletChooser } from './WalletChooser.tsx';

/** One version of a card: who asks, for what, at which price, and the answer. */
export function CardView(props: {
  readonly channel: PanelChannel;
  readonly clock: Clock;
  readonly card: ApprovalCard;
  /** The person has just changed the chain: they go on from there. */
  readonly startsAtChain: boolean;
  readonly onChooseChain: () => void;
  readonly onAnswered: (answer: Decision) => void;
}) {
  const { channel, clock, card, startsAtChain, onChooseChain, onAnswered } = props;
  const text = useText();
  const title = useRef<HTMLHeadingElement>(null);
  const model = useMemo(() => readCard(card), [card]);
  const wakefulness = useAwake(clock, card.version);
  const [passing, setPassing] = useState<Passing>('no');
  const [wallet, setWallet] = useState(() => firstWallet(card));
  const [payee, setPayee] = useState<PayeeTrust>();

  useLayoutEffect(() => {
    if (!startsAtChain) title.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);

  // After a change of the chain another version of the card is on its way.
  const took = (given: ApprovalAnswer) => {
    if (given.choice !== 'network') onAnswered(given);
  };
  const answer = (given: ApprovalAnswer) => {
    setPassing('sending');
    const chosen = { ...(wallet === undefined ? {} : { wallet }), ...(payee === undefined ? {} : { payee }) };
    channel
      .call('approval.answer', { cardId: card.id, version: card.version, answer: given, ...chosen })
      .then(
        ({ accepted }) => (accepted ? took(given) : setPassing('stale')),
        () => setPassing('failed'),
      );
  };

  const { payment, reason } = card;
  const chains = useMemo(() => readChains(payment), [payment]);
  const shown = shownChain(card, chains, wallet);
  const asleep = passing === 'sending' || passing === 'stale';
  const choose = (network: Network) => {
    if (asleep) return;
    onChooseChain();
    answer({ choice: 'network', network });
  };
  const newPayee = payment?.newPayee;
  return (
    <main class="card">
      <h1 class="asker" ref={title} tabIndex={-1}>
        <Origin site={card.site} />
        <span class="asker-asks">
          {payment === undefined ? text.approval.asksPermission : text.approval.asksPay}
        </span>
      </h1>
      {model?.changedFrom !== undefined && (
        <Notice tone="watch" role="alert">
          <strong>{text.approval.changed(dollars(model.changedFrom), dollars(model.amount))}</strong>{' '}
          {text.approval.changedHint}
        </Notice>
      )}
      {model?.earlier !== undefined && (
        <Notice tone="watch" role="alert">
          {text.approval.earlier(dollars(model.earlier), dollars(microUsdc(model.earlier + model.amount)))}
        </Notice>
      )}
      {newPayee !== undefined && <NewPayeeNotice payee={newPayee} gateway={payment?.gateway ?? ''} />}
      {model === undefined && <Notice tone="alarm">{text.approval.unreadable}</Notice>}
      {model !== undefined && model.exceeded.length > 0 && <OverLimit model={model} />}
      {shown !== undefined && <TooLittle chains={chains} shown={shown} asleep={asleep} onChoose={choose} />}
      {model !== undefined && <Ticket card={card} model={model} />}
      {newPayee !== undefined && <PayeeTrustChoice payee={newPayee} trust={payee} onTrust={setPayee} />}
      {shown !== undefined && (
        <ChainChooser chains={chains} shown={shown} takesFocus={startsAtChain} onChoose={choose} />
      )}
      {card.wallets.length > 1 && (
        <WalletChooser wallets={card.wallets} chosen={wallet} onChoose={setWallet} />
      )}
      {reason !== undefined && reason !== '' && (
        <p class="reason">
          <span class="reason-says">{text.approval.reason}</span> <q dir="auto">{safeLine(reason, 160)}</q>
        </p>
      )}
      {model !== undefined && <CardLimits model={model} />}
      <AnswerBar
        card={card}
        model={model}
        connected={shown?.balance !== undefined}
        payee={payee}
        wakefulness={wakefulness}
        passing={passing}
        onAnswer={answer}
      />
    </main>
  );
}

function firstWallet(card: ApprovalCard): string | undefined {
  const remembered = card.wallets.find(({ id }) => id === card.chosenWallet);
  return (remembered ?? card.wallets[0])?.id;
}
