import { Failure } from '../core/failure.ts';
import type { FailureFacts } from '../core/failure.ts';
import { isJsonObject } from '../core/json.ts';
import type { ChatChunk, ChatUsage } from '../protocol/page.ts';
import { cleanWords, errorMessage } from './answers.ts';

/** What one event of an answer's stream says. */
export type AnswerItem =
  | { readonly type: 'delta'; readonly choices: ChatChunk['choices']; readonly id?: string }
  | { readonly type: 'usage'; readonly usage: ChatUsage }
  | { readonly type: 'verification'; readonly verified: boolean }
  | { readonly type: 'done' }
  /** Not understood: to be counted, not to fail for. */
  | { readonly type: 'skipped' };

/** An event by which the gateway says that the answer has failed. */
export interface AnswerError {
  readonly type: 'error';
  /** The gateway's words, one clean line. */
  readonly words: string | undefined;
}

type Choice = ChatChunk['choices'][number];

const skipped = { type: 'skipped' } as const;
const maxChoices = 16;

/**
 * Reads the data of one event, in JumpGate's dialect (Content, Usage, Verification) or as a plain OpenAI chunk. Only
 * known fields of the right type are taken over.
 */
export function readFrame(data: string): readonly (AnswerItem | AnswerError)[] {
  if (data.trim() === '[DONE]') return [{ type: 'done' }];
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return [skipped];
  }
  return isJsonObject(frame) ? readObject(frame) : [skipped];
}

/**
 * Reads an answer that came whole, as OpenAI's chat completion: the items of a stream that says the same.
 *
 * @returns undefined for anything that is no object
 */
export function readCompletion(value: unknown): readonly (AnswerItem | AnswerError)[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const { choices } = value;
  const asDeltas = Array.isArray(choices) ? choices.map(withMessageAsDelta) : choices;
  return [...readObject({ ...value, choices: asDeltas }), { type: 'done' }];
}

/** The failure of an answer by its gateway's own word. */
export function answerError(
  { words }: AnswerError,
  { facts = {} }: { readonly facts?: FailureFacts },
): Failure {
  return new Failure('streamError', { ...facts, ...(words === undefined ? {} : { detail: words }) });
}

function withMessageAsDelta(choice: unknown): unknown {
  return isJsonObject(choice) ? { ...choice, delta: choice['message'] } : choice;
}

function readObject(frame: Record<string, unknown>): readonly (AnswerItem | AnswerError)[] {
  const failure = frame['error'] ?? frame['Error'];
  if (failure !== undefined && failure !== null && failure !== false) {
    return [{ type: 'error', words: cleanWords(errorMessage(failure)) }];
  }
  const { Content, Usage, Verification } = frame;
  const items = [
    ...readChunk(isJsonObject(Content) ? Content : frame),
    ...(isJsonObject(Usage) ? readUsage(Usage['usage']) : []),
    ...(isJsonObject(Verification) ? readVerification(Verification['verified']) : []),
  ];
  return items.length > 0 ? items : [skipped];
}

function readChunk({ choices, usage, id }: Record<string, unknown>): AnswerItem[] {
  const read = Array.isArray(choices) ? choices.slice(0, maxChoices).flatMap(readChoice) : [];
  const delta: AnswerItem = {
    type: 'delta',
    choices: read,
    ...(typeof id === 'string' ? { id: id.slice(0, 128) } : {}),
  };
  return [...(read.length > 0 ? [delta] : []), ...readUsage(usage)];
}

function readChoice(choice: unknown, position: number): Choice[] {
  if (!isJsonObject(choice)) return [];
  const { index, delta, finish_reason } = choice;
  return [
    {
      index: isCount(index) && index < maxChoices ? index : position,
      delta: isJsonObject(delta) ? readDelta(delta) : {},
      finish_reason: typeof finish_reason === 'string' ? finish_reason.slice(0, 64) : null,
    },
  ];
}

function readDelta(delta: Record<string, unknown>): Choice['delta'] {
  const { role, content, tool_calls } = delta;
  // `reasoning_content` is the name that some gateways pass on from their models.
  const reasoning = delta['reasoning'] ?? delta['reasoning_content'];
  return {
    ...(role === 'assistant' ? { role } : {}),
    ...(typeof content === 'string' ? { content } : {}),
    ...(typeof reasoning === 'string' ? { reasoning } : {}),
    ...(Array.isArray(tool_calls) ? { tool_calls: tool_calls.flatMap(readToolCall) } : {}),
  };
}

function readToolCall(call: unknown, position: number): Record<string, unknown>[] {
  if (!isJsonObject(call)) return [];
  const { index, id, type } = call;
  const { name, arguments: args } = isJsonObject(call['function']) ? call['function'] : {};
  return [
    {
      index: isCount(index) ? index : position,
      ...(typeof id === 'string' ? { id } : {}),
      ...(type === 'function' ? { type } : {}),
      function: {
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof args === 'string' ? { arguments: args } : {}),
      },
    },
  ];
}

function readUsage(usage: unknown): AnswerItem[] {
  if (!isJsonObject(usage)) return [];
  const { prompt_tokens, completion_tokens, total_tokens } = usage;
  if (!isCount(prompt_tokens) || !isCount(completion_tokens)) return [];
  const total = isCount(total_tokens) ? total_tokens : prompt_tokens + completion_tokens;
  return [{ type: 'usage', usage: { prompt_tokens, completion_tokens, total_tokens: total } }];
}

function readVerification(verified: unknown): AnswerItem[] {
  return typeof verified === 'boolean' ? [{ type: 'verification', verified }] : [];
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
