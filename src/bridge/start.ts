import { connectBackground, openBridgeEnd } from '../platform/channel.ts';
import { createRelay } from './relay.ts';

/** Wires the relay to this document. A port opened while prerendering would stay marked so for ever. */
export function startBridge(): void {
  const relay = createRelay({
    page: openBridgeEnd(),
    connect: connectBackground,
    hasActivation: () => navigator.userActivation.isActive,
  });
  const prerendered = document as Document & { readonly prerendering?: boolean };
  if (prerendered.prerendering) document.addEventListener('prerenderingchange', relay.wake, { once: true });
  else relay.wake();
  // A page that comes back from the back/forward cache has a dead port and is not told.
  window.addEventListener('pagehide', ({ persisted }) => {
    if (persisted) relay.sleep();
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) relay.wake();
  });
}
