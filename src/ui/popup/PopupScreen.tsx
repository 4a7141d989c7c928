import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import type { PanelChannel, PopupState } from '../../protocol/panel.ts';
import { Button } from '../parts/Button.tsx';
import { GearIcon } from '../parts/GearIcon.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Notice } from '../parts/Notice.tsx';
import { Switch } from '../parts/Switch.tsx';
import { useText } from '../text/useText.ts';
import { useNow } from '../useNow.ts';
import { AccessHint } from './AccessHint.tsx';
import type { FixedAccess } from './AccessHint.tsx';
import { Banners } from './Banners.tsx';
import type { Ask } from '../ask.ts';
import { CarriedNote } from './CarriedNote.tsx';
import { DisputedList } from './DisputedList.tsx';
import { HeldList } from './HeldList.tsx';
import { PaymentList } from './PaymentList.tsx';
import { applyRunEvent } from './popupModel.ts';
import { RunList } from './RunList.tsx';
import { SiteCard } from './SiteCard.tsx';

/** Props of the popup. */
export interface PopupScreenProps {
  readonly channel: PanelChannel;
  readonly clock: Clock;
  readonly tabId: number;
  readonly onOpenPanel: () => void;
  readonly onOpenOptions: () => void;
  readonly access: FixedAccess;
}

/** The popup: this site, the answers of this tab, and where the money went. */
export function PopupScreen({ channel, clock, tabId, onOpenPanel, onOpenOptions, access }: PopupScreenProps) {
  const text = useText();
  const words = text.popup;
  const nowMs = useNow(clock);
  const state = useSignal<PopupState | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);

  useEffect(() => {
    document.title = words.title;
  }, [words]);
  useEffect(
    () =>
      channel.watch('popup.watch', { tabId }, (event) => {
        state.value = applyRunEvent(state.value, event);
      }),
    [channel, tabId, state],
  );

  const ask: Ask = (method, params) => {
    failed.value = undefined;
    channel.call(method, params).catch((error: unknown) => {
      // Only the background's own refusals have sentences for the person.
      failed.value = error instanceof Error && error.name === 'PanelError' ? error.message : words.failed;
    });
  };

  const shown = state.value;
  return (
    <div class="popup">
      <header class="topline">
        <Mark />
        <h1 class="product">{text.product}</h1>
        <Button kind="small" label={words.openSidePanel} onPress={onOpenPanel}>
          {words.sidePanel}
        </Button>
        <Button kind="small" className="button-pencil" label={text.options.open} onPress={onOpenOptions}>
          <GearIcon />
        </Button>
        {shown?.ledgerReady === true && (
          <Switch label={words.pause} on={shown.paused} onChange={(paused) => ask('pause.set', { paused })} />
        )}
      </header>
      <main class="popup-main">
        {shown === undefined ? (
          <p class="quiet-title">{words.loading}</p>
        ) : (
          <>
            <AccessHint access={access} />
            <Banners state={shown} ask={ask} onGoOn={() => channel.call('ledger.rearm', {})} />
            {failed.value !== undefined && (
              <Notice tone="alarm" role="alert">
                {failed.value}
              </Notice>
            )}
            {shown.ledgerReady && (
              <div class="popup-columns">
                <SiteCard state={shown} nowMs={nowMs} channel={channel} ask={ask} />
                <div class="popup-side">
                  <RunList state={shown} nowMs={nowMs} ask={ask} />
                  {shown.carried !== undefined && <CarriedNote carried={shown.carried} nowMs={nowMs} />}
                  <HeldList held={shown.held} nowMs={nowMs} ask={ask} onOpenOptions={onOpenOptions} />
                  <DisputedList
                    payments={shown.payments}
                    nowMs={nowMs}
                    claim={(paymentId) => channel.call('payment.claim', { paymentId })}
                  />
                  <PaymentList payments={shown.payments} all={shown.all} nowMs={nowMs} />
                </div>
              </div>
            )}
          </>
        )}
      </main>
      {shown !== undefined && <footer class="faint popup-foot">{words.version(shown.version)}</footer>}
    </div>
  );
}
