import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { startBridge } from '../src/bridge/start.ts';

// Listed in the manifest by hand, after MAIN: WXT's own isolated scripts post a message that shows the page our id.
export default defineUnlistedScript(startBridge);
