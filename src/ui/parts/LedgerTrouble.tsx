import type { LossView } from '../../protocol/loss.ts';
import { useText } from '../text/useText.ts';
import { LossCard } from './LossCard.tsx';
import { Notice } from './Notice.tsx';

/** Why nothing can be paid while the record of payments cannot be used; nothing where it can. */
export function LedgerTrouble(props: {
  readonly state: {
    readonly ledgerReady: boolean;
    readonly loss?: LossView;
    readonly problem?: string;
  };
  /** Resolves once payments are possible again. */
  readonly onGoOn: () => Promise<unknown>;
}) {
  const text = useText();
  const { ledgerReady, loss, problem } = props.state;
  if (ledgerReady) return null;
  if (loss !== undefined) return <LossCard loss={loss} onGoOn={props.onGoOn} />;
  return (
    <Notice tone="alarm" role="alert">
      {problem ?? text.popup.ledger}
    </Notice>
  );
}
