import { useId } from 'preact/hooks';
import { parseMicroUsdc } from '../../core/money.ts';
import type { CardWallet } from '../../protocol/panel.ts';
import { usdc } from '../format.ts';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** Which of the page's wallets signs. Names and icons are what the page says they are. */
export function WalletChooser(props: {
  readonly wallets: readonly CardWallet[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const text = useText();
  const id = useId();
  return (
    <fieldset class="wallets">
      <legend class="small-label">
        {text.approval.wallet} <span class="wallet-claim">{text.approval.walletClaim}</span>
      </legend>
      <div class="wallet-list">
        {props.wallets.map((wallet, index) => (
          <label class="wallet" key={wallet.id} title={safeName(wallet.rdns, 60)}>
            <input
              type="radio"
              name="wallet"
              value={wallet.id}
              checked={wallet.id === props.chosen}
              aria-labelledby={`${id}-name-${index}`}
              aria-describedby={`${id}-has-${index}`}
              onClick={(event) => {
                if (event.isTrusted) props.onChoose(wallet.id);
              }}
            />
            {isPicture(wallet.icon) ? (
              <img src={wallet.icon} alt="" width={20} height={20} />
            ) : (
              <span class="no-icon" aria-hidden="true" />
            )}
            <bdi id={`${id}-name-${index}`}>{safeName(wallet.name, 28) || text.approval.namelessWallet}</bdi>
            <span class="wallet-balance" id={`${id}-has-${index}`}>
              {balanceOf(wallet)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function balanceOf({ balance }: CardWallet): string {
  const has = parseMicroUsdc(balance);
  return has === undefined ? '' : usdc(has);
}

/** Only pictures that carry their bytes with them: nothing is fetched for an icon. */
function isPicture(icon: string): boolean {
  return /^data:image\/(png|svg\+xml|webp|jpeg|gif|avif)[;,]/iu.test(icon) && icon.length < 200_000;
}
