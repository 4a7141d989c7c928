import { apply, cut, matches } from '../core/pristine.ts';
import type { Clock } from '../core/clock.ts';
import type { WalletAnswers, WalletAsk, WalletProblem } from '../protocol/wallet.ts';

/** How an ask goes on. */
export interface AskTurn {
  readonly after: Clock['after'];
  /** False once nobody waits any more: then no further window may open. */
  readonly isWanted: () => boolean;
  readonly done: (ok: boolean, value: WalletAnswers[WalletAsk['type']] | WalletProblem) => void;
}

/** What comes of one call of a wallet. */
export interface Outcome {
  readonly ok: (value: unknown) => void;
  readonly fail: (thrown: unknown) => void;
}

/** The background gives up long before; this only frees the way for the next ask. */
export const promptMs = 10 * 60_000;

const rejectedCode = 4001;

/** Calls and takes the first outcome, whichever way, in whatever shape; a wallet may answer twice, late or never. */
export function callWallet(after: Clock['after'], ms: number, call: () => unknown, outcome: Outcome): void {
  let settled = false;
  const settle = (next: (value: unknown) => void) => (value: unknown) => {
    if (settled) return;
    settled = true;
    cancelTimer();
    next(value);
  };
  const ok = settle(outcome.ok);
  const fail = settle(outcome.fail);
  const cancelTimer = after(ms, () => fail('The wallet has not answered.'));
  try {
    const answer = call();
    const then = isObject(answer) ? answer['then'] : undefined;
    if (typeof then === 'function') apply(then as (...args: unknown[]) => unknown, answer, [ok, fail]);
    else ok(answer);
  } catch (thrown) {
    fail(thrown);
  }
}

/** A thrown thing of a wallet, outside of any chain trouble. Rejections are never Errors, some are bare texts. */
export function refusal(thrown: unknown): WalletProblem {
  const text = messageOf(thrown);
  const said = codeOf(thrown) === rejectedCode || matches(/reject|denied|declin|cancel/i, text);
  return problem(said ? 'rejected' : 'failed', text);
}

/** The code in a thrown thing. */
export function codeOf(thrown: unknown): number | undefined {
  const code = read(thrown, 'code');
  return typeof code === 'number' ? code : undefined;
}

/** Its words, or "". */
export function messageOf(thrown: unknown): string {
  const message = typeof thrown === 'string' ? thrown : read(thrown, 'message');
  return typeof message === 'string' ? cut(message, 300) : '';
}

/** A property of anything; undefined where there is none or reading it throws. */
export function read(from: unknown, key: string): unknown {
  try {
    return isObject(from) ? from[key] : undefined;
  } catch {
    return undefined;
  }
}

/** What an unsuccessful answer says. */
export function problem(kind: WalletProblem['kind'], message: string): WalletProblem {
  return { kind, message };
}

/** Ends a turn that came to nothing, for no reason that the person could act on. */
export function failed(turn: Pick<AskTurn, 'done'>, message = ''): void {
  turn.done(false, problem('failed', message));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
