import { isJsonObject } from './json.ts';

/** What of a streamed chunk makes up the whole answer, in OpenAI's shape. */
export interface AnswerChunk<Usage> {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: {
      readonly content?: string | null;
      readonly reasoning?: string;
      readonly tool_calls?: readonly Readonly<Record<string, unknown>>[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage;
}

/** What no chunk says of the whole answer. */
export interface CompletionFacts {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly paidchat: { readonly receiptId: string; readonly amountUsdc: string };
}

interface ToolCall {
  id?: string;
  type: 'function';
  function: { name: string; arguments: string };
}

interface Choice {
  content: string | undefined;
  reasoning: string | undefined;
  toolCalls: Map<number, ToolCall>;
  finishReason: string | null;
}

/**
 * Puts the chunks of a streamed answer together as the answer that was not streamed: text appended, tool calls merged by
 * their index, the last finish reason and usage kept.
 */
export function assembleCompletion<Usage>(chunks: Iterable<AnswerChunk<Usage>>, facts: CompletionFacts) {
  const choices = new Map<number, Choice>();
  let usage: Usage | undefined;
  for (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    for (const { index, delta, finish_reason } of chunk.choices) {
      const choice = entry(choices, index, newChoice);
      if (typeof delta.content === 'string') choice.content = (choice.content ?? '') + delta.content;
      if (delta.reasoning !== undefined) choice.reasoning = (choice.reasoning ?? '') + delta.reasoning;
      for (const call of delta.tool_calls ?? []) mergeToolCall(choice.toolCalls, call);
      choice.finishReason = finish_reason ?? choice.finishReason;
    }
  }
  const { id, created, model, paidchat } = facts;
  return {
    id,
    object: 'chat.completion' as const,
    created,
    model,
    choices: inOrder(choices).map(([index, choice]) => ({
      index,
      message: messageOf(choice),
      finish_reason: choice.finishReason,
    })),
    ...(usage === undefined ? {} : { usage }),
    paidchat: { ...paidchat },
  };
}

function messageOf({ content, reasoning, toolCalls }: Choice) {
  const calls = inOrder(toolCalls).map(([, call]) => ({ ...call }));
  return {
    role: 'assistant' as const,
    // OpenAI's way: null beside tool calls, text otherwise, even when it is empty.
    content: content ?? (calls.length > 0 ? null : ''),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

/** A call's id and name come once, its arguments piece by piece. */
function mergeToolCall(calls: Map<number, ToolCall>, piece: Readonly<Record<string, unknown>>): void {
  const { index, id, function: given } = piece;
  const call = entry(calls, typeof index === 'number' ? index : 0, newToolCall);
  if (typeof id === 'string' && id !== '') call.id ??= id;
  if (!isJsonObject(given)) return;
  if (typeof given['name'] === 'string') call.function.name ||= given['name'];
  if (typeof given['arguments'] === 'string') call.function.arguments += given['arguments'];
}

function newChoice(): Choice {
  return { content: undefined, reasoning: undefined, toolCalls: new Map(), finishReason: null };
}

function newToolCall(): ToolCall {
  return { type: 'function', function: { name: '', arguments: '' } };
}

function entry<V>(map: Map<number, V>, key: number, create: () => V): V {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

function inOrder<V>(map: Map<number, V>): [number, V][] {
  return [...map].sort(([a], [b]) => a - b);
}
