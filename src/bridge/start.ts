import { hasOwn } from '../core/pristine.ts';
import { connectBackground, onBridgeRequest, openBridgeEnd } from '../platform/channel.ts';
import { createRelay } from './relay.ts';
import type { PageContent } from '../protocol/panel.ts';

/** Characters of a serialised document; longer ones are cut. */
const longestPage = 4 * 1024 * 1024;

/**
 * Wires the relay to this document, once: a bridge that is injected while the browser's own comes has nothing to do.
 * A port opened while prerendering would stay marked so for ever.
 */
export function startBridge(): void {
  // Own properties of this world, in which the page's elements do not show.
  const world = globalThis as { paidChat?: true };
  if (hasOwn(world, 'paidChat')) return;
  world.paidChat = true;
  const relay = createRelay({
    page: openBridgeEnd(),
    connect: connectBackground,
    hasActivation: () => navigator.userActivation.isActive,
    nowMs: () => performance.now(),
  });
  const prerendered = document as Document & { readonly prerendering?: boolean };
  if (prerendered.prerendering) document.addEventListener('prerenderingchange', relay.wake, { once: true });
  else relay.wake();
  onBridgeRequest((request) => {
    if (request === 'readPage') return readPage();
    if (request === 'watch') relay.connectWatching();
    else relay.connect();
    return null;
  });
  // A page that comes back from the back/forward cache has a dead port and is not told.
  window.addEventListener('pagehide', ({ persisted }) => {
    if (persisted) relay.sleep();
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) relay.wake();
  });
}

/** The page for the side panel, which makes text of it; it stays on this machine until Send. */
function readPage(): PageContent {
  return {
    title: document.title,
    url: location.href,
    html: document.documentElement.outerHTML.slice(0, longestPage),
    selection: String(getSelection() ?? ''),
  };
}
