import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { parseMicroUsdc } from '../../core/money.ts';
import type { PopupState, SiteMode } from '../../protocol/panel.ts';
import { calendarDay, dollars } from '../format.ts';
import { Button } from '../parts/Button.tsx';
import { useText } from '../text/useText.ts';
import type { Ask } from '../ask.ts';

const modes: readonly SiteMode[] = ['ask', 'auto', 'blocked'];

/** What the site may do: one of three, and skipping our window only after reading what that means. */
export function ModeChoice(props: {
  readonly site: NonNullable<PopupState['site']>;
  readonly nowMs: number;
  readonly ask: Ask;
}) {
  const { site, nowMs, ask } = props;
  const text = useText();
  const words = text.popup;
  const group = useId();
  const [confirming, setConfirming] = useState(false);
  const autoRadio = useRef<HTMLInputElement>(null);
  const shown = confirming ? 'auto' : site.mode;

  const choose = (mode: SiteMode) => {
    setConfirming(mode === 'auto' && site.mode !== 'auto');
    if (mode !== 'auto' && mode !== site.mode) ask('site.setMode', { site: site.origin, mode });
  };
  const until =
    site.grantEndsAtMs !== undefined && site.grantEndsAtMs > nowMs
      ? calendarDay(site.grantEndsAtMs, text.locale)
      : undefined;
  return (
    <>
      <fieldset class="modes">
        <legend class="unseen">{words.mode}</legend>
        {modes.map((mode) => (
          <label class={`mode mode-${mode}`} key={mode}>
            <input
              type="radio"
              name={group}
              value={mode}
              ref={mode === 'auto' ? autoRadio : null}
              checked={mode === shown}
              onClick={(event) => {
                if (event.isTrusted) choose(mode);
                else event.preventDefault();
              }}
            />
            <span>{words.modes[mode]}</span>
          </label>
        ))}
      </fieldset>
      <div aria-live="polite">
        {confirming ? (
          <AutoConfirm
            caps={site.caps}
            onAgree={() => {
              setConfirming(false);
              ask('site.setMode', { site: site.origin, mode: 'auto' });
            }}
            onCancel={() => {
              setConfirming(false);
              autoRadio.current?.focus();
            }}
          />
        ) : (
          <p class="calm-text">{site.mode === 'auto' ? words.autoText(until) : words.modeText[site.mode]}</p>
        )}
      </div>
    </>
  );
}

function AutoConfirm(props: {
  readonly caps: NonNullable<PopupState['site']>['caps'];
  readonly onAgree: () => void;
  readonly onCancel: () => void;
}) {
  const text = useText();
  const words = text.popup;
  const shown = (amount: string) => {
    const micro = parseMicroUsdc(amount);
    return micro === undefined ? '?' : dollars(micro);
  };
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), []);
  const { request, day, month } = props.caps;
  return (
    <div class="confirm" ref={place} role="group" aria-labelledby="auto-title">
      <h3 id="auto-title">{words.autoTitle}</h3>
      <p>{words.autoExplained(shown(request), shown(day), shown(month))}</p>
      <div class="confirm-row">
        <Button kind="small" className="button-strong" onPress={props.onAgree}>
          {words.autoConfirm}
        </Button>
        <Button kind="small" onPress={props.onCancel}>
          {text.cancel}
        </Button>
      </div>
    </div>
  );
}
