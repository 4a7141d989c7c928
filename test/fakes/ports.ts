import type { Port } from '../../src/protocol/port.ts';
import type { Frame } from '../../src/protocol/wire.ts';

/** Both ends of a connection between a page, or a screen, and the background. */
export interface Connection {
  readonly background: Port;
  readonly remote: Port;
  /** The background has died: it posts into the void, and only the other end hears that it has gone. */
  readonly cut: () => void;
}

/**
 * Connects two worlds as the browser does: frames cross as JSON, in order, in a later turn of the event loop; what
 * JSON cannot carry throws.
 */
export function connection(): Connection {
  const background = portEnd();
  const remote = portEnd();
  background.peer = remote;
  remote.peer = background;
  return {
    background: background.port,
    remote: remote.port,
    cut() {
      background.isOpen = false;
      remote.closeLater();
    },
  };
}

interface End {
  readonly port: Port;
  isOpen: boolean;
  peer: End | undefined;
  readonly deliver: (text: string) => void;
  readonly closeLater: () => void;
}

function portEnd(): End {
  const messageListeners = new Set<(message: unknown) => void>();
  const closeListeners = new Set<() => void>();
  const close = () => {
    if (!end.isOpen) return;
    end.isOpen = false;
    for (const listener of closeListeners) listener();
  };
  const end: End = {
    isOpen: true,
    peer: undefined,
    deliver(text) {
      setImmediate(() => {
        if (!end.isOpen) return;
        for (const listener of messageListeners) listener(JSON.parse(text));
      });
    },
    closeLater: () => void setImmediate(close),
    port: {
      post(frame: Frame) {
        // What JSON has no word for arrives as null.
        const text = (JSON.stringify(frame) as string | undefined) ?? 'null';
        if (end.isOpen) end.peer?.deliver(text);
      },
      onMessage(listener) {
        messageListeners.add(listener);
        return () => messageListeners.delete(listener);
      },
      onClose(listener) {
        closeListeners.add(listener);
        return () => closeListeners.delete(listener);
      },
      close() {
        close();
        end.peer?.closeLater();
      },
    },
  };
  return end;
}
