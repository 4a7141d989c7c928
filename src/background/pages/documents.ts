import type { Clock } from '../../core/clock.ts';
import type { Site } from '../../core/site.ts';
import type { PageWallet } from './pageWallet.ts';

/** A connected top document; it goes with its port. */
export interface PageDocument {
  readonly site: Site;
  readonly wallet: PageWallet;
  /** Names the document for as long as it lives, where the browser does; else for as long as its port. */
  readonly key: string;
}

/** The documents that are connected now, by tab. */
export interface Documents {
  /** @returns the undo, for when its port closes */
  add(tabId: number, document: PageDocument): () => void;
  /** The tab's document; a page that has not spoken yet is asked to connect. Undefined where nothing of ours runs. */
  reach(tabId: number): Promise<PageDocument | undefined>;
  /** The one that is connected now, without asking any. */
  connected(tabId: number): PageDocument | undefined;
}

/** A bridge that is there connects at once. */
const connectWithinMs = 2_000;

/** @param wake asks the bridge of a tab to connect; rejects where there is none */
export function createDocuments(clock: Clock, wake: (tabId: number) => Promise<void>): Documents {
  const documents = new Map<number, PageDocument>();
  const waiting = new Map<number, Set<() => void>>();

  const awaitConnection = async (tabId: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      const listeners = waiting.get(tabId) ?? new Set();
      waiting.set(tabId, listeners);
      const done = () => {
        cancel();
        listeners.delete(done);
        if (listeners.size === 0) waiting.delete(tabId);
        resolve();
      };
      const cancel = clock.after(connectWithinMs, done);
      listeners.add(done);
      void wake(tabId).then(undefined, done);
    });
  };

  return {
    add(tabId, document) {
      documents.set(tabId, document);
      for (const heard of waiting.get(tabId) ?? []) heard();
      return () => {
        if (documents.get(tabId) === document) documents.delete(tabId);
      };
    },
    connected: (tabId) => documents.get(tabId),
    async reach(tabId) {
      if (!documents.has(tabId)) await awaitConnection(tabId);
      return documents.get(tabId);
    },
  };
}
