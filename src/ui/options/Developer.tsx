import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import type { TestNetwork } from '../../core/configuration.ts';
import { Button } from '../parts/Button.tsx';
import { Switch } from '../parts/Switch.tsx';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import type { HostAccess } from './hostAccess.ts';
import type { OptionsPart } from './optionsPart.ts';
import { RemovalQuestion } from './RemovalQuestion.tsx';
import { Section } from './Section.tsx';
import { TestNetworkForm } from './TestNetworkForm.tsx';
import { useAsk } from './useAsk.ts';
import { useRemoval } from './useRemoval.ts';
import { useReturnFocus } from './useReturnFocus.ts';

/** What developer mode may reach; the browser is asked when it is switched on. */
const thisMachine = ['http://localhost', 'http://*.localhost', 'http://127.0.0.1'];

/** Names the one editor here. */
const testNetworkName = 'test-network';

/** Services on this machine, and a test network with a token of the developer's own. */
export function Developer({ channel, state, access }: OptionsPart & { readonly access: HostAccess }) {
  const words = useText().options.developer;
  const { ask, problem, say } = useAsk(channel);
  const [editing, setEditing] = useState(false);
  const { opener, heading, toHeading } = useReturnFocus(editing ? testNetworkName : undefined);
  const { developerMode, testNetwork, allowsLocalhost } = state;

  const switchMode = async (on: boolean) => {
    if (on && !(await access.request(thisMachine))) return say(words.refused);
    await ask('developer.setMode', { on });
  };
  const save = async (next: TestNetwork) => {
    if (!(await access.request([next.rpcUrl]))) return say(words.refused);
    const saved = await ask('developer.setTestNetwork', { testNetwork: next });
    if (saved !== undefined) setEditing(false);
  };
  return (
    <Section id="developer" title={words.title} intro={words.text} problem={problem} headingRef={heading}>
      <div class="options-switch">
        <Switch label={words.mode} on={developerMode} onChange={(on) => void switchMode(on)} />
      </div>
      {developerMode && (
        <div class="options-group">
          <h3 class="options-subtitle">{words.testTitle}</h3>
          <p class="calm-text">{words.testText}</p>
          {editing ? (
            <TestNetworkForm
              known={testNetwork}
              allowsLocalhost={allowsLocalhost}
              onSave={(next) => void save(next)}
              onCancel={() => setEditing(false)}
            />
          ) : (
            <KnownTestNetwork
              testNetwork={testNetwork}
              onEdit={() => setEditing(true)}
              onRemove={() => {
                toHeading();
                void ask('developer.removeTestNetwork', {});
              }}
              openerRef={opener(testNetworkName)}
            />
          )}
        </div>
      )}
    </Section>
  );
}

function KnownTestNetwork(props: {
  readonly testNetwork: TestNetwork | undefined;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
  readonly openerRef: Ref<HTMLButtonElement>;
}) {
  const { testNetwork } = props;
  const words = useText().options.developer;
  const removal = useRemoval();
  if (testNetwork === undefined) {
    return (
      <div class="options-row">
        <Button kind="plain" elementRef={props.openerRef} onPress={props.onEdit}>
          {words.add}
        </Button>
      </div>
    );
  }
  const name = safeName(testNetwork.name, 60);
  return (
    <div class="options-item">
      <div class="options-row">
        <div class="options-about">
          <p class="options-name">
            <bdi>{words.summary(name, testNetwork.chainId)}</bdi>
          </p>
          <p class="options-note options-address">{testNetwork.asset}</p>
          <p class="options-note options-address">
            <bdi>{testNetwork.rpcUrl}</bdi>
          </p>
        </div>
        <span class="options-buttons">
          <Button kind="small" label={words.editNamed} elementRef={props.openerRef} onPress={props.onEdit}>
            {words.edit}
          </Button>
          <Button
            kind="small"
            className="button-danger"
            label={words.removeNamed}
            expanded={removal.isAsked}
            elementRef={removal.buttonRef}
            onPress={removal.ask}
          >
            {words.remove}
          </Button>
        </span>
      </div>
      {removal.isAsked && (
        <RemovalQuestion
          title={words.removeTitle(name)}
          explained={words.removeText}
          answer={words.remove}
          onRemove={() => {
            removal.close();
            props.onRemove();
          }}
          onKeep={removal.keep}
        />
      )}
    </div>
  );
}
