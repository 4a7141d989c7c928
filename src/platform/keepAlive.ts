import { browser } from './browser.ts';
import type { Clock } from '../core/clock.ts';

/** Both browsers end a background 30 s after its last event, even while a stream delivers; an API call resets that. */
const everyMs = 20_000;

/** Keeps the background alive while anything is held, and only then. */
export interface KeepAlive {
  /** @returns the undo */
  readonly hold: () => () => void;
  /** Calls back once, as soon as nothing is held. */
  readonly whenFree: (then: () => void) => void;
}

/** Makes one with nothing held. */
export function createKeepAlive(clock: Clock): KeepAlive {
  const waiting: (() => void)[] = [];
  let holds = 0;
  let cancel: (() => void) | undefined;
  const tick = () => {
    void browser.runtime.getPlatformInfo();
    cancel = clock.after(everyMs, tick);
  };
  const free = () => {
    for (const then of waiting.splice(0)) then();
  };
  return {
    hold() {
      let held = true;
      holds += 1;
      if (holds === 1) tick();
      return () => {
        if (!held) return;
        held = false;
        holds -= 1;
        if (holds > 0) return;
        cancel?.();
        free();
      };
    },
    whenFree(then) {
      waiting.push(then);
      if (holds === 0) free();
    },
  };
}
