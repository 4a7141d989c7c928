import { useEffect, useRef, useState } from 'preact/hooks';
import type { Clock } from '../core/clock.ts';
import { countsPress, isAwake, notWatching, wakesInMs, watch } from './awake.ts';
import type { WatchEvent, Watchfulness } from './awake.ts';

/** Whether buttons may be pressed now, and a last check to be made with the click itself. */
export interface Wakefulness {
  readonly awake: boolean;
  readonly focused: boolean;
  /** True when the click happened, not merely arrived, while the buttons were awake. */
  readonly accepts: (event: Event) => boolean;
}

/** Watches window and card; see awake.ts for the rule. */
export function useAwake(clock: Clock, version: number): Wakefulness {
  const watching = useRef<Watchfulness>(notWatching);
  const [awake, setAwake] = useState(false);
  const [focused, setFocused] = useState(() => document.hasFocus());

  useEffect(() => {
    let cancelTimer = () => {};
    const check = () => {
      cancelTimer();
      const nowMs = clock.nowMs();
      const waitMs = wakesInMs(watching.current, nowMs);
      setAwake(isAwake(watching.current, nowMs));
      setFocused(document.hasFocus());
      cancelTimer = waitMs === undefined || waitMs === 0 ? () => {} : clock.after(waitMs, check);
    };
    const note = (event: WatchEvent) => {
      watching.current = watch(watching.current, event);
      check();
    };
    const look = () =>
      note({
        type: 'window',
        visible: document.visibilityState === 'visible',
        focused: document.hasFocus(),
        atMs: clock.nowMs(),
      });
    note({ type: 'card', version, atMs: clock.nowMs() });
    look();
    document.addEventListener('visibilitychange', look);
    window.addEventListener('focus', look);
    window.addEventListener('blur', look);
    return () => {
      cancelTimer();
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('focus', look);
      window.removeEventListener('blur', look);
    };
  }, [clock, version]);

  const accepts = (event: Event) => {
    return (
      event.isTrusted &&
      watching.current.version === version &&
      document.visibilityState === 'visible' &&
      document.hasFocus() &&
      countsPress(watching.current, clock.nowMs(), performance.now() - event.timeStamp)
    );
  };
  return { awake, focused, accepts };
}
