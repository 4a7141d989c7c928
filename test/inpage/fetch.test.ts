import { describe, expect, it } from 'vitest';
import { createCalls } from '../../src/inpage/calls.ts';
import { createAsk } from '../../src/inpage/chat.ts';
import { baseURL, createFetch } from '../../src/inpage/fetch.ts';
import { fakeClock } from '../fakes/clock.ts';
import { turns } from '../fakes/eventually.ts';
import { fakeBridge, noWallet, rejectionOf } from './fakeBridge.ts';

const url = `${baseURL}/chat/completions`;
const messages = [{ role: 'user', content: 'Why?' }];
const receipt = { id: 'receipt-1', amountUsdc: '0.004424' };
const paidchat = { receiptId: receipt.id, amountUsdc: receipt.amountUsdc };
const chunk = (text: string, rest: object = {}) => ({
  choices: [{ index: 0, delta: { content: text }, finish_reason: null }],
  ...rest,
});
const completion = { object: 'chat.completion', choices: [], paidchat };

function page() {
  const bridge = fakeBridge();
  const clock = fakeClock();
  const after = (ms: number, callback: () => void) => clock.after(ms, callback);
  const calls = createCalls(bridge, bridge.newId, noWallet);
  const fetch = createFetch(createAsk(calls, after), calls, after);
  const frame = (rest: object, id = bridge.lastId) => bridge.say({ v: 1, id, ...rest });
  return {
    bridge,
    clock,
    fetch,
    post: async (body: object, init: RequestInit = {}) => {
      const response = fetch(url, { method: 'POST', body: JSON.stringify(body), ...init });
      response.catch(() => undefined);
      await turns(3);
      return { response, id: bridge.lastId };
    },
    params: () => (bridge.sent.findLast(({ kind }) => kind === 'call') as { params?: unknown }).params,
    event: (offset: number, ...event: unknown[]) => frame({ kind: 'event', offset, event }),
    end: (result: unknown) => frame({ kind: 'end', result }),
    fail: (error: object = {}) =>
      frame({
        kind: 'fail',
        error: {
          type: 'payment_unknown',
          message: 'Unknown.',
          phase: 'send',
          paid: 'unknown',
          retryable: false,
          ...error,
        },
      }),
  };
}

