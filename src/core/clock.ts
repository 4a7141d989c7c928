/** Time as an argument: the real one lives in platform, tests hold it in their hands. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
  /** Calls back once after so many milliseconds. @returns the undo */
  after(ms: number, callback: () => void): () => void;
}

/** Waits; rejects with the signal's reason when it aborts first. */
export function wait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      cancel();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Settles as the promise does, or rejects with `late()` after so many milliseconds; the promise itself goes on. */
export function withTimeout<T>(clock: Clock, ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late()));
    // Not `finally`, which makes promises of its own: every call to storage comes by here.
    void promise.then(resolve, reject).then(cancel);
  });
}
