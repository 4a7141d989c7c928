import type { Clock } from '../../src/core/clock.ts';

/** A clock that stands still until the test moves it. */
export interface FakeClock extends Clock {
  /** Moves time forward and runs what falls due on the way, in order of its time. */
  advance(ms: number): void;
  /** Sets the wall clock, forwards or backwards, as a person or NTP does: what waits keeps its remaining time. */
  set(nowMs: number): void;
  /** How many callbacks wait. */
  readonly waiting: number;
}

/** Makes a clock that begins at the given time. */
export function fakeClock(startMs = Date.UTC(2026, 0, 15, 12)): FakeClock {
  let now = startMs;
  let elapsed = 0;
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  const nextDue = (untilMs: number) =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];

  return {
    nowMs: () => now,
    after(ms, callback) {
      const timer = { dueMs: elapsed + ms, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const untilMs = elapsed + ms;
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        timers.delete(timer);
        now += timer.dueMs - elapsed;
        elapsed = timer.dueMs;
        timer.callback();
      }
      now += untilMs - elapsed;
      elapsed = untilMs;
    },
    set(nowMs) {
      now = nowMs;
    },
    get waiting() {
      return timers.size;
    },
  };
}
