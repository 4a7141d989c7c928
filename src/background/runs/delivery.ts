import { assembleCompletion } from '../../core/completion.ts';
import type { Json } from '../../core/json.ts';
import type { Receipt } from '../../protocol/page.ts';
import type { RunEnd } from './runHead.ts';
import type { Run, RunSink } from './runs.ts';

/**
 * Gives a call the answer of its run in the form that it asked for: chunks from `offset` on and the end, or the whole
 * with the end alone.
 *
 * @returns the undo
 */
export function deliver(run: Run, callId: string, offset: number, sink: RunSink): () => void {
  if (run.head.forms[callId] !== 'whole') return run.follow(offset, sink);
  return run.follow(run.chunks.length, {
    chunks: () => undefined,
    end: (end) => sink.end(isPaid(end) ? withCompletion(end, run) : end),
  });
}

type PaidEnd = { readonly result: { readonly receipt: Receipt } };

function isPaid(end: RunEnd): end is RunEnd & PaidEnd {
  return 'result' in end;
}

function withCompletion({ result: { receipt } }: PaidEnd, run: Run): RunEnd {
  const last = run.chunks.at(-1);
  const completion = assembleCompletion(run.chunks, {
    id: last?.id ?? run.head.id,
    created: last?.created ?? 0,
    model: run.head.model,
    paidchat: { receiptId: receipt.id, amountUsdc: receipt.amountUsdc },
  });
  return { result: { receipt, completion } as unknown as Json };
}
