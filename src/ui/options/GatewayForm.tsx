import { useId, useState } from 'preact/hooks';
import type { GatewayKind } from '../../core/gateways.ts';
import type { GatewayDraft } from '../../protocol/options.ts';
import { Button } from '../parts/Button.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useText } from '../text/useText.ts';
import { readGateway } from './gatewayDraft.ts';
import type { GatewayProblems, TypedGateway } from './gatewayDraft.ts';

const kinds: readonly GatewayKind[] = ['openai', 'jumpgate'];

/** A gateway to write down; what is wrong with it stands under its field once it was to be saved. */
export function GatewayForm(props: {
  readonly start: TypedGateway;
  readonly title: string;
  readonly submit: string;
  readonly allowsLocalhost: boolean;
  readonly onSave: (draft: GatewayDraft) => void;
  readonly onCancel: () => void;
}) {
  const { start, title, submit, allowsLocalhost } = props;
  const text = useText();
  const all = text.options;
  const words = all.gateways;
  const group = useId();
  const [typed, setTyped] = useState(start);
  const [tried, setTried] = useState(false);
  const read = readGateway(typed, { allowsLocalhost });
  const problems: GatewayProblems = tried && 'problems' in read ? read.problems : {};
  const set = (field: keyof TypedGateway) => (value: string) => setTyped({ ...typed, [field]: value });
  const save = () => {
    setTried(true);
    if ('draft' in read) props.onSave(read.draft);
  };
  const lengthText = { missing: all.missing, tooLong: words.tooLong };
  const addressText = { ...all.address, needsDeveloper: words.needsDeveloper };
  const sentence = <K extends string>(problem: K | undefined, sentences: Readonly<Record<K, string>>) =>
    problem === undefined ? undefined : sentences[problem];
  return (
    <div class="options-form" role="group" aria-label={title}>
      <h3 class="options-subtitle">{title}</h3>
      <TextField
        label={words.name}
        typed={typed.name}
        problem={sentence(problems.name, lengthText)}
        takesFocus
        onType={set('name')}
      />
      <fieldset class="options-kinds">
        <legend class="field-label">{words.kind}</legend>
        {kinds.map((kind) => (
          <label class="options-radio" key={kind}>
            <input
              type="radio"
              name={group}
              checked={typed.kind === kind}
              onChange={() => setTyped({ ...typed, kind })}
            />
            <span>{words.kinds[kind]}</span>
          </label>
        ))}
      </fieldset>
      <TextField
        label={words.baseUrl}
        typed={typed.baseUrl}
        hint={`${words.baseUrlHint[typed.kind]}. ${words.askHint}`}
        problem={sentence(problems.baseUrl, addressText)}
        plain
        onType={set('baseUrl')}
      />
      <TextField
        label={words.defaultModel}
        typed={typed.defaultModel}
        problem={sentence(problems.defaultModel, lengthText)}
        plain
        onType={set('defaultModel')}
      />
      <details
        class="options-more"
        open={problems.maxTokens !== undefined || problems.extraBody !== undefined}
      >
        <summary>{words.more}</summary>
        <TextField
          label={words.maxTokens}
          typed={typed.maxTokens}
          problem={sentence(problems.maxTokens, { unclear: words.maxTokensUnclear })}
          onType={set('maxTokens')}
        />
        <TextField
          label={words.extraBody}
          typed={typed.extraBody}
          problem={sentence(problems.extraBody, {
            unclear: words.extraBodyUnclear,
            tooLong: words.tooLong,
          })}
          rows={3}
          plain
          onType={set('extraBody')}
        />
      </details>
      <div class="confirm-row">
        <Button kind="small" className="button-strong" onPress={save}>
          {submit}
        </Button>
        <Button kind="small" onPress={props.onCancel}>
          {text.cancel}
        </Button>
      </div>
    </div>
  );
}
