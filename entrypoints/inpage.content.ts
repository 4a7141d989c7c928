import { defineContentScript } from 'wxt/utils/define-content-script';
import { version } from '../package.json';
import { startInpage } from '../src/inpage/start.ts';
import { contentScriptMatches } from '../src/platform/matches.ts';
import { startWallets } from '../src/wallet/start.ts';

export default defineContentScript({
  matches: [...contentScriptMatches],
  runAt: 'document_start',
  world: 'MAIN',
  registration: 'manifest',
  main() {
    startInpage({ version, startWallets });
  },
});
