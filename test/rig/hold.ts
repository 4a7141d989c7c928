/** Where a stream stops until a test lets it go on. */
export interface Hold {
  /** For the stream: waits to be released, or for the client to leave. */
  wait(signal: AbortSignal): Promise<void>;
  /** Resolves as soon as a stream waits. */
  reached(): Promise<void>;
  /** Lets every waiting stream go on. */
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
        watchers.clear();
      }),
    reached: () =>
      new Promise((resolve) => {
        if (waiting.size > 0) resolve();
        else watchers.add(resolve);
      }),
    release() {
      for (const go of waiting) go();
    },
  };
}
