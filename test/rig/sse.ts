import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import type { AnswerPiece } from './answers.ts';
import type { Faults } from './faults.ts';
import type { Hold } from './hold.ts';
import type { RigRequest } from './quote.ts';

/** One answer on its way out. */
export interface AnswerStream {
  readonly response: ServerResponse;
  readonly request: RigRequest;
  readonly pieces: AsyncIterable<AnswerPiece>;
  readonly faults: Faults;
  readonly hold: Hold;
  /** Whether the payment went through: known before the stream, or while it runs. */
  readonly verified: Promise<boolean>;
  /** The client left. */
  readonly signal: AbortSignal;
}

/** Tokens after which the faults of mid-stream come. */
const middle = 5;

/** What a model thinks here that does. */
export const thoughts = 'The rig thinks about its words. ';

/** Over every limit that a client sets on one event. */
const hugeBytes = 2 * 1024 * 1024;

/** Streams an answer in its gateway's frames up to [DONE], faults included. */
export async function streamAnswer(stream: AnswerStream, shape: Shape): Promise<void> {
  const { response, request, faults, signal } = stream;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.flushHeaders();
  const empty = faults.take('emptyAnswer') !== undefined;
  const slow = faults.take('slowTokens');
  let text = '';
  let count = 0;
  let finish = 'stop';
  for (const line of shape.opening) await write(stream, line);
  for await (const piece of stream.pieces) {
    if (empty) break;
    if (slow !== undefined) await wait(slow.ms ?? 500, undefined, { signal });
    if (typeof piece === 'string') {
      await write(stream, shape.delta({ content: piece }));
      text += piece;
    } else {
      for (const part of callParts(piece.call, piece.args)) await write(stream, shape.delta(part));
      finish = 'tool_calls';
    }
    count += 1;
    if (count === middle && !(await passMiddle(stream, shape))) return;
  }
  if (count < middle && !(await passMiddle(stream, shape))) return;
  if (faults.take('endless') !== undefined)
    while (!signal.aborted) await write(stream, shape.delta({ content: 'and so on '.repeat(400) }));
  for (const line of shape.closing(
    finish,
    usageOf(request.inputTokens, countTokens(text)),
    await stream.verified,
  ))
    await write(stream, line);
  if (faults.take('noDone') === undefined) await write(stream, 'data: [DONE]\n\n');
  response.end();
}

/** @returns whether the stream goes on */
async function passMiddle(stream: AnswerStream, shape: Shape): Promise<boolean> {
  const { faults, hold, response, signal } = stream;
  if (faults.take('badFrame') !== undefined) {
    await write(stream, 'data: {"Content":{"choices":[{"delta":\n\n');
    await write(stream, 'data: not json at all\n\n');
    await write(stream, Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0x20, 0xff, 0xfe, 0xc3, 0x0a, 0x0a]));
  }
  if (faults.take('hugeEvent') !== undefined)
    await write(stream, shape.delta({ content: 'huge '.repeat(hugeBytes / 5) }));
  if (faults.take('dropMidStream') !== undefined) {
    response.socket?.resetAndDestroy();
    return false;
  }
  if (faults.take('holdStream') !== undefined) await hold.wait(signal);
  return !signal.aborted;
}

/** How the parts of an answer look on the wire. */
export interface Shape {
  readonly opening: readonly string[];
  delta(delta: object): string;
  closing(finish: string, usage: object, verified: boolean): string[];
}

/** Content, Usage, Verification, as JumpGate documents them. */
export const jumpGateFrames: Shape = {
  opening: [],
  delta: (delta) => frame({ Content: { choices: [{ delta }] } }),
  closing: (finish, usage, verified) => [
    ...(finish === 'stop' ? [] : [frame({ Content: { choices: [{ delta: {}, finish_reason: finish }] } })]),
    frame({ Usage: { usage } }),
    frame({ Verification: { verified } }),
  ],
};

/** OpenAI's chunks. @param reasons - the name under which the model thinks first, where it does */
export function openAiChunks(model: string, reasons?: 'reasoning' | 'reasoning_content'): Shape {
  const chunk = (delta: object, rest: object = {}) =>
    frame({
      id: 'chatcmpl-rig',
      object: 'chat.completion.chunk',
      model,
      choices: [{ index: 0, delta, finish_reason: null }],
      ...rest,
    });
  return {
    opening: [
      chunk({ role: 'assistant', content: '' }),
      ...(reasons === undefined ? [] : [chunk({ [reasons]: thoughts })]),
    ],
    delta: (delta) => chunk(delta),
    closing: (finish, usage) => [
      chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
      chunk({}, { choices: [], usage }),
    ],
  };
}

/** A call as it is streamed: id and name first, the arguments in two pieces. */
function callParts(name: string, args: string): object[] {
  const half = Math.ceil(args.length / 2);
  const part = (call: object) => ({ tool_calls: [{ index: 0, ...call }] });
  return [
    part({ id: 'call_rig_1', type: 'function', function: { name, arguments: '' } }),
    part({ function: { arguments: args.slice(0, half) } }),
    part({ function: { arguments: args.slice(half) } }),
  ];
}

/** Tokens in OpenAI's shape. */
export function usageOf(inputTokens: number, outputTokens: number) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}

function frame(payload: object): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

/** Waits while the client does not read: an endless answer must not fill our own memory. */
async function write({ response, signal }: AnswerStream, data: string | Buffer): Promise<void> {
  if (signal.aborted) return;
  if (!response.write(data)) await once(response, 'drain', { signal });
}
