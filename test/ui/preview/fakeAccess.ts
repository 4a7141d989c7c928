import type { HostAccess } from '../../../src/ui/options/hostAccess.ts';

/** What a browser would let the extension reach, and what it was asked for. */
export interface FakeAccess extends HostAccess {
  readonly asked: string[];
  /** Refuses everything that is asked from now on. */
  refuse(): void;
  /** Takes the access to this address away. */
  withdraw(url: string): void;
}

/** A browser that allows everything until it is told otherwise. */
export function fakeAccess(): FakeAccess {
  const listeners = new Set<() => void>();
  const withdrawn = new Set<string>();
  const asked: string[] = [];
  let refuses = false;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  return {
    asked,
    async request(urls) {
      asked.push(...urls);
      if (refuses) return false;
      for (const url of urls) withdrawn.delete(url);
      changed();
      return true;
    },
    has: async (url) => !withdrawn.has(url),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refuse: () => (refuses = true),
    withdraw(url) {
      withdrawn.add(url);
      changed();
    },
  };
}
