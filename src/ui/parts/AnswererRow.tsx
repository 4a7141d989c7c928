import { useEffect, useRef, useState } from 'preact/hooks';
import type { GatewayChoice, PanelChannel, SiteView } from '../../protocol/panel.ts';
import type { PanelModel } from '../../protocol/panelChat.ts';
import { dollars } from '../format.ts';
import { estimateByModel, shortQuestion } from '../panel/estimate.ts';
import type { Ask } from '../ask.ts';
import { safeName } from '../safeText.ts';
import { shortSite } from '../siteName.ts';
import { useText } from '../text/useText.ts';
import { AnswererEditor } from './AnswererEditor.tsx';
import { Button } from './Button.tsx';
import { PencilIcon } from './PencilIcon.tsx';

/** Who answers a site where its calls leave it open, about what that costs, and a way to choose another. */
export function AnswererRow(props: {
  readonly site: SiteView;
  readonly gateways: readonly GatewayChoice[];
  readonly channel: PanelChannel;
  readonly ask: Ask;
}) {
  const { site, gateways, channel, ask } = props;
  const text = useText();
  const words = text.answerer;
  const [editing, setEditing] = useState(false);
  const [models, setModels] = useState<readonly PanelModel[]>([]);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Asks nobody; where the background is silent, prices are missing and nothing else.
    channel.call('panel.knownModels', {}).then(setModels, () => undefined);
  }, [channel]);

  const chosen = gateways.find(({ id }) => id === site.gateway);
  const gateway = chosen ?? gateways.find(({ isDefault }) => isDefault);
  if (gateway === undefined) return null;
  const model = (chosen && site.model) ?? gateway.defaultModel;
  const name = safeName(gateway.name, 40);
  const listed = models.find((one) => one.gateway === gateway.id && one.id === model);
  const price = estimateByModel(shortQuestion(gateway.defaultMaxTokens), listed ?? { gateway: gateway.id });
  const close = () => {
    setEditing(false);
    opener.current?.focus();
  };
  return (
    <div class="limit-row answerer">
      <div class="limit-line">
        <span class="limit-name">{words.label}</span>
        <span class="limit-amounts answerer-model">
          <b>
            <bdi>{safeName(model, 60)}</bdi>
          </b>
        </span>
        <Button
          kind="small"
          className="button-pencil"
          label={words.edit(shortSite(site.origin, text.panelSite))}
          expanded={editing}
          elementRef={opener}
          onPress={() => setEditing(!editing)}
        >
          <PencilIcon />
        </Button>
      </div>
      <p class="limit-rest">
        <bdi>{chosen === undefined ? words.byDefault(name) : words.by(name)}</bdi> ·{' '}
        {price === undefined ? words.aboutUnknown : words.about(dollars(price))}
      </p>
      {site.gateway !== undefined && chosen === undefined && (
        <p class="watch-text">{words.removed(safeName(site.gateway, 40), name)}</p>
      )}
      {editing && (
        <AnswererEditor
          site={site}
          gateways={gateways}
          models={models}
          onFind={() => void channel.call('panel.models', {}).then(setModels, () => undefined)}
          ask={ask}
          onClose={close}
        />
      )}
    </div>
  );
}
