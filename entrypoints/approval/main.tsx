import { render } from 'preact';
import { systemClock } from '../../src/platform/clock.ts';
import { connectPanel } from '../../src/platform/panelChannel.ts';
import { ApprovalScreen } from '../../src/ui/approval/ApprovalScreen.tsx';

const place = document.getElementById('screen');
const query = new URLSearchParams(location.search || location.hash.slice(1));
if (place !== null) {
  render(
    <ApprovalScreen
      channel={connectPanel()}
      clock={systemClock}
      cardId={query.get('card') ?? ''}
      onClose={() => window.close()}
    />,
    place,
  );
}
