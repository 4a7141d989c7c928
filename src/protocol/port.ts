import type { Frame } from './wire.ts';

/** One end of a connection between two worlds. A port that has closed posts into the void. */
export interface Port {
  post(frame: Frame): void;
  /** Listeners get whatever arrives, unchecked. @returns the undo */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Called once, when the other side or this one has gone. @returns the undo */
  onClose(listener: () => void): () => void;
  close(): void;
}
