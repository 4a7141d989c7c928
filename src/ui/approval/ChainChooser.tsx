import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { Network } from '../../core/assets.ts';
import { usdc } from '../format.ts';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { Chain } from './chainModel.ts';

/** Which chain is paid on, and what the wallet there has as far as our nodes have said. */
export function ChainChooser(props: {
  readonly chains: readonly Chain[];
  readonly shown: Chain;
  readonly takesFocus: boolean;
  readonly onChoose: (network: Network) => void;
}) {
  const { chains, shown, takesFocus, onChoose } = props;
  const words = useText().chain;
  const id = useId();
  const chosen = useRef<HTMLInputElement>(null);
  const pricesDiffer = chains.some(({ amount }) => amount !== shown.amount);
  useLayoutEffect(() => {
    if (takesFocus) chosen.current?.focus();
  }, []);

  if (chains.length < 2) {
    const { name, balance, amount } = shown;
    // Where it is too little, that is said above.
    if (balance === undefined || balance < amount) return null;
    return <p class="faint">{words.alone(safeName(name, 28), usdc(balance))}</p>;
  }
  return (
    <fieldset class="chains">
      <legend class="small-label">{words.payOn}</legend>
      <div class="chain-list">
        {chains.map(({ network, name, amount, balance }, index) => (
          <label class="chain" key={network}>
            <input
              type="radio"
              name="chain"
              ref={network === shown.network ? chosen : null}
              checked={network === shown.network}
              aria-labelledby={`${id}-name-${index}`}
              aria-describedby={`${id}-facts-${index}`}
              onClick={(event) => {
                if (event.isTrusted && network !== shown.network) onChoose(network);
              }}
            />
            <bdi class="chain-name" id={`${id}-name-${index}`}>
              {safeName(name, 28)}
            </bdi>
            <span class="chain-facts" id={`${id}-facts-${index}`}>
              {balance !== undefined && (
                <span class={balance < amount ? 'watch-text' : ''}>{words.has(usdc(balance))}</span>
              )}
              {pricesDiffer && <span>{words.costs(usdc(amount))}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
