import { Failure } from '../../core/failure.ts';
import type { Site } from '../../core/site.ts';

/** What one site may ask of the background at once; the rest waits, and too many are refused. */
const running = 4;
const queued = 28;

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/** Who may run. */
export interface Lanes {
  /**
   * Waits for a place. @returns what to call when the call is over
   *
   * @throws {Failure} tooManyCalls, or the signal's reason
   */
  enter(site: Site, signal: AbortSignal): Promise<() => void>;
}

/** At most four calls of one site at a time, in the order they came; too many waiting ones are refused. */
export function createLanes(): Lanes {
  const lanes = new Map<Site, Lane>();

  const leave = (site: Site, lane: Lane) => () => {
    const next = lane.waiting.shift();
    if (next) next();
    else lane.running -= 1;
    if (lane.running === 0) lanes.delete(site);
  };

  return {
    enter(site, signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      const lane = lanes.get(site) ?? { running: 0, waiting: [] };
      lanes.set(site, lane);
      if (lane.running < running) {
        lane.running += 1;
        return Promise.resolve(once(leave(site, lane)));
      }
      if (lane.waiting.length >= queued) return Promise.reject(new Failure('tooManyCalls'));
      return new Promise((resolve, reject) => {
        const start = () => {
          signal.removeEventListener('abort', giveUp);
          resolve(once(leave(site, lane)));
        };
        const giveUp = () => {
          lane.waiting.splice(lane.waiting.indexOf(start), 1);
          reject(signal.reason as Error);
        };
        lane.waiting.push(start);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}

function once(callback: () => void): () => void {
  let called = false;
  return () => {
    if (called) return;
    called = true;
    callback();
  };
}
