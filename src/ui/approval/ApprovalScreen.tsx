import { useEffect, useState } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import type { ApprovalView, PanelChannel } from '../../protocol/panel.ts';
import { Mark } from '../parts/Mark.tsx';
import { useText } from '../text/useText.ts';
import { CardView } from './CardView.tsx';
import { EndView } from './EndView.tsx';
import type { Ending } from './EndView.tsx';

/** Props of the approval window. */
export interface ApprovalScreenProps {
  readonly channel: PanelChannel;
  readonly clock: Clock;
  readonly cardId: string;
  /** Closes the window. */
  readonly onClose: () => void;
}

/** The approval window: one card, its answer, and why it ended. */
export function ApprovalScreen({ channel, clock, cardId, onClose }: ApprovalScreenProps) {
  const text = useText();
  const [view, setView] = useState<ApprovalView>();
  const [given, setGiven] = useState<Ending>();
  const [choseChainOf, setChoseChainOf] = useState<number>();

  useEffect(() => {
    document.title = text.approval.title;
  }, [text]);
  useEffect(() => channel.watch('approval.watch', { cardId }, setView), [channel, cardId]);

  const ending: Ending | undefined = given ?? (view?.state === 'void' ? { why: view.reason } : undefined);
  const waiting = view?.state === 'card' ? view.waiting : 0;
  return (
    <div class="approval">
      <header class="topline">
        <Mark />
        <span class="product">{text.product}</span>
        {waiting > 0 && ending === undefined && (
          <span class="chip" role="status">
            {text.approval.waiting(waiting)}
          </span>
        )}
      </header>
      {ending !== undefined ? (
        <EndView clock={clock} ending={ending} onClose={onClose} />
      ) : view?.state === 'card' ? (
        <CardView
          key={view.card.version}
          channel={channel}
          clock={clock}
          card={view.card}
          startsAtChain={choseChainOf === view.card.version - 1}
          onChooseChain={() => setChoseChainOf(view.card.version)}
          onAnswered={(answer) => {
            setGiven({ answer, paying: view.card.payment !== undefined });
          }}
        />
      ) : (
        <main class="resting">
          <h1 class="quiet-title">{text.approval.loading}</h1>
        </main>
      )}
    </div>
  );
}
