import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Json } from '../../core/json.ts';
import { paidOf } from '../../core/ledger.ts';
import type { Site } from '../../core/site.ts';
import type { KeyValue } from '../../platform/keyValue.ts';
import { digestOf } from '../paying/digest.ts';
import type { ChatRequest } from '../../protocol/page.ts';
import type { CallId } from '../../protocol/wire.ts';
import type { Deps } from '../deps.ts';
import type { Run } from './runs.ts';

/** So long a call is remembered by its idempotency key. */
const keyValidMs = 10 * 60_000;
const prefix = 'idempotency:';

/** Which call of a site has used an idempotency key. */
export interface IdempotencyKeys {
  /**
   * The run of the call that used the key before, where `find` still has it for this one; else `begin`'s, and the key is
   * this call's.
   */
  once(
    site: Site,
    key: string,
    callId: CallId,
    find: (earlier: CallId) => Promise<Run | undefined>,
    begin: () => Run,
  ): Promise<Run>;
}

/** Keeps the keys for the browser's session, so that a restart of the background does not forget them. */
export function createIdempotencyKeys(session: KeyValue, clock: Clock): IdempotencyKeys {
  // One after the other: of two calls with one key at once, one is the first.
  let last: Promise<unknown> = Promise.resolve();

  const forgetOld = async () => {
    const keys = await session.entries(prefix);
    await session.remove(keys.filter(([, value]) => !isValid(value)).map(([name]) => name));
  };
  const isValid = (value: Json | undefined): value is { callId: CallId; atMs: number } =>
    isJsonObject(value) &&
    typeof value['callId'] === 'string' &&
    typeof value['atMs'] === 'number' &&
    clock.nowMs() - value['atMs'] < keyValidMs;

  return {
    once(site, key, callId, find, begin) {
      const name = `${prefix}${site} ${key}`;
      const run = last.then(async () => {
        const known = await session.get(name);
        const earlier = isValid(known) ? await find(known.callId) : undefined;
        if (earlier) return earlier;
        await forgetOld();
        await session.set(name, { callId, atMs: clock.nowMs() });
        return begin();
      });
      last = run.catch(() => undefined);
      return run;
    },
  };
}

/** What a request asks, whichever way its answer is wanted; hex. */
export function requestDigestOf({ stream: _form, ...request }: ChatRequest): Promise<string> {
  return digestOf(JSON.stringify(request));
}

/**
 * The run that a repeated call gets its answer from instead of paying again.
 *
 * @returns nothing where nothing of the earlier call was or could still be paid: the repeat may buy
 * @throws {Failure} paymentUnknown where the earlier call may be paid and its answer is gone, otherRequest
 */
export async function earlierRun(
  { runs, ledger }: Pick<Deps, 'runs' | 'ledger'>,
  site: Site,
  earlier: CallId,
  requestDigest: string,
): Promise<Run | undefined> {
  const run = runs.ofCall(site, earlier);
  if (run && run.head.requestDigest !== requestDigest) throw new Failure('otherRequest');
  if (run && !run.head.end) return run;
  const payment = await ledger.ofCall(site, run?.head.callId ?? earlier);
  const paid = paidOf(payment);
  if (paid === 'no') return undefined;
  if (run) return run;
  throw new Failure('paymentUnknown', { paid, ...(payment ? { receiptId: payment.id } : {}) });
}
