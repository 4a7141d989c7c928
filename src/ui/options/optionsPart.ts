import type { OptionsState } from '../../protocol/options.ts';
import type { PanelChannel } from '../../protocol/panel.ts';

/** What each part of the page works with. */
export interface OptionsPart {
  readonly channel: PanelChannel;
  readonly state: OptionsState;
}
