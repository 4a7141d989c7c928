import { Failure, toWireError } from '../../core/failure.ts';
import type { Phase } from '../../core/errorCodes.ts';
import type { Json } from '../../core/json.ts';
import { paidOf } from '../../core/ledger.ts';
import type { Payment } from '../../core/ledger.ts';
import { panelSite } from '../../core/site.ts';
import type { ChatRequest } from '../../protocol/page.ts';
import type { RunStage } from '../../protocol/panel.ts';
import { deliver } from './delivery.ts';
import type { Deps } from '../deps.ts';
import type { PageCall } from '../pages/pageCall.ts';
import { pay } from '../paying/payments.ts';
import type { ChatToPay } from '../paying/payments.ts';
import { receiptOf } from '../paying/receipts.ts';
import type { AnswerForm } from './runHead.ts';
import type { Run } from './runs.ts';
import { gatewayOf } from '../paying/seller.ts';

/** How much of a question a card and the popup show. */
const questionLength = 500;
/** The panel's chat is put together again from its runs, so it needs them whole. */
const panelQuestionLength = 32_000;

/**
 * Starts a chat as a run of its own: whoever asked follows it and may leave, a paid run goes on to its end and is kept.
 * The call's sink gets the chunks, where they are wanted, and the one end.
 */
export function startRun(
  deps: Deps,
  call: PageCall,
  chat: ChatToPay,
  { form, requestDigest }: { readonly form: AnswerForm; readonly requestDigest: string },
): Run {
  const { runs } = deps;
  const gateway = gatewayOf(deps, chat.gatewayId, undefined);
  const run = runs.begin({
    callId: call.id,
    form,
    requestDigest,
    site: call.site,
    tabId: call.tabId,
    question: questionOf(chat.request, call.site === panelSite ? panelQuestionLength : questionLength),
    model: chat.request.model ?? gateway.defaultModel,
    gateway: gateway.name,
  });
  deliver(run, call.id, 0, call.sink);
  driveRun(deps, call, run, (signal) => pay(deps, call, chat, run, signal));
  return run;
}

/** Does a run's work in one of its site's lanes and ends the run with what came of it. */
export function driveRun(deps: Deps, call: PageCall, run: Run, work: Work): void {
  void drive(deps, call, run, work).finally(deps.hold());
}

type Work = (signal: AbortSignal) => Promise<Payment>;

async function drive(deps: Deps, call: PageCall, run: Run, work: Work): Promise<void> {
  const signal = AbortSignal.any([call.signal, run.stopped]);
  let leave: (() => void) | undefined;
  try {
    leave = await deps.lanes.enter(call.site, signal);
    const payment = await work(signal);
    const stopped = run.stopped.aborted;
    run.finish(
      { result: { receipt: receiptOf(payment) } as unknown as Json },
      { stage: stopped ? 'stopped' : 'done', incomplete: stopped, paid: paidOf(payment) },
    );
  } catch (thrown) {
    // What the ledger says of the money outweighs where the error came from.
    const payment = await deps.ledger.ofCall(call.site, call.id).catch(() => undefined);
    // Where the ledger is silent, a payment that had begun may be out.
    const mayBeOut = payment === undefined && run.head.paymentId !== undefined;
    const error = toWireError(inPhaseOf(run, thrown), {
      paid: mayBeOut ? 'unknown' : paidOf(payment),
      ...(payment === undefined ? {} : { receiptId: payment.id }),
    });
    const stopped = run.stopped.aborted;
    run.finish(
      { error },
      {
        stage: stopped ? 'stopped' : 'failed',
        reason: thrown instanceof Failure ? thrown.reason : 'unexpected',
        incomplete: run.chunks.length > 0,
        paid: error.paid,
        ...(call.signal.aborted && !stopped ? { givenUp: true } : {}),
      },
    );
  } finally {
    leave?.();
    void deps.recovery.look();
  }
}

const phases: Partial<Record<RunStage, Phase>> = {
  quoting: 'quote',
  approval: 'approve',
  wallet: 'sign',
  settling: 'send',
  streaming: 'stream',
};

/** Giving up has no phase of its own: it can come in any. */
export function inPhaseOf({ head }: Run, thrown: unknown): unknown {
  const phase = phases[head.stage];
  const isGivenUp = thrown instanceof Failure && (thrown.reason === 'aborted' || thrown.reason === 'stopped');
  return isGivenUp && phase !== undefined ? new Failure(thrown.reason, { phase }) : thrown;
}

/** The last thing the user says, as text. */
function questionOf({ messages }: ChatRequest, length: number): string {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (typeof content === 'string') return content.slice(0, length);
  const texts = content.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  return texts.join('\n').slice(0, length);
}
