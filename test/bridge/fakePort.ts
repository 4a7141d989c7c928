import type { Port } from '../../src/protocol/port.ts';
import type { Frame } from '../../src/protocol/wire.ts';

/** A port to a background that a test plays. */
export interface FakePort extends Port {
  /** What the bridge has posted. */
  readonly posted: readonly Frame[];
  /** The background says something. */
  say(message: unknown): void;
  /** The background dies. */
  die(): void;
  /** Dead without a word, as after the back/forward cache: only a post finds out. */
  rot(): void;
  readonly isOpen: boolean;
}

/** Makes one. */
export function fakePort(): FakePort {
  const posted: Frame[] = [];
  const messageListeners = new Set<(message: unknown) => void>();
  const closeListeners = new Set<() => void>();
  let open = true;
  let rotten = false;
  const close = () => {
    if (!open) return;
    open = false;
    for (const listener of closeListeners) listener();
  };
  return {
    posted,
    post(frame) {
      if (rotten) close();
      if (open) posted.push(frame);
    },
    onMessage(listener) {
      messageListeners.add(listener);
      return () => messageListeners.delete(listener);
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    close,
    say(message) {
      for (const listener of messageListeners) listener(message);
    },
    die: close,
    rot() {
      rotten = true;
    },
    get isOpen() {
      return open;
    },
  };
}
