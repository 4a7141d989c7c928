/** One life of the background, from its start to its kill. */
export interface Life {
  readonly isOver: boolean;
  /** Kills: whatever the dead background still does reaches nothing. */
  end(): void;
  onEnd(listener: () => void): void;
  /** The call as long as the life lasts: a dead one's calls do nothing and never settle. */
  bind<A extends readonly unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R>;
  /** Writes an action of this life down; a listener may end the life right there. */
  note(action: string): void;
}

/** Begins one. @param onAction gets the name of everything it does, just before it is done */
export function beginLife(onAction: (action: string) => void): Life {
  let over = false;
  const endListeners: (() => void)[] = [];
  const never = <T>() => new Promise<T>(() => undefined);
  return {
    get isOver() {
      return over;
    },
    end() {
      if (over) return;
      over = true;
      for (const listener of endListeners) listener();
    },
    onEnd: (listener) => void endListeners.push(listener),
    bind:
      (call) =>
      async (...args) => {
        if (over) return never();
        try {
          const result = await call(...args);
          return over ? await never() : result;
        } catch (error) {
          if (over) return never();
          throw error;
        }
      },
    note(action) {
      if (!over) onAction(action);
    },
  };
}
