import type { Network } from '../../core/assets.ts';
import { usdc } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { Notice } from '../parts/Notice.tsx';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import { otherThanShort } from './chainModel.ts';
import type { Chain } from './chainModel.ts';

/** Says that the wallet has too little on this chain, and where else it can be paid. */
export function TooLittle(props: {
  readonly chains: readonly Chain[];
  readonly shown: Chain;
  readonly asleep: boolean;
  readonly onChoose: (network: Network) => void;
}) {
  const { chains, shown, asleep, onChoose } = props;
  const words = useText().chain;
  const { name, balance, amount } = shown;
  if (balance === undefined || balance >= amount) return null;
  const other = otherThanShort(chains, shown);
  return (
    <Notice tone="watch" role="status">
      <div class="too-little">
        <p>
          {words.tooLittle(usdc(balance), safeName(name, 28), usdc(amount))}
          {other === undefined && ` ${words.addUsdc}`}
        </p>
        {other !== undefined && (
          <Button
            kind="small"
            className="button-strong"
            asleep={asleep}
            onPress={() => onChoose(other.network)}
          >
            {words.instead(safeName(other.name, 28))}
          </Button>
        )}
      </div>
    </Notice>
  );
}
