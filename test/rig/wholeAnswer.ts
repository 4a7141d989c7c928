import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { json, reset } from './reply.ts';
import { thoughts, usageOf } from './sse.ts';
import type { AnswerStream } from './sse.ts';

/** Sends an answer whole, as OpenAI's chat completion. */
export async function sendWholeAnswer(stream: AnswerStream): Promise<void> {
  const { response, request, faults, hold, signal } = stream;
  const { model, inputTokens } = request;
  let content = '';
  const calls: object[] = [];
  for await (const piece of stream.pieces) {
    if (typeof piece === 'string') content += piece;
    else
      calls.push({
        id: 'call_rig_1',
        type: 'function',
        function: { name: piece.call, arguments: piece.args },
      });
  }
  if (faults.take('emptyAnswer')) content = '';
  if (faults.take('holdStream')) await hold.wait(signal);
  const message = {
    role: 'assistant',
    content,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(model.reasons === undefined ? {} : { [model.reasons]: thoughts }),
  };
  const completion = {
    id: 'chatcmpl-rig',
    object: 'chat.completion',
    model: model.id,
    choices: [{ index: 0, message, finish_reason: calls.length === 0 ? 'stop' : 'tool_calls' }],
    usage: usageOf(inputTokens, countTokens(content)),
  };
  // Not before: a gateway that streams nothing can wait for the chain.
  await stream.verified;
  if (faults.take('dropMidStream') === undefined) return json(response, 200, completion);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(JSON.stringify(completion).slice(0, -40), () => reset(response));
}
