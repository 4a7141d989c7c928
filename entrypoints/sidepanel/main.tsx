import { render } from 'preact';
import { openOptions } from '../../src/platform/optionsPage.ts';
import { connectPanel, currentTabId } from '../../src/platform/panelChannel.ts';
import { keepStorage } from '../../src/platform/persistence.ts';
import { onActiveTab } from '../../src/platform/tabs.ts';
import { PanelScreen } from '../../src/ui/panel/PanelScreen.tsx';
import { createPageReader } from '../../src/ui/panel/parsePage.ts';

const place = document.getElementById('screen');
keepStorage();
if (place !== null) {
  const tab = { id: currentTabId, onChange: onActiveTab };
  render(
    <PanelScreen
      channel={connectPanel()}
      tab={tab}
      textOf={createPageReader()}
      onOpenOptions={() => void openOptions()}
    />,
    place,
  );
}
