import { useEffect, useId, useRef } from 'preact/hooks';
import type { GatewayChoice, SiteView } from '../../protocol/panel.ts';
import type { PanelModel } from '../../protocol/panelChat.ts';
import { count, dollars } from '../format.ts';
import { estimateByModel, shortQuestion } from '../panel/estimate.ts';
import type { Ask } from '../ask.ts';
import { safeName } from '../safeText.ts';
import { useText } from '../text/useText.ts';
import { Button } from './Button.tsx';

/** Stands for what is not chosen, and for the wish to see more. */
const byDefault = '';
const moreKey = 'more models';

/** Chooses a site's gateway and its model; each choice holds at once. */
export function AnswererEditor(props: {
  readonly site: SiteView;
  readonly gateways: readonly GatewayChoice[];
  readonly models: readonly PanelModel[];
  /** Asks the gateways for all of theirs. */
  readonly onFind: () => void;
  readonly ask: Ask;
  readonly onClose: () => void;
}) {
  const { site, gateways, models, ask, onClose } = props;
  const text = useText();
  const words = text.answerer;
  const id = useId();
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), []);

  const chosen = gateways.find((one) => one.id === site.gateway);
  const standard = gateways.find(({ isDefault }) => isDefault);
  const gateway = chosen ?? standard;
  if (gateway === undefined || standard === undefined) return null;
  const model = (chosen && site.model) ?? byDefault;
  const own = models.filter((one) => one.gateway === gateway.id).map((one) => one.id);
  const names = new Set(model === byDefault ? own : [...own, model]);
  const optionText = (name: string, modelId: string) => {
    const listed = models.find((one) => one.gateway === gateway.id && one.id === modelId);
    const usage = shortQuestion(gateway.defaultMaxTokens);
    const price = estimateByModel(usage, listed ?? { gateway: gateway.id });
    return price === undefined ? name : text.panel.modelOption(name, dollars(price));
  };
  const choose = (next: string | undefined, nextModel: string) =>
    ask('site.setGateway', {
      site: site.origin,
      ...(next === undefined ? {} : { gateway: next }),
      ...(next === undefined || nextModel === byDefault ? {} : { model: nextModel }),
    });
  return (
    <div
      class="limit-editor answerer-editor"
      role="group"
      aria-label={words.label}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <label for={`${id}-gateway`}>{words.gateway}</label>
      <select
        id={`${id}-gateway`}
        class="text-box"
        ref={first}
        value={chosen?.id ?? byDefault}
        onChange={({ currentTarget: { value } }) =>
          choose(value === byDefault ? undefined : value, byDefault)
        }
      >
        <option value={byDefault}>{words.defaultGateway(safeName(standard.name, 40))}</option>
        {gateways.map((one) => (
          <option key={one.id} value={one.id}>
            {safeName(one.name, 40)}
          </option>
        ))}
      </select>
      <label for={`${id}-model`}>{words.model}</label>
      <select
        id={`${id}-model`}
        class="text-box"
        value={model}
        onChange={(event) => {
          const select = event.currentTarget;
          if (select.value !== moreKey) return choose(gateway.id, select.value);
          select.value = model;
          props.onFind();
        }}
      >
        <option value={byDefault}>
          {optionText(words.ownModel(safeName(gateway.defaultModel, 60)), gateway.defaultModel)}
        </option>
        {[...names].map((name) => (
          <option key={name} value={name}>
            {optionText(safeName(name, 60), name)}
          </option>
        ))}
        <option value={moreKey}>{text.panel.moreModels}</option>
      </select>
      <p class="calm-text">{words.hint(count(gateway.defaultMaxTokens, text.locale))}</p>
      <div class="confirm-row">
        <Button kind="small" onPress={onClose}>
          {words.done}
        </Button>
      </div>
    </div>
  );
}
