/** A bell: something that screens show has changed, look again. */
export interface Changes {
  notify(): void;
  /** @returns the undo */
  subscribe(listener: () => void): () => void;
}

/** Many rings within one turn of the event loop are heard once. */
export function createChanges(): Changes {
  const listeners = new Set<() => void>();
  let rung = false;
  return {
    notify() {
      if (rung) return;
      rung = true;
      queueMicrotask(() => {
        rung = false;
        for (const listener of listeners) listener();
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
