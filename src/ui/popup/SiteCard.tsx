import type { PopupState } from '../../protocol/panel.ts';
import { clockTime } from '../format.ts';
import { Origin } from '../parts/Origin.tsx';
import { useText } from '../text/useText.ts';
import { ModeChoice } from './ModeChoice.tsx';
import type { Ask } from '../ask.ts';
import { SiteLimits } from './SiteLimits.tsx';

/** What this tab's site may do, and what it has used. */
export function SiteCard(props: { readonly state: PopupState; readonly nowMs: number; readonly ask: Ask }) {
  const { state, nowMs, ask } = props;
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
            <p class="watch-text">{words.muted(clockTime(site.mutedUntilMs, nowMs, text.locale))}</p>
          )}
          {site.mode !== 'blocked' && <SiteLimits key={site.origin} site={site} ask={ask} />}
        </>
      )}
    </section>
  );
}
