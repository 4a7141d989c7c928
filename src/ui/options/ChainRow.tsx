import { useId } from 'preact/hooks';
import type { NetworkView } from '../../protocol/options.ts';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';

/** Stands for no choice. */
const byItself = '';

/** The chain that somebody is paid on where a gateway takes both; a choice holds at once. */
export function ChainRow(props: {
  readonly label: string;
  readonly chosen: string | undefined;
  readonly networks: readonly NetworkView[];
  readonly onChoose: (network: NetworkView['network'] | undefined) => void;
}) {
  const { label, chosen, networks, onChoose } = props;
  const words = useText().chain;
  const id = useId();
  const known = networks.some(({ network }) => network === chosen);
  return (
    <div class="limit-row chain-row">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="text-box"
        value={known ? chosen : byItself}
        onChange={({ currentTarget: { value } }) =>
          onChoose(networks.find(({ network }) => network === value)?.network)
        }
      >
        <option value={byItself}>{words.byItself}</option>
        {networks.map(({ network, name }) => (
          <option key={network} value={network}>
            {safeName(name, 40)}
          </option>
        ))}
      </select>
    </div>
  );
}
