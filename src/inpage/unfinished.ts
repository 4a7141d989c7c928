import type { Clock } from '../core/clock.ts';

/** So long a repeat counts as one: SDKs repeat within seconds, a person who tries again within minutes. */
const repeatMs = 10 * 60_000;

/** Calls of this document whose answer did not arrive, though it may be paid. */
export interface Unfinished {
  add(body: string, callId: string): void;
  /** The latest such call with the same body, which from now on has its repeat. */
  take(body: string): string | undefined;
}

interface Entry {
  readonly body: string;
  readonly callId: string;
  next: Entry | undefined;
}

/** An empty book, as a chain of bare entries: nothing of it runs through the page's arrays. */
export function createUnfinished(after: Clock['after']): Unfinished {
  const head = { next: undefined as Entry | undefined };

  /** @returns the entry that is no longer in the book */
  const remove = (isIt: (entry: Entry) => boolean): Entry | undefined => {
    for (let before: { next: Entry | undefined } = head; before.next; before = before.next) {
      const entry = before.next;
      if (!isIt(entry)) continue;
      before.next = entry.next;
      return entry;
    }
    return undefined;
  };

  return {
    add(body, callId) {
      const entry: Entry = { body, callId, next: head.next };
      head.next = entry;
      after(repeatMs, () => remove((other) => other === entry));
    },
    take: (body) => remove((entry) => entry.body === body)?.callId,
  };
}
