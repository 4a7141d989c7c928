import { each, setPrototypeOf } from '../core/pristine.ts';
import type { Clock } from '../core/clock.ts';

/** So long a repeat counts as one: SDKs repeat within seconds, a person who tries again within minutes. */
const repeatMs = 10 * 60_000;

/** A call and those before it that it repeated, oldest first: any one of them may be the one that is paid. */
export type CallIds = readonly string[];

/** Calls of this document whose answer did not arrive, though it may be paid. */
export interface Unfinished {
  add(body: string, callIds: CallIds): void;
  /** The latest such call with the same body, which from now on has its repeat; after those that it repeated. */
  take(body: string): CallIds | undefined;
}

interface Entry {
  readonly body: string;
  readonly callIds: CallIds;
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
    add(body, callIds) {
      const entry: Entry = { body, callIds, next: head.next };
      head.next = entry;
      after(repeatMs, () => remove((other) => other === entry));
    },
    take: (body) => remove((entry) => entry.body === body)?.callIds,
  };
}

/** A bare list of what was repeated and the call that did. */
export function withCall(repeated: CallIds | undefined, callId: string): CallIds {
  const callIds = setPrototypeOf([], null) as string[];
  if (repeated) each(repeated, (id, index) => void (callIds[index] = id));
  callIds[callIds.length] = callId;
  return callIds;
}
