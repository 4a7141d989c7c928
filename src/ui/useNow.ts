import { useEffect, useState } from 'preact/hooks';
import type { Clock } from '../core/clock.ts';

/** The present moment, renewed every so often so that "5 minutes ago" stays true. */
export function useNow(clock: Clock, everyMs = 20_000): number {
  const [nowMs, setNowMs] = useState(() => clock.nowMs());
  useEffect(() => clock.after(everyMs, () => setNowMs(clock.nowMs())), [clock, everyMs, nowMs]);
  return nowMs;
}
