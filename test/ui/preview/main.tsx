import { render } from 'preact';
import type { Clock } from '../../../src/core/clock.ts';
import { ApprovalScreen } from '../../../src/ui/approval/ApprovalScreen.tsx';
import { PanelScreen } from '../../../src/ui/panel/PanelScreen.tsx';
import { createPageReader } from '../../../src/ui/panel/parsePage.ts';
import { PopupScreen } from '../../../src/ui/popup/PopupScreen.tsx';
import { fakeClock } from '../../fakes/clock.ts';
import { approvalStates } from './approvalStates.ts';
import { fakeBackground } from './fakeChannel.ts';
import type { FakeBackground } from './fakeChannel.ts';
import { panelStates } from './panelStates.ts';
import { popupStates, previewNowMs } from './popupStates.ts';

declare global {
  interface Window {
    /** For tests: the background behind the screen that is shown. */
    preview: FakeBackground & {
      closed: boolean;
      panelOpened: boolean;
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

const query = new URLSearchParams(location.search);
const heldClock = query.has('held') ? fakeClock(previewNowMs) : undefined;
const clock = heldClock ?? runningClock();
const theme = query.get('theme');
if (theme !== null) document.documentElement.dataset['theme'] = theme;
const advance = (ms: number) => heldClock?.advance(ms);
const state = query.get('state') ?? 'plain';
const place = document.createElement('div');
document.body.append(place);

if (document.documentElement.dataset['screen'] === 'popup') {
  const popup = popupStates[state];
  const background = fakeBackground(popup === undefined ? {} : { popup });
  window.preview = Object.assign(background, { closed: false, panelOpened: false, advance });
  const onOpenPanel = () => {
    window.preview.panelOpened = true;
  };
  render(
    <PopupScreen channel={background.channel} clock={clock} tabId={1} onOpenPanel={onOpenPanel} />,
    place,
  );
} else if (document.documentElement.dataset['screen'] === 'panel') {
  const panel = panelStates[state];
  const background = fakeBackground(panel === undefined ? {} : { panel });
  window.preview = Object.assign(background, { closed: false, panelOpened: false, advance });
  const tab = { id: () => Promise.resolve(1), onChange: () => () => {} };
  render(<PanelScreen channel={background.channel} tab={tab} textOf={createPageReader()} />, place);
} else {
  const view = approvalStates[state];
  const background = fakeBackground(view === undefined ? {} : { view });
  window.preview = Object.assign(background, { closed: false, panelOpened: false, advance });
  const onClose = () => {
    window.preview.closed = true;
  };
  render(
    <ApprovalScreen channel={background.channel} clock={clock} cardId="card-1" onClose={onClose} />,
    place,
  );
}
