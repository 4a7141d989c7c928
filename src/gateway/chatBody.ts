import { Failure } from '../core/failure.ts';
import type { Gateway } from '../core/gateways.ts';
import type { ChatRequest } from '../protocol/page.ts';

/**
 * The bound on the answer that a request is sent with.
 *
 * @throws {Failure} badRequest where it is not a positive whole number
 */
export function boundOf(request: ChatRequest, gateway: Gateway): number {
  const bound = request.max_completion_tokens ?? request.max_tokens ?? gateway.defaultMaxTokens;
  if (!Number.isSafeInteger(bound) || bound < 1) {
    throw new Failure('badRequest', { detail: 'max_completion_tokens' });
  }
  return bound;
}

/** The fields of a request that every gateway takes under the same names, one by one. */
export function optionsOf(request: ChatRequest) {
  const { temperature, top_p, stop, tools, tool_choice, parallel_tool_calls, response_format } = request;
  const { metadata, frequency_penalty, presence_penalty, seed, reasoning_effort } = request;
  return {
    temperature,
    top_p,
    stop,
    tools,
    tool_choice,
    parallel_tool_calls,
    response_format,
    metadata,
    frequency_penalty,
    presence_penalty,
    seed,
    reasoning_effort,
  };
}

/** The messages of a request with their known fields alone. */
export function messagesOf({ messages }: ChatRequest) {
  return messages.map(({ role, content, name, tool_call_id, tool_calls }) => ({
    role,
    content,
    name,
    tool_call_id,
    tool_calls,
  }));
}

/** One of them is in every request already, under the name that the gateway takes: a second bound would be another price. */
const boundNames: ReadonlySet<string> = new Set(['max_tokens', 'max_completion_tokens']);

/** A body as text, with the gateway's extra fields where the request has none of that name. */
export function bodyText(gateway: Gateway, own: Readonly<Record<string, unknown>>): string {
  const extra = Object.entries(gateway.extraBody ?? {}).filter(
    ([name]) => own[name] === undefined && !boundNames.has(name),
  );
  return JSON.stringify({ ...own, ...Object.fromEntries(extra) });
}