describe('paidChat.fetch', () => {
  it('answers a request that does not stream with the whole, and names the receipt', async () => {
    const { post, end, params } = page();
    const { response } = await post({ model: 'm', messages });
    expect(params()).toEqual({ request: { model: 'm', messages }, options: {}, stream: false });
    end({ completion, receipt });
    const answered = await response;
    expect(answered.status).toBe(200);
    expect(answered.headers.get('x-paidchat-receipt')).toBe('receipt-1');
    expect(await answered.json()).toEqual(completion);
  });

  it('streams server-sent events, the receipt named before the first', async () => {
    const { post, event, end } = page();
    const { response } = await post({ messages, stream: true });
    const chunks = [chunk('a', { paidchat }), chunk('b'), chunk('', { paidchat })];
    event(0, chunks[0]);
    const answered = await response;
    expect(answered.headers.get('content-type')).toBe('text/event-stream');
    expect(answered.headers.get('x-paidchat-receipt')).toBe('receipt-1');
    event(1, chunks[1], chunks[2]);
    end({ receipt });
    const events = chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`);
    expect(await answered.text()).toBe(`${events.join('')}data: [DONE]\n\n`);
  });

  it.each([
    [{ paid: 'unknown' }, 402],
    [{ paid: 'no', type: 'user_rejected' }, 402],
    [{ paid: 'no', type: 'gateway_unavailable', retryable: true }, 402],
    [{ paid: 'no', type: 'invalid_params' }, 400],
    [{ paid: 'yes', type: 'invalid_params' }, 402],
  ])('tells a failure %j with a status that no SDK repeats: %i', async (error, status) => {
    const { post, fail } = page();
    const { response } = await post({ messages });
    fail(error);
    const answered = await response;
    expect(answered.status).toBe(status);
    expect(answered.headers.get('x-should-retry')).toBe('false');
    expect(await answered.json()).toMatchObject({ error: { message: 'Unknown.', param: null, ...error } });
  });

  it('tells a failure on the way as an event, and the body ends well', async () => {
    const { post, event, fail } = page();
    const { response } = await post({ messages, stream: true });
    event(0, chunk('a', { paidchat }));
    const answered = await response;
    fail({ paid: 'yes', phase: 'stream', message: 'Broke off.' });
    const text = await answered.text();
    expect(text).toContain('"message":"Broke off."');
    expect(text).not.toContain('[DONE]');
  });

  it('takes the options of a call from headers', async () => {
    const { post, params } = page();
    const headers = {
      authorization: 'Bearer paidchat',
      'x-paidchat-max-spend': '0.01',
      'x-paidchat-gateway': 'jumpgate',
      'idempotency-key': 'k',
    };
    await post({ messages }, { headers });
    expect(params()).toMatchObject({
      options: { maxSpend: '0.01', gateway: 'jumpgate', idempotencyKey: 'k' },
    });
  });

  it('leaves out what SDKs add for themselves, and refuses more than one answer', async () => {
    const { post, params } = page();
    await post({ messages, stream_options: { include_usage: true }, user: 'u', store: true, n: 1 });
    expect(params()).toMatchObject({ request: { messages } });
    expect(Object.keys((params() as { request: object }).request)).toEqual(['messages']);
    const { response } = await post({ messages, n: 2 });
    expect((await response).status).toBe(400);
  });

  it.each([
    ['POST', '/responses', 404, 'Responses API'],
    ['POST', '/embeddings', 404, 'answers only'],
    ['GET', '/chat/completions', 404, 'answers only'],
  ])('says of %s %s what there is instead', async (method, path, status, words) => {
    const { fetch, bridge } = page();
    const answered = await fetch(`${baseURL}${path}`, { method });
    expect(answered.status).toBe(status);
    expect(await answered.text()).toContain(words);
    expect(bridge.sent).toEqual([]);
  });

  it('does not answer for other hosts, and sends nothing to them', async () => {
    const { fetch, bridge } = page();
    const answered = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      body: '{}',
    });
    expect(answered.status).toBe(404);
    expect(bridge.sent).toEqual([]);
  });

  it('refuses a body that is no JSON', async () => {
    const { fetch } = page();
    const answered = await fetch(url, { method: 'POST', body: 'messages=hello' });
    expect(answered.status).toBe(400);
  });

  it('writes what came also in a page whose objects and arrays have a toJSON', async () => {
    const { post, event, end } = page();
    const { response } = await post({ messages, stream: true });
    event(0, chunk('a', { paidchat }));
    end({ receipt });
    const answered = await response;
    const owners = [Object.prototype, Array.prototype];
    for (const owner of owners)
      Object.defineProperty(owner, 'toJSON', { configurable: true, value: () => 'changed' });
    try {
      const text = await answered.text();
      expect(text.startsWith('data: {"choices":[{"index":0,"delta":{"content":"a"}')).toBe(true);
    } finally {
      for (const owner of owners) Reflect.deleteProperty(owner, 'toJSON');
    }
  });

  it('lists the models as OpenAI does', async () => {
    const { fetch, end } = page();
    const response = fetch(`${baseURL}/models`);
    end([{ id: 'ambient/large', gateway: 'jumpgate' }]);
    expect(await (await response).json()).toEqual({
      object: 'list',
      data: [{ id: 'ambient/large', object: 'model', created: 0, owned_by: 'jumpgate' }],
    });
  });
});

describe('a repeat', () => {
  const repeatsOf = (params: unknown) => (params as { options: { repeats?: string[] } }).options.repeats;

  it('names the call that its SDK gave up', async () => {
    const { post, params, end, clock } = page();
    const aborter = new AbortController();
    const first = await post({ messages }, { signal: aborter.signal });
    aborter.abort();
    const second = await post({ messages });
    expect(repeatsOf(params())).toEqual([first.id]);
    end({ completion, receipt });
    expect((await second.response).status).toBe(200);
    clock.advance(1_000);
    expect(await rejectionOf(first.response)).toMatchObject({ name: 'AbortError' });
    await post({ messages });
    expect(repeatsOf(params())).toBeUndefined();
  });

  it('names the call whose payment is unknown, and one after that both', async () => {
    const { post, params, fail } = page();
    const first = await post({ messages });
    fail();
    await first.response;
    const second = await post({ messages });
    expect(repeatsOf(params())).toEqual([first.id]);
    fail({ paid: 'yes' });
    await second.response;
    await post({ messages });
    expect(repeatsOf(params())).toEqual([first.id, second.id]);
  });

  it('names a stream that was left, or broke, before its end', async () => {
    const { post, params, event, fail } = page();
    const left = await post({ messages, stream: true });
    event(0, chunk('a', { paidchat }));
    await (await left.response).body?.cancel();
    const second = await post({ messages, stream: true });
    expect(repeatsOf(params())).toEqual([left.id]);
    event(0, chunk('a', { paidchat }));
    const answered = await second.response;
    fail({ paid: 'yes' });
    await answered.text();
    await post({ messages, stream: true });
    expect(repeatsOf(params())).toEqual([left.id, second.id]);
  });

  it('that is refused, or given up before it left, leaves the call that it names to the next', async () => {
    const { post, params, fail } = page();
    const first = await post({ messages });
    fail();
    await first.response;
    const refused = await post({ messages });
    fail({ paid: 'no', type: 'request_pending' });
    await refused.response;
    await rejectionOf((await post({ messages }, { signal: AbortSignal.abort() })).response);
    await post({ messages });
    expect(repeatsOf(params())).toEqual([first.id]);
  });

  it('names nothing where the first is alive, was answered, was not paid, asked something else or is ten minutes old', async () => {
    const { post, params, end, fail, clock } = page();
    await post({ messages });
    const alive = await post({ messages });
    expect(repeatsOf(params())).toBeUndefined();
    end({ completion, receipt });
    await alive.response;
    const unpaid = await post({ messages });
    expect(repeatsOf(params())).toBeUndefined();
    fail({ paid: 'no', type: 'user_rejected' });
    await unpaid.response;
    const unknown = await post({ messages });
    expect(repeatsOf(params())).toBeUndefined();
    fail();
    await unknown.response;
    await post({ messages, temperature: 1 });
    expect(repeatsOf(params())).toBeUndefined();
    clock.advance(10 * 60_000);
    await post({ messages });
    expect(repeatsOf(params())).toBeUndefined();
  });
});
