/** What can be seen of one question from outside the extension, in the order in which it usually comes. */
export const markNames = [
  'quote',
  'challenge',
  'card',
  'connect',
  'sign',
  'signed',
  'paid',
  'answering',
  'streaming',
  'text',
  'end',
] as const;

/** One of them. */
export type Mark = (typeof markNames)[number];

/** Where the marks of all questions are noted, and waited for. */
export interface Marks {
  note(question: string, mark: Mark): void;
  has(question: string, mark: Mark): boolean;
  /** @returns whether it came in time */
  reached(question: string, mark: Mark, withinMs: number): Promise<boolean>;
}

/** Nothing has been seen yet. */
export function createMarks(): Marks {
  const seen = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  const keyOf = (question: string, mark: Mark) => `${question} ${mark}`;
  return {
    note(question, mark) {
      const key = keyOf(question, mark);
      seen.add(key);
      for (const go of waiting.get(key) ?? []) go();
      waiting.delete(key);
    },
    has: (question, mark) => seen.has(keyOf(question, mark)),
    reached(question, mark, withinMs) {
      const key = keyOf(question, mark);
      if (seen.has(key)) return Promise.resolve(true);
      return new Promise((resolve) => {
        const late = setTimeout(() => resolve(false), withinMs);
        const go = () => {
          clearTimeout(late);
          resolve(true);
        };
        waiting.set(key, (waiting.get(key) ?? new Set()).add(go));
      });
    },
  };
}
