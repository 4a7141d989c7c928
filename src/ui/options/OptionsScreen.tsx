import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import type { OptionsState } from '../../protocol/options.ts';
import type { PanelChannel } from '../../protocol/panel.ts';
import { LedgerTrouble } from '../parts/LedgerTrouble.tsx';
import { Mark } from '../parts/Mark.tsx';
import { useText } from '../text/useText.ts';
import { Developer } from './Developer.tsx';
import { Gateways } from './Gateways.tsx';
import type { HostAccess } from './hostAccess.ts';
import { Limits } from './Limits.tsx';
import { Networks } from './Networks.tsx';
import { SettingsFile } from './SettingsFile.tsx';
import { Sites } from './Sites.tsx';

/** Props of the options page. */
export interface OptionsScreenProps {
  readonly channel: PanelChannel;
  readonly clock: Clock;
  readonly access: HostAccess;
  /** Hands the person a file. */
  readonly onDownload: (name: string, text: string) => void;
}

const sections = ['limits', 'sites', 'gateways', 'networks', 'developer', 'file'] as const;

/** The options page: limits, sites, gateways, networks and the settings as a file. */
export function OptionsScreen({ channel, clock, access, onDownload }: OptionsScreenProps) {
  const text = useText();
  const words = text.options;
  const state = useSignal<OptionsState | undefined>(undefined);

  useEffect(() => {
    document.title = words.title;
  }, [words]);
  useEffect(
    () =>
      channel.watch('options.watch', {}, (event) => {
        state.value = event.state;
      }),
    [channel, state],
  );

  const shown = state.value;
  return (
    <div class="options">
      <header class="options-head">
        <div class="topline">
          <Mark size={28} />
          <span class="product">{text.product}</span>
        </div>
        <nav class="options-nav" aria-label={words.sections}>
          {sections.map((section) => (
            <a key={section} href={`#${section}`}>
              {words[section].title}
            </a>
          ))}
        </nav>
        {shown !== undefined && <p class="faint version">{text.popup.version(shown.version)}</p>}
      </header>
      <main class="options-main">
        <h1 class="options-title">{words.heading}</h1>
        {shown === undefined && <p class="calm-text">{words.loading}</p>}
        {shown !== undefined && (
          <LedgerTrouble state={shown} onGoOn={() => channel.call('ledger.rearm', {})} />
        )}
        {shown?.ledgerReady === true && (
          <>
            <Limits channel={channel} state={shown} />
            <Sites channel={channel} state={shown} clock={clock} />
            <Gateways channel={channel} state={shown} access={access} />
            <Networks channel={channel} state={shown} access={access} />
            <Developer channel={channel} state={shown} access={access} />
            <SettingsFile channel={channel} access={access} onDownload={onDownload} />
          </>
        )}
      </main>
    </div>
  );
}
