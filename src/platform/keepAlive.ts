import { browser } from './browser.ts';
import type { Clock } from '../core/clock.ts';

/** Both browsers end a background 30 s after its last event, even while a stream delivers; an API call resets that. */
const everyMs = 20_000;

/** Keeps the background alive while anything is held, and only then. @returns `hold`, which returns its undo */
export function createKeepAlive(clock: Clock): () => () => void {
  let holds = 0;
  let cancel: (() => void) | undefined;
  const tick = () => {
    void browser.runtime.getPlatformInfo();
    cancel = clock.after(everyMs, tick);
  };
  return () => {
    let held = true;
    holds += 1;
    if (holds === 1) tick();
    return () => {
      if (!held) return;
      held = false;
      holds -= 1;
      if (holds === 0) cancel?.();
    };
  };
}
