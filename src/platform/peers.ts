import { identify } from './identify.ts';
import type { Identity } from './identify.ts';
import { browser } from './browser.ts';
import type { Runtime } from 'webextension-polyfill';
import type { Port } from '../protocol/port.ts';

/** Someone connected, and who the browser says it is. */
export interface Peer {
  readonly identity: Identity;
  readonly port: Port;
}

/** Calls back for every connection that has the right to a door; all others are cut at once. */
export function onPeer(listener: (peer: Peer) => void): void {
  const extension = { id: browser.runtime.id, origin: new URL(browser.runtime.getURL('')).origin };
  browser.runtime.onConnect.addListener((port) => {
    const identity = identify(port.name, port.sender, extension);
    if (identity) listener({ identity, port: portOf(port) });
    else port.disconnect();
  });
}

/** A runtime port as the plain port that everything above works with. */
export function portOf(port: Runtime.Port): Port {
  let open = true;
  const closed = new Set<() => void>();
  const close = () => {
    if (!open) return;
    open = false;
    for (const listener of closed) listener();
  };
  port.onDisconnect.addListener(close);
  return {
    post(frame) {
      if (!open) return;
      try {
        port.postMessage(frame);
      } catch {
        // The other side went between its last message and this one; onDisconnect may not come any more.
        close();
      }
    },
    onMessage(listener) {
      port.onMessage.addListener(listener);
      return () => port.onMessage.removeListener(listener);
    },
    onClose(listener) {
      closed.add(listener);
      return () => closed.delete(listener);
    },
    close() {
      port.disconnect();
      close();
    },
  };
}
