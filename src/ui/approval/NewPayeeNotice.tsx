import type { NewPayee, PayeeTrust } from '../../core/payees.ts';
import { Notice } from '../parts/Notice.tsx';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** Says that another address is to be paid than before, and which ones they are. */
export function NewPayeeNotice({ payee, gateway }: { readonly payee: NewPayee; readonly gateway: string }) {
  const words = useText().payee;
  return (
    <Notice tone="alarm" role="alert">
      <h2 class="notice-title">{words.title}</h2>
      <p>{words.explained(safeName(gateway, 60))}</p>
      <Addresses payee={payee} />
      {!payee.canAdd && <p>{words.full}</p>}
    </Notice>
  );
}

/** What the new address may be from now on; nothing unless the person chooses so. */
export function PayeeTrustChoice(props: {
  readonly payee: NewPayee;
  readonly trust: PayeeTrust | undefined;
  readonly onTrust: (trust: PayeeTrust | undefined) => void;
}) {
  const { payee, trust, onTrust } = props;
  const words = useText().payee;
  if (!payee.canAdd && payee.trustable === undefined) return null;
  const choices: readonly { readonly value: PayeeTrust | undefined; readonly label: string }[] = [
    { value: undefined, label: words.askAgain },
    ...(payee.canAdd ? [{ value: 'address' as const, label: words.addAddress }] : []),
    ...(payee.trustable === undefined
      ? []
      : [{ value: 'origin' as const, label: words.trustOrigin(safeName(payee.trustable, 60)) }]),
  ];
  return (
    <fieldset class="payee-trust">
      <legend class="small-label">{words.fromNowOn}</legend>
      {choices.map(({ value, label }) => (
        <label key={label}>
          <input
            type="radio"
            name="payee"
            checked={value === trust}
            onClick={(event) => {
              if (event.isTrusted) onTrust(value);
            }}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The pinned addresses and the new one, whole: a person compares them. */
export function Addresses({ payee }: { readonly payee: NewPayee }) {
  const words = useText().payee;
  return (
    <dl class="payee-addresses">
      <div>
        <dt>{words.pinned}</dt>
        {payee.pinned.map((address) => (
          <dd key={address}>{safeName(address, 64)}</dd>
        ))}
      </div>
      <div>
        <dt>{words.new}</dt>
        <dd>
          <strong>{safeName(payee.payTo, 64)}</strong>
        </dd>
      </div>
    </dl>
  );
}
