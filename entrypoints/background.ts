import { defineBackground } from 'wxt/utils/define-background';
import { startBackground } from '../src/background/main.ts';
import { baseUsdc, pinnedAssets, solanaUsdc } from '../src/core/assets.ts';
import { jumpGate, rungate } from '../src/core/gateways.ts';
import type { Gateway } from '../src/core/gateways.ts';
import { onWake, wakeAt } from '../src/platform/alarm.ts';
import { approvalWindows } from '../src/platform/approvalWindow.ts';
import { markTab, showWaiting } from '../src/platform/badge.ts';
import { browser } from '../src/platform/browser.ts';
import { systemClock } from '../src/platform/clock.ts';
import { hasAccess } from '../src/platform/hostAccess.ts';
import { createKeepAlive } from '../src/platform/keepAlive.ts';
import { localValues, sessionValues } from '../src/platform/keyValue.ts';
import { onPeer } from '../src/platform/peers.ts';
import { randomId } from '../src/platform/randomId.ts';
import { bringScripts, readPage, tabUrl, wakeTab, wakeWatchers } from '../src/platform/tabs.ts';
import { updateWhenFree } from '../src/platform/updates.ts';

export default defineBackground(() => {
  // Only the build for local gateways knows other endpoints than the real ones.
  const gateways: readonly [Gateway, Gateway] = __RIG_ENDPOINTS__
    ? [
        { ...jumpGate, baseUrl: __RIG_ENDPOINTS__.gateway, catalogueUrl: __RIG_ENDPOINTS__.catalogue },
        {
          ...rungate,
          baseUrl: __RIG_ENDPOINTS__.rungate,
          catalogueUrl: `${__RIG_ENDPOINTS__.rungate}/models`,
        },
      ]
    : [jumpGate, rungate];
  const keepAlive = createKeepAlive(systemClock);
  updateWhenFree(keepAlive);
  startBackground(
    {
      version: browser.runtime.getManifest().version,
      clock: systemClock,
      newId: randomId,
      fetch: (url, init) => fetch(url, init),
      indexedDb: indexedDB,
      session: sessionValues(),
      local: localValues(),
      windows: approvalWindows,
      showWaiting,
      markTab,
      tabUrl,
      wakeTab,
      bringScripts,
      wakeWatchers,
      readPage,
      mayReach: hasAccess,
      hold: keepAlive.hold,
      wakeAt,
      onWake,
      onPeer,
    },
    {
      gateways,
      allowLocalhost: __RIG_ENDPOINTS__ !== undefined,
      assets: __RIG_ENDPOINTS__
        ? [
            { ...baseUsdc, rpcUrls: [__RIG_ENDPOINTS__.rpc] },
            { ...solanaUsdc, rpcUrls: __RIG_ENDPOINTS__.solana },
          ]
        : pinnedAssets,
    },
  );
});
