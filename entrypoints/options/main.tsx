import { render } from 'preact';
import { systemClock } from '../../src/platform/clock.ts';
import { download } from '../../src/platform/download.ts';
import { hasAccess, onAccessChange, requestAccess } from '../../src/platform/hostAccess.ts';
import { connectPanel } from '../../src/platform/panelChannel.ts';
import { keepStorage } from '../../src/platform/persistence.ts';
import { OptionsScreen } from '../../src/ui/options/OptionsScreen.tsx';

const place = document.getElementById('screen');
keepStorage();
if (place !== null) {
  const access = { request: requestAccess, has: hasAccess, onChange: onAccessChange };
  render(
    <OptionsScreen channel={connectPanel()} clock={systemClock} access={access} onDownload={download} />,
    place,
  );
}
