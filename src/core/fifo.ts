/** First in, first out, as a chain of bare objects: nothing of it runs through `Array.prototype`. */
export interface Fifo<T> {
  push(value: T): void;
  /** Undefined when empty. */
  shift(): T | undefined;
}

interface Link<T> {
  readonly value: T;
  next: Link<T> | undefined;
}

/** An empty queue. */
export function createFifo<T>(): Fifo<T> {
  let first: Link<T> | undefined;
  let last: Link<T> | undefined;
  return {
    push(value) {
      const link = { value, next: undefined };
      if (last) last.next = link;
      else first = link;
      last = link;
    },
    shift() {
      const link = first;
      first = link?.next;
      if (!first) last = undefined;
      return link?.value;
    },
  };
}
