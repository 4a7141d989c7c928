import { render } from 'preact';
import { systemClock } from '../../src/platform/clock.ts';
import { connectPanel, currentTabId } from '../../src/platform/panelChannel.ts';
import { hasFixedAccess, onAccessChange, requestFixedAccess } from '../../src/platform/hostAccess.ts';
import { openOptions } from '../../src/platform/optionsPage.ts';
import { keepStorage } from '../../src/platform/persistence.ts';
import { openSidePanel } from '../../src/platform/sidePanel.ts';
import { PopupScreen } from '../../src/ui/popup/PopupScreen.tsx';

/** What no tab has: a popup over nothing still shows the payments. */
const noTab = -1;

const place = document.getElementById('screen');
const tabId = (await currentTabId()) ?? noTab;
keepStorage();
if (place !== null) {
  const onOpenPanel = () => void openSidePanel(tabId).then(() => window.close());
  const access = { has: hasFixedAccess, request: requestFixedAccess, onChange: onAccessChange };
  const onOpenOptions = () => void openOptions().then(() => window.close());
  render(
    <PopupScreen
      channel={connectPanel()}
      clock={systemClock}
      tabId={tabId}
      onOpenPanel={onOpenPanel}
      onOpenOptions={onOpenOptions}
      access={access}
    />,
    place,
  );
}
