import { Failure } from '../../core/failure.ts';
import { formatUsdc } from '../../core/money.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { readPaidAnswer } from '../../gateway/paidAnswer.ts';
import type { ChatChunk, ChatUsage } from '../../protocol/page.ts';
import type { Deps } from '../deps.ts';
import type { Run } from '../runs/runs.ts';

/**
 * Reads a paid answer to its end and gives it to the run, one batch for what one read brought. The page's leaving does
 * not end it: it is paid.
 *
 * @throws {Failure} with `paid` and what came so far kept in the run
 */
export async function streamAnswer(
  deps: Pick<Deps, 'clock'>,
  run: Run,
  response: Response,
  receipt: { readonly id: string; readonly amount: MicroUsdc; readonly paid: 'yes' | 'unknown' },
): Promise<void> {
  const { clock } = deps;
  const envelope = {
    id: `chatcmpl-${run.head.id}`,
    object: 'chat.completion.chunk' as const,
    created: Math.floor(clock.nowMs() / 1000),
    model: run.head.model,
  };
  const paidchat = { receiptId: receipt.id, amountUsdc: formatUsdc(receipt.amount) };
  let usage: ChatUsage | undefined;
  let finishReason = 'stop';
  let started = false;
  let complete = false;

  const facts = { paid: receipt.paid, receiptId: receipt.id };
  try {
    for await (const items of readPaidAnswer(response, { clock, signal: run.stopped, facts })) {
      const chunks: ChatChunk[] = [];
      for (const item of items) {
        if (item.type === 'usage') usage = item.usage;
        if (item.type === 'verification') run.update({ verified: item.verified });
        if (item.type === 'done') complete = true;
        if (item.type !== 'delta') continue;
        for (const choice of item.choices) {
          // The one finish_reason goes into our last chunk, which also carries the receipt.
          if (choice.finish_reason !== null) finishReason = choice.finish_reason;
        }
        const choices = item.choices.map((choice) => ({
          ...choice,
          delta: started ? choice.delta : { role: 'assistant' as const, ...choice.delta },
          finish_reason: null,
        }));
        // Who only reads headers, as behind `fetch`, knows the receipt before the answer is over.
        chunks.push({ ...envelope, choices, ...(started ? {} : { paidchat }) });
        started = true;
      }
      if (chunks.length > 0) run.append(chunks);
      if (complete) break;
    }
  } catch (error) {
    // Stop is an answer too: what came until then is what the page gets.
    if (!run.stopped.aborted) throw error;
  }
  if (!complete && !run.stopped.aborted) throw new Failure('streamBroken', facts);
  if (usage) run.update({ tokens: { input: usage.prompt_tokens, output: usage.completion_tokens } });
  run.append([
    {
      ...envelope,
      choices: [{ index: 0, delta: {}, finish_reason: finishReason }],
      ...(usage ? { usage } : {}),
      paidchat,
    },
  ]);
}
