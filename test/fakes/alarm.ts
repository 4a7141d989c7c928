import type { Clock } from '../../src/core/clock.ts';

/** The one alarm of the background: the browser keeps it while the background is dead. */
export interface FakeAlarm {
  /** When it goes off. */
  readonly atMs: number | undefined;
  /** How often it has gone off. */
  readonly rings: number;
  /** In place of the last one. */
  set(atMs: number | undefined): void;
}

/** @param ring wakes the background, which is started where it is dead */
export function fakeAlarm(clock: Clock, ring: () => void): FakeAlarm {
  let atMs: number | undefined;
  let rings = 0;
  let cancel = () => {};
  return {
    get atMs() {
      return atMs;
    },
    get rings() {
      return rings;
    },
    set(nextMs) {
      cancel();
      atMs = nextMs;
      if (nextMs === undefined) return;
      cancel = clock.after(Math.max(0, nextMs - clock.nowMs()), () => {
        atMs = undefined;
        rings += 1;
        ring();
      });
    },
  };
}
