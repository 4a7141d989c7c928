import type { ChatChunk, ChatRequest, PaidChat, PaidChatError } from '../inpage/types.ts';

/** Where SDKs believe the gateway to be, as in the real one. */
export const baseURL = 'https://paidchat.invalid/v1';

/** The mock that speaks here. */
type Spoken = Pick<PaidChat, 'chat' | 'models'>;

/** `fetch` of a mock: OpenAI's HTTP with the statuses, headers and events of `paidChat.fetch`. */
export function mockFetch({ chat, models }: Spoken): PaidChat['fetch'] {
  const complete = async (body: string, options: { signal?: AbortSignal; maxSpend?: string }) => {
    let request: ChatRequest;
    try {
      request = JSON.parse(body);
    } catch {
      return failure(notTaken('The body is not JSON.'));
    }
    if (request.stream !== true) {
      const completion = await chat.completions.create({ ...request, stream: false }, options);
      return answer(200, JSON.stringify(completion), completion.paidchat?.receiptId);
    }
    const stream = await chat.completions.create({ ...request, stream: true }, options);
    const receiptId = await stream.receipt.then(
      ({ id }) => id,
      (error: PaidChatError) => error.receiptId,
    );
    return answer(200, eventsOf(stream), receiptId, 'text/event-stream');
  };

  return async (input, init) => {
    // The signal stays out of the request: where a test has a browser's globals beside Node's, the two do not fit.
    const { signal = input instanceof Request ? input.signal : undefined, ...rest } = init ?? {};
    const request = new Request(input, rest);
    const maxSpend = request.headers.get('x-paidchat-max-spend');
    const route = `${request.method} ${request.url}`;
    try {
      if (route === `GET ${baseURL}/models`) {
        const data = (await models()).map(({ id, gateway }) => ({
          id,
          object: 'model',
          created: 0,
          owned_by: gateway,
        }));
        return answer(200, JSON.stringify({ object: 'list', data }));
      }
      if (route !== `POST ${baseURL}/chat/completions`)
        return failure(notTaken('PaidChat speaks chat.completions.'), 404);
      return await complete(await request.text(), {
        ...(signal ? { signal } : {}),
        ...(maxSpend === null ? {} : { maxSpend }),
      });
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === 'PaidChatError') return failure(thrown as PaidChatError);
      throw thrown;
    }
  };
}

/** As server-sent events; a failure on the way is one of them. */
function eventsOf(stream: AsyncIterable<ChatChunk>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = stream[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const event = (text: string) => controller.enqueue(encoder.encode(`data: ${text}\n\n`));
      try {
        const { value, done } = await iterator.next();
        event(done ? '[DONE]' : JSON.stringify(value));
        if (done) controller.close();
      } catch (thrown) {
        if (!(thrown instanceof Error) || thrown.name !== 'PaidChatError') throw thrown;
        event(errorText(thrown as PaidChatError));
        controller.close();
      }
    },
  });
}

type Facts = Omit<PaidChatError, 'name' | 'stack' | 'cause'>;

function notTaken(message: string): Facts {
  return { message, type: 'invalid_params', code: -32602, phase: 'validate', paid: 'no', retryable: false };
}

function failure(error: Facts, status?: number): Response {
  const isBadRequest = error.type === 'invalid_params' && error.paid === 'no';
  return answer(status ?? (isBadRequest ? 400 : 402), errorText(error), error.receiptId);
}

function errorText({ message, type, code, phase, paid, retryable, receiptId }: Facts): string {
  return JSON.stringify({ error: { message, type, code, param: null, phase, paid, retryable, receiptId } });
}

function answer(
  status: number,
  body: string | ReadableStream<Uint8Array>,
  receiptId?: string,
  type = 'application/json',
): Response {
  const headers = new Headers({ 'content-type': type });
  if (status !== 200) headers.set('x-should-retry', 'false');
  if (receiptId !== undefined) headers.set('x-paidchat-receipt', receiptId);
  return new Response(body, { status, headers });
}
