import { Fragment } from 'preact';
import type { PanelChannel, PopupState } from '../../protocol/panel.ts';
import { clockTime } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { AnswererRow } from '../parts/AnswererRow.tsx';
import { Origin } from '../parts/Origin.tsx';
import { useText } from '../text/useText.ts';
import { ModeChoice } from './ModeChoice.tsx';
import type { Ask } from '../ask.ts';
import { SiteLimits } from './SiteLimits.tsx';

/** What this tab's site may do, and what it has used. */
export function SiteCard(props: {
  readonly state: PopupState;
  readonly nowMs: number;
  readonly channel: PanelChannel;
  readonly ask: Ask;
}) {
  const { state, nowMs, channel, ask } = props;
  const text = useText();
  const words = text.popup;
  const { site } = state;
  return (
    <section class="panel site-card" aria-labelledby="site-title">
      {site === undefined ? (
        <>
          <h2 id="site-title" class="panel-title">
            {words.notHere}
          </h2>
          <p class="calm-text">{words.notHereText}</p>
        </>
      ) : (
        <>
          <h2 id="site-title" class="site-title">
            <span class="small-label">{words.thisSite}</span>
            <Origin site={site.origin} />
          </h2>
          <ModeChoice site={site} nowMs={nowMs} ask={ask} />
          {site.mutedUntilMs !== undefined && site.mutedUntilMs > nowMs && (
            <div class="muted-row">
              <p class="watch-text">{words.muted(clockTime(site.mutedUntilMs, nowMs, text.locale))}</p>
              <Button kind="small" onPress={() => ask('site.forgive', { site: site.origin })}>
                {words.letAsk}
              </Button>
            </div>
          )}
          {site.mode !== 'blocked' && (
            <Fragment key={site.origin}>
              <SiteLimits site={site} ask={ask} />
              <AnswererRow site={site} gateways={state.gateways} channel={channel} ask={ask} />
            </Fragment>
          )}
        </>
      )}
    </section>
  );
}
