import { useState } from 'preact/hooks';
import type { TestNetwork } from '../../core/configuration.ts';
import { Button } from '../parts/Button.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useText } from '../text/useText.ts';
import { readTestNetwork, typedTestNetwork } from './networkDraft.ts';
import type { TestNetworkProblems } from './networkDraft.ts';

const fields = ['name', 'chainId', 'asset', 'domainName', 'domainVersion', 'rpcUrl', 'explorerUrl'] as const;
const plainFields: readonly string[] = ['chainId', 'asset', 'rpcUrl', 'explorerUrl'];

/** A test network to write down. */
export function TestNetworkForm(props: {
  readonly known: TestNetwork | undefined;
  readonly allowsLocalhost: boolean;
  readonly onSave: (testNetwork: TestNetwork) => void;
  readonly onCancel: () => void;
}) {
  const text = useText();
  const { developer: words, missing, address, gateways } = text.options;
  const [typed, setTyped] = useState(() => typedTestNetwork(props.known));
  const [tried, setTried] = useState(false);
  const read = readTestNetwork(typed, { allowsLocalhost: props.allowsLocalhost });
  const problems: TestNetworkProblems = tried && 'problems' in read ? read.problems : {};
  const save = () => {
    setTried(true);
    if ('testNetwork' in read) props.onSave(read.testNetwork);
  };
  const sentence = (field: (typeof fields)[number]): string | undefined => {
    const problem = problems[field];
    if (problem === undefined) return undefined;
    if (field === 'chainId') return words.chainIdUnclear;
    if (field === 'asset') return words.assetUnclear;
    return { ...address, missing, needsDeveloper: gateways.needsDeveloper }[problem];
  };
  return (
    <div class="options-form options-form-wide" role="group" aria-label={words.testTitle}>
      {fields.map((field, at) => (
        <TextField
          key={field}
          label={words[field]}
          typed={typed[field]}
          problem={sentence(field)}
          plain={plainFields.includes(field)}
          takesFocus={at === 0}
          onType={(value) => setTyped({ ...typed, [field]: value })}
        />
      ))}
      <div class="confirm-row">
        <Button kind="small" className="button-strong" onPress={save}>
          {words.save}
        </Button>
        <Button kind="small" onPress={props.onCancel}>
          {text.cancel}
        </Button>
      </div>
    </div>
  );
}
