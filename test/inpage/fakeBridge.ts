import type { PageEnd } from '../../src/platform/channel.ts';
import type { Frame } from '../../src/protocol/wire.ts';

/** MAIN's end of a channel whose other end the test plays. */
export interface FakeBridge extends PageEnd {
  /** What MAIN has sent. */
  readonly sent: readonly Frame[];
  say(frame: unknown): void;
  /** The id of the call that MAIN opened last. */
  readonly lastId: string;
  /** The bridge goes without a word; the page finds out when it next looks. */
  die(): void;
  /** A bridge is there, and all that the one before it had under way is lost. */
  replace(): void;
  /** Lets five seconds pass. */
  wait(): void;
}

/** Makes one. */
export function fakeBridge(): FakeBridge {
  const sent: Frame[] = [];
  let listener: (text: string) => void = () => undefined;
  let lostListener: () => void = () => undefined;
  let timers: (() => void)[] = [];
  let there = true;
  let known = true;
  let ids = 0;
  let lastId = '';
  return {
    sent,
    post: (text) => void sent.push(JSON.parse(text) as Frame),
    onText(given) {
      listener = given;
    },
    check() {
      if (!there && known) lostListener();
      known = there;
      return there;
    },
    onLost(given) {
      lostListener = given;
    },
    after(_ms, callback) {
      timers.push(callback);
      return () => {
        timers = timers.filter((timer) => timer !== callback);
      };
    },
    die() {
      there = false;
    },
    replace() {
      there = known = true;
      lostListener();
    },
    wait() {
      const due = timers;
      timers = [];
      for (const timer of due) timer();
    },
    say: (frame) => listener(JSON.stringify(frame)),
    newId() {
      ids += 1;
      lastId = `call-${String(ids).padStart(4, '0')}`;
      return lastId;
    },
    get lastId() {
      return lastId;
    },
  };
}

/** An answerer for tests without a wallet. */
export const noWallet = { answer: () => undefined, cancel: () => undefined };

/** The rejection of a promise that has to reject. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown> & Error;
  }
  throw new Error('It did not reject.');
}
