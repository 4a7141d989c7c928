import type { Ref } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { GatewayCheck, GatewayDraft, GatewayView } from '../../protocol/options.ts';
import { Button } from '../parts/Button.tsx';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import { GatewayCheckView } from './GatewayCheckView.tsx';
import { GatewayForm } from './GatewayForm.tsx';
import { newGateway, typedGateway } from './gatewayDraft.ts';
import { useKept } from './hostAccess.ts';
import type { HostAccess } from './hostAccess.ts';
import type { OptionsPart } from './optionsPart.ts';
import { RemovalQuestion } from './RemovalQuestion.tsx';
import { Section } from './Section.tsx';
import { useAsk } from './useAsk.ts';
import { useRemoval } from './useRemoval.ts';
import { useReturnFocus } from './useReturnFocus.ts';

/** Stands for the gateway that is being added. */
const fresh = '';

/** Who may be asked and paid, and which of them answers where a site chooses none. */
export function Gateways({ channel, state, access }: OptionsPart & { readonly access: HostAccess }) {
  const words = useText().options.gateways;
  const group = useId();
  const { ask, problem, say } = useAsk(channel);
  const [editing, setEditing] = useState<string>();
  const { gateways, allowsLocalhost } = state;
  const { opener, heading, toHeading } = useReturnFocus(editing);
  const kept = useKept(
    access,
    gateways.map(({ baseUrl }) => baseUrl),
  );

  /** In the click: the browser is asked before anything else is waited for. */
  const save = async (draft: GatewayDraft, id: string | undefined) => {
    const allowed = await access.request([draft.baseUrl]);
    if (!allowed) return say(words.refused);
    const saved = await ask('gateway.save', { gateway: draft, ...(id === undefined ? {} : { id }) });
    if (saved !== undefined) setEditing(undefined);
  };
  const close = () => setEditing(undefined);
  return (
    <Section id="gateways" title={words.title} intro={words.intro} problem={problem} headingRef={heading}>
      <fieldset class="options-list">
        <legend class="unseen">{words.list}</legend>
        {gateways.map((gateway) =>
          editing === gateway.id ? (
            <GatewayForm
              key={gateway.id}
              start={typedGateway(gateway)}
              title={safeName(gateway.name, 60)}
              submit={words.save}
              allowsLocalhost={allowsLocalhost}
              onSave={(draft) => void save(draft, gateway.id)}
              onCancel={close}
            />
          ) : (
            <GatewayRow
              key={gateway.id}
              gateway={gateway}
              group={group}
              isKept={kept.has(gateway.baseUrl)}
              onCheck={() => ask('gateway.check', { id: gateway.id })}
              onChoose={() => void ask('gateway.setDefault', { id: gateway.id })}
              onAllow={() => void access.request([gateway.baseUrl])}
              onEdit={() => setEditing(gateway.id)}
              onRemove={() => {
                toHeading();
                void ask('gateway.remove', { id: gateway.id });
              }}
              openerRef={opener(gateway.id)}
            />
          ),
        )}
      </fieldset>
      {editing === fresh ? (
        <GatewayForm
          start={newGateway}
          title={words.addTitle}
          submit={words.saveNew}
          allowsLocalhost={allowsLocalhost}
          onSave={(draft) => void save(draft, undefined)}
          onCancel={close}
        />
      ) : (
        <Button kind="plain" elementRef={opener(fresh)} onPress={() => setEditing(fresh)}>
          {words.add}
        </Button>
      )}
    </Section>
  );
}

function GatewayRow(props: {
  readonly gateway: GatewayView;
  readonly group: string;
  readonly isKept: boolean;
  readonly onCheck: () => Promise<GatewayCheck | undefined>;
  readonly onChoose: () => void;
  readonly onAllow: () => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
  readonly openerRef: Ref<HTMLButtonElement>;
}) {
  const { gateway, group, isKept } = props;
  const words = useText().options.gateways;
  const name = safeName(gateway.name, 60);
  const host = safeName(gateway.baseUrl, 80);
  const [check, setCheck] = useState<GatewayCheck | 'asking'>();
  const removal = useRemoval();
  const look = async () => {
    setCheck('asking');
    setCheck(await props.onCheck());
  };
  return (
    <div class="options-item">
      <div class="options-row">
        <label class="options-choice">
          <input
            type="radio"
            name={group}
            checked={gateway.isDefault}
            aria-label={name}
            onClick={(event) => {
              if (event.isTrusted && !gateway.isDefault) props.onChoose();
              else event.preventDefault();
            }}
          />
          <span class="options-about">
            <span class="options-name">
              <bdi>{name}</bdi>
              {gateway.isBuiltIn && <span class="options-tag">{words.builtIn}</span>}
            </span>
            <span class="options-note">
              <bdi>{host}</bdi> · <bdi>{words.answers(safeName(gateway.defaultModel, 60))}</bdi>
            </span>
          </span>
        </label>
        <span class="options-buttons">
          <Button
            kind="small"
            label={words.checkNamed(name)}
            asleep={check === 'asking'}
            onPress={() => void look()}
          >
            {check === 'asking' ? words.checking : words.checkIt}
          </Button>
          {!gateway.isBuiltIn && (
            <>
              <Button
                kind="small"
                label={words.editNamed(name)}
                elementRef={props.openerRef}
                onPress={props.onEdit}
              >
                {words.edit}
              </Button>
              <Button
                kind="small"
                className="button-danger"
                label={words.removeNamed(name)}
                expanded={removal.isAsked}
                elementRef={removal.buttonRef}
                onPress={removal.ask}
              >
                {words.remove}
              </Button>
            </>
          )}
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
      {check !== undefined && check !== 'asking' && <GatewayCheckView check={check} />}
      {isKept && (
        <div class="notice notice-watch options-row" role="status">
          <span>{words.notAllowed(host)}</span>
          <Button kind="small" label={words.allowNamed(host)} onPress={props.onAllow}>
            {words.allow}
          </Button>
        </div>
      )}
    </div>
  );
}
