import type { AnnouncedWallet } from '../../protocol/wallet.ts';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** Which of the page's wallets signs. Names and icons are what the page says they are. */
export function WalletChooser(props: {
  readonly wallets: readonly AnnouncedWallet[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const text = useText();
  return (
    <fieldset class="wallets">
      <legend class="small-label">
        {text.approval.wallet} <span class="wallet-claim">{text.approval.walletClaim}</span>
      </legend>
      <div class="wallet-list">
        {props.wallets.map((wallet) => (
          <label class="wallet" key={wallet.id} title={safeName(wallet.rdns, 60)}>
            <input
              type="radio"
              name="wallet"
              value={wallet.id}
              checked={wallet.id === props.chosen}
              onClick={(event) => {
                if (event.isTrusted) props.onChoose(wallet.id);
              }}
            />
            {isPicture(wallet.icon) ? (
              <img src={wallet.icon} alt="" width={20} height={20} />
            ) : (
              <span class="no-icon" aria-hidden="true" />
            )}
            <bdi>{safeName(wallet.name, 28) || text.approval.namelessWallet}</bdi>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Only pictures that carry their bytes with them: nothing is fetched for an icon. */
function isPicture(icon: string): boolean {
  return /^data:image\/(png|svg\+xml|webp|jpeg|gif|avif)[;,]/iu.test(icon) && icon.length < 200_000;
}
