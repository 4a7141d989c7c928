import type { TextPort } from '../../src/platform/channel.ts';
import type { Frame } from '../../src/protocol/wire.ts';

/** MAIN's end of a channel whose other end the test plays. */
export interface FakeBridge extends TextPort {
  /** What MAIN has sent. */
  readonly sent: readonly Frame[];
  say(frame: unknown): void;
  /** The id of the call that MAIN opened last. */
  readonly lastId: string;
  readonly newId: () => string;
}

/** Makes one. */
export function fakeBridge(): FakeBridge {
  const sent: Frame[] = [];
  let listener: (text: string) => void = () => undefined;
  let ids = 0;
  let lastId = '';
  return {
    sent,
    post: (text) => void sent.push(JSON.parse(text) as Frame),
    onText(given) {
      listener = given;
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
