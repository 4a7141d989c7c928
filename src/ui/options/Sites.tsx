import { useState } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import type { ListedSite, NetworkView } from '../../protocol/options.ts';
import type { GatewayChoice, PanelChannel } from '../../protocol/panel.ts';
import { calendarDay, dollars } from '../format.ts';
import { readLimits } from '../limitModel.ts';
import { AnswererRow } from '../parts/AnswererRow.tsx';
import { Button } from '../parts/Button.tsx';
import { Origin } from '../parts/Origin.tsx';
import { TextField } from '../parts/TextField.tsx';
import { ModeChoice } from '../popup/ModeChoice.tsx';
import type { Ask } from '../ask.ts';
import { SiteLimits } from '../popup/SiteLimits.tsx';
import { safeName } from '../safeText.ts';
import { shortSite } from '../siteName.ts';
import { useText } from '../text/useText.ts';
import { useNow } from '../useNow.ts';
import { ChainRow } from './ChainRow.tsx';
import type { OptionsPart } from './optionsPart.ts';
import { RemovalQuestion } from './RemovalQuestion.tsx';
import { Section } from './Section.tsx';
import { useAsk } from './useAsk.ts';
import { useRemoval } from './useRemoval.ts';
import { useReturnFocus } from './useReturnFocus.ts';

/** A shorter list is seen at one glance. */
const worthFinding = 6;

/** Every site that the person has decided something about. */
export function Sites({ channel, state, clock }: OptionsPart & { readonly clock: Clock }) {
  const text = useText();
  const words = text.options.sites;
  const nowMs = useNow(clock);
  const { ask, problem } = useAsk(channel);
  const [wanted, setWanted] = useState('');
  const [open, setOpen] = useState<string>();
  const { heading, toHeading } = useReturnFocus(undefined);
  const fits = state.sites.filter(({ origin }) => origin.includes(wanted.trim().toLowerCase()));
  const tell: Ask = (method, params) => void ask(method, params);
  return (
    <Section id="sites" title={words.title} intro={words.intro} problem={problem} headingRef={heading}>
      {state.sites.length > worthFinding && (
        <TextField label={words.filter} typed={wanted} onType={setWanted} />
      )}
      {fits.length === 0 && (
        <p class="options-empty">{state.sites.length === 0 ? words.none : words.noneFits}</p>
      )}
      <ul class="plain-list options-list">
        {fits.map((site) => (
          <SiteRow
            key={site.origin}
            site={site}
            nowMs={nowMs}
            isOpen={open === site.origin}
            onToggle={() => setOpen(open === site.origin ? undefined : site.origin)}
            gateways={state.gateways}
            networks={state.networks}
            channel={channel}
            tell={tell}
            onForget={() => {
              toHeading();
              tell('site.forget', { site: site.origin });
            }}
          />
        ))}
      </ul>
    </Section>
  );
}

function SiteRow(props: {
  readonly site: ListedSite;
  readonly nowMs: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly gateways: readonly GatewayChoice[];
  readonly networks: readonly NetworkView[];
  readonly channel: PanelChannel;
  readonly tell: Ask;
  readonly onForget: () => void;
}) {
  const { site, nowMs, isOpen, gateways, networks, channel, tell } = props;
  const text = useText();
  const words = text.options.sites;
  const chosen = gateways.find(({ id }) => id === site.gateway);
  const removal = useRemoval();
  const name = shortSite(site.origin, text.panelSite);
  const day = readLimits(site.use).find(({ limit }) => limit === 'site-day');
  const until =
    site.mode === 'auto' && site.grantEndsAtMs !== undefined
      ? ` ${words.until(calendarDay(site.grantEndsAtMs, text.locale))}`
      : '';
  return (
    <li class="options-item">
      <div class="options-row">
        <div class="options-about">
          <p class="options-name">
            <Origin site={site.origin} />
          </p>
          <p class={`options-note mode-note-${site.mode}`}>
            {words.modes[site.mode]}
            {until}
            {day !== undefined && <> · {words.used(dollars(day.used), dollars(day.cap))}</>}
            {chosen !== undefined && <> · {words.answeredBy(safeName(chosen.name, 40))}</>}
          </p>
        </div>
        <Button kind="small" expanded={isOpen} label={words.editNamed(name)} onPress={props.onToggle}>
          {words.edit}
        </Button>
      </div>
      {isOpen && (
        <div class="options-edit">
          <ModeChoice site={site} nowMs={nowMs} ask={tell} />
          <SiteLimits site={site} ask={tell} />
          <AnswererRow site={site} gateways={gateways} channel={channel} ask={tell} />
          {networks.length > 1 && (
            <ChainRow
              label={text.chain.label}
              chosen={site.network}
              networks={networks}
              onChoose={(network) => {
                const choice = network === undefined ? {} : { network };
                tell('site.setNetwork', { site: site.origin, ...choice });
              }}
            />
          )}
          <div class="options-row options-forget">
            <p class="faint">{words.forgetText}</p>
            <Button
              kind="small"
              className="button-danger"
              expanded={removal.isAsked}
              elementRef={removal.buttonRef}
              onPress={removal.ask}
            >
              {words.forget}
            </Button>
          </div>
          {removal.isAsked && (
            <RemovalQuestion
              title={words.forgetTitle(name)}
              explained={words.forgetLoses}
              answer={words.forgetIt}
              onRemove={() => {
                removal.close();
                props.onForget();
              }}
              onKeep={removal.keep}
            />
          )}
        </div>
      )}
    </li>
  );
}
