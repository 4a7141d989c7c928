/** Where a stream or a challenge stops until a test lets it go on. */
export interface Hold {
  /** For what is held: waits to be released, or for the client to leave. */
  wait(signal: AbortSignal): Promise<void>;
  /** Resolves as soon as so many wait. 1 where absent. */
  reached(count?: number): Promise<void>;
  /** Lets everything that waits go on. */
  release(): void;
}

/** Nobody waits yet. */
export function createHold(): Hold {
  const waiting = new Set<() => void>();
  const watchers = new Set<() => void>();
  return {
    wait: (signal) =>
      new Promise((resolve) => {
        const go = () => {
          waiting.delete(go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        waiting.add(go);
        signal.addEventListener('abort', go);
        for (const watcher of watchers) watcher();
      }),
    reached: (count = 1) =>
      new Promise((resolve) => {
        const watcher = () => {
          if (waiting.size < count) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
      }),
    release() {
      for (const go of waiting) go();
    },
  };
}
