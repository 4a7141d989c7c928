import { options, render } from 'preact';
import type { Clock } from '../../../src/core/clock.ts';
import { ApprovalScreen } from '../../../src/ui/approval/ApprovalScreen.tsx';
import { OptionsScreen } from '../../../src/ui/options/OptionsScreen.tsx';
import { PanelScreen } from '../../../src/ui/panel/PanelScreen.tsx';
import { createPageReader } from '../../../src/ui/panel/parsePage.ts';
import { PopupScreen } from '../../../src/ui/popup/PopupScreen.tsx';
import { fakeClock } from '../../fakes/clock.ts';
import { approvalStates } from './approvalStates.ts';
import { fakeAccess } from './fakeAccess.ts';
import type { FakeAccess } from './fakeAccess.ts';
import { fakeBackground } from './fakeChannel.ts';
import type { FakeBackground } from './fakeChannel.ts';
import { optionsStates } from './optionsStates.ts';
import { panelStates } from './panelStates.ts';
import { popupStates, previewNowMs } from './popupStates.ts';

declare global {
  interface Window {
    /** For tests: the background behind the screen that is shown. */
    preview: FakeBackground & {
      closed: boolean;
      panelOpened: boolean;
      optionsOpened: boolean;
      readonly access: FakeAccess;
      /** The files that were handed out. */
      readonly files: string[];
      readonly advance: (ms: number) => void;
    };
  }
}

/** Real waiting on a day that never changes, so that pictures can be compared. */
const runningClock = (): Clock => {
  const startedMs = performance.now();
  return {
    nowMs: () => previewNowMs + (performance.now() - startedMs),
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
};

/*
 * What a screen does after it was drawn, such as watching its channel or asking a clock to wake it, it does at once here
 * rather than after the next frame: a test whose first act is quicker than a frame would act on a screen that does not
 * listen yet.
 */
options.requestAnimationFrame = queueMicrotask;

const query = new URLSearchParams(location.search);
const heldClock = query.has('held') ? fakeClock(previewNowMs) : undefined;
const clock = heldClock ?? runningClock();
const theme = query.get('theme');
if (theme !== null) document.documentElement.dataset['theme'] = theme;
const advance = (ms: number) => heldClock?.advance(ms);
const state = query.get('state') ?? 'plain';
const place = document.createElement('div');
document.body.append(place);

const access = fakeAccess();
const files: string[] = [];
/** Stands for the hosts that the extension comes with. */
const fixedHosts = 'https://jumpgate.ambient.xyz';
const beside = { closed: false, panelOpened: false, optionsOpened: false, advance, access, files };
const onOpenOptions = () => {
  window.preview.optionsOpened = true;
};
if (document.documentElement.dataset['screen'] === 'options') {
  const options = optionsStates[state];
  const background = fakeBackground(options === undefined ? {} : { options });
  window.preview = Object.assign(background, beside);
  render(
    <OptionsScreen
      channel={background.channel}
      clock={clock}
      access={access}
      onDownload={(name, text) => files.push(`${name}: ${text}`)}
    />,
    place,
  );
} else if (document.documentElement.dataset['screen'] === 'popup') {
  const popup = popupStates[state];
  const background = fakeBackground(popup === undefined ? {} : { popup });
  window.preview = Object.assign(background, beside);
  const onOpenPanel = () => {
    window.preview.panelOpened = true;
  };
  render(
    <PopupScreen
      channel={background.channel}
      clock={clock}
      tabId={1}
      onOpenPanel={onOpenPanel}
      onOpenOptions={onOpenOptions}
      access={{
        has: () => access.has(fixedHosts),
        request: () => access.request([fixedHosts]),
        onChange: (listener) => access.onChange(listener),
      }}
    />,
    place,
  );
} else if (document.documentElement.dataset['screen'] === 'panel') {
  const panel = panelStates[state];
  const background = fakeBackground(panel === undefined ? {} : { panel });
  window.preview = Object.assign(background, beside);
  const tab = { id: () => Promise.resolve(1), onChange: () => () => {} };
  render(
    <PanelScreen
      channel={background.channel}
      tab={tab}
      textOf={createPageReader()}
      onOpenOptions={onOpenOptions}
    />,
    place,
  );
} else {
  const view = approvalStates[state];
  const background = fakeBackground(view === undefined ? {} : { view });
  window.preview = Object.assign(background, beside);
  const onClose = () => {
    window.preview.closed = true;
  };
  render(
    <ApprovalScreen channel={background.channel} clock={clock} cardId="card-1" onClose={onClose} />,
    place,
  );
}
