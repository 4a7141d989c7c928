import { Failure, toWireError } from '../../core/failure.ts';
import { paidOf } from '../../core/ledger.ts';
import { parseUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import type { ChatRequest } from '../../protocol/page.ts';
import type { PageParams } from '../../protocol/pageSchemas.ts';
import type { Deps } from '../deps.ts';
import { deliver } from './delivery.ts';
import type { PageCall } from '../pages/pageCall.ts';
import type { ChatToPay } from '../paying/payments.ts';
import { freeze } from '../paying/pricing.ts';
import { earlierRun, requestDigestOf } from './repeats.ts';
import { inPhaseOf, startRun } from './runChat.ts';
import { sellerOf } from '../paying/seller.ts';
import type { AnswerForm } from './runHead.ts';
import type { Run } from './runs.ts';

/**
 * Starts a page's chat, within what its options allow, or gives it the answer of an earlier call that it repeats; the
 * call's sink gets all that follows.
 */
export async function startChat(deps: Deps, call: PageCall, params: PageParams<'chat'>): Promise<void> {
  const { request, options, stream } = params;
  if (deps.runs.ofCall(call.site, call.id)) throw new Failure('badRequest', { detail: 'id' });
  const chat = await boundsOf(deps, call, request, options);
  const requestDigest = await requestDigestOf(request);
  const form = stream ? 'stream' : 'whole';
  const { idempotencyKey, repeats } = options;
  const begin = () => startRun(deps, call, chat, { form, requestDigest });
  const find = (earlier: string) => earlierRun(deps, call.site, earlier, requestDigest);
  if (idempotencyKey !== undefined) {
    const buyOrJoin = async () => {
      const run = await deps.idempotencyKeys.once(call.site, idempotencyKey, call.id, find, begin);
      if (run.head.callId === call.id) return;
      // Who gave up spoke for itself alone: who asked for the same goes on, and the next of them buys.
      join(deps, run, call, form, () => {
        if (run.head.givenUp !== true) return false;
        buyOrJoin().catch((error: unknown) => call.sink.end({ error: toWireError(error) }));
        return true;
      });
    };
    return buyOrJoin();
  }
  const earlier = await firstOf(repeats?.toReversed() ?? [], find);
  if (!earlier) {
    begin();
    return;
  }
  // What a page gave up before anything was signed ends unpaid: then its repeat buys.
  join(deps, earlier, call, form, () => {
    begin();
    return true;
  });
}

/** What is found first; a call that was not paid is no reason to think so of those that it repeated. */
async function firstOf(
  callIds: readonly string[],
  find: (earlier: string) => Promise<Run | undefined>,
): Promise<Run | undefined> {
  for (const callId of callIds) {
    const run = await find(callId);
    if (run) return run;
  }
  return undefined;
}

/**
 * Gives a call the answer of a run that another call pays for.
 *
 * @param afterUnpaid the run has ended, and nothing was paid. @returns whether the call goes another way
 */
function join(deps: Deps, run: Run, call: PageCall, form: AnswerForm, afterUnpaid: () => boolean): void {
  const { id, sink, signal } = call;
  let over = false;
  const leave = async () => {
    // Where something is signed, or the ledger does not say, the call hears how the run ends.
    if (over || !(await isUnsigned(deps, run))) return;
    if (over) return;
    over = true;
    undo();
    sink.end({ error: toWireError(inPhaseOf(run, signal.reason), { paid: 'no' }) });
  };
  const onAbort = () => void leave();
  signal.addEventListener('abort', onAbort, { once: true });
  run.update({ forms: { ...run.head.forms, [id]: form } });
  const undo = deliver(run, id, 0, {
    chunks: (offset, chunks) => sink.chunks(offset, chunks),
    end(end) {
      over = true;
      signal.removeEventListener('abort', onAbort);
      if ('error' in end && end.error.paid === 'no' && afterUnpaid()) {
        const { [id]: _mine, ...forms } = run.head.forms;
        run.update({ forms });
        return;
      }
      sink.end(end);
    },
  });
  if (signal.aborted) onAbort();
}

/** Whether it is certain that no wallet has been asked to sign for this run. */
async function isUnsigned({ ledger }: Deps, { head }: Run): Promise<boolean> {
  try {
    const payment = await ledger.ofCall(head.site, head.callId);
    return paidOf(payment) === 'no' && (payment !== undefined || head.paymentId === undefined);
  } catch {
    return false;
  }
}

/** The least that `maxSpend` and the named quote allow, and whose gateway is meant. */
async function boundsOf(
  deps: Deps,
  call: PageCall,
  request: ChatRequest,
  options: PageParams<'chat'>['options'],
): Promise<ChatToPay> {
  const bounds: MicroUsdc[] = [];
  const maxSpend = parseUsdc(options.maxSpend);
  if (maxSpend !== undefined) bounds.push(maxSpend);
  let gatewayId = options.gateway;
  if (options.quoteId !== undefined) {
    const quote = await deps.quotes.find(call.site, options.quoteId);
    gatewayId ??= quote.gatewayId;
    // Who answers the site may have been changed since: then it is another request.
    const policy = await deps.policies.get(call.site);
    const { gateway, model } = await sellerOf(deps, gatewayId, policy, request.model);
    const { bodyDigest } = await freeze({ ...request, model }, gateway);
    if (quote.gatewayId !== gatewayId || quote.bodyDigest !== bodyDigest) throw new Failure('unknownQuote');
    bounds.push(quote.maxAmount);
  }
  const maxAmount = bounds.length === 0 ? undefined : bounds.reduce((a, b) => (a < b ? a : b));
  return { request, gatewayId, maxAmount };
}
