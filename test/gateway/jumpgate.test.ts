import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { jumpGate } from '../../src/core/gateways.ts';
import { createHttp } from '../../src/gateway/http.ts';
import type { GatewayQuote } from '../../src/gateway/gatewayClient.ts';
import type { Fetch } from '../../src/gateway/http.ts';
import { askChallenge } from '../../src/gateway/challenge.ts';
import { jumpGateClient, readQuote } from '../../src/gateway/jumpgate.ts';
import type { ChatRequest } from '../../src/protocol/page.ts';
import { fakeClock } from '../fakes/clock.ts';

/** JumpGate's documented example. */
const documentedQuote = {
  headers: {
    'x402-input-tokens': '17',
    'x402-max-completion-tokens': '1000',
    'x402-model-tier': 'standard',
    'x402-max-tool-calls': '0',
  },
  input_tokens: 17,
  output_tokens: 1000,
  model_tier: 'standard',
  max_tool_calls: 0,
  amount_micro_usdc: 4424,
  amount_usdc: 0.004424,
  max_amount_micro_usdc: 4474,
  max_amount_usdc: 0.004474,
};

const request: ChatRequest = {
  model: 'ambient/large',
  messages: [{ role: 'user', content: 'Explain verifiable inference in one paragraph.' }],
  max_completion_tokens: 1000,
};
const { freeze, quote } = jumpGateClient;
const bodies = freeze(request, jumpGate);
const documentedPrice = readQuote(documentedQuote);
const paid = jumpGateClient.request(jumpGate, bodies, documentedPrice);

function gateway(answer: () => Response) {
  const fetch = vi.fn<Fetch>(async () => answer());
  return { fetch, http: createHttp(fetch, { clock: fakeClock(), allowLocalhost: () => false }) };
}

function json(value: unknown, status = 200): Response {
  return new Response(typeof value === 'string' ? value : JSON.stringify(value), { status });
}

function parsed(text: string): Record<string, unknown> {
  return JSON.parse(text);
}

/** The reason for which work fails, with its detail. */
async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure)
      return `${error.reason} ${/\((.*)\)$/s.exec(error.message)?.[1] ?? ''}`.trim();
    throw error;
  }
  return 'none';
}

const quoting = (answer: () => Response) => reasonOf(quote(gateway(answer).http, jumpGate, bodies));
const challenging = (answer: () => Response) => reasonOf(askChallenge(gateway(answer).http, paid));

describe('the bodies of a request', () => {
  it('are the documented ones', () => {
    const documented = {
      model: 'ambient/large',
      messages: request.messages,
      stream: true,
      is_paid: true,
      max_completion_tokens: 1000,
    };
    expect(JSON.parse(bodies.body)).toEqual(documented);
    expect(JSON.parse(bodies.quoteBody)).toEqual({ ...documented, max_tool_calls: 0 });
    expect(bodies).toMatchObject({ model: 'ambient/large', maxOutputTokens: 1000 });
  });

  it('name the gateway’s own model and 1,024 tokens where the page names neither', () => {
    const { body, model, maxOutputTokens } = freeze({ messages: [] }, jumpGate);
    expect({ model, maxOutputTokens }).toEqual({ model: 'ambient/large', maxOutputTokens: 1024 });
    expect(JSON.parse(body)).toMatchObject({ model, max_completion_tokens: 1024 });
  });

  it('carry max_tokens under the name that the gateway wants', () => {
    const { body } = freeze({ messages: [], max_tokens: 50 }, jumpGate);
    expect(JSON.parse(body)).toMatchObject({ max_completion_tokens: 50 });
    expect(body).not.toContain('"max_tokens"');
    const both = freeze({ messages: [], max_tokens: 50, max_completion_tokens: 60 }, jumpGate);
    expect(both.maxOutputTokens).toBe(60);
  });

  it('carry what OpenAI knows, and tool calls to reserve for in the quote alone', () => {
    const tools = [{ type: 'function', function: { name: 'now' } }];
    const full = {
      ...request,
      temperature: 0,
      top_p: 1,
      stop: ['\n'],
      tools,
      tool_choice: 'auto',
      max_tool_calls: 3,
    };
    const { body, quoteBody } = freeze({ ...full, response_format: { type: 'json_object' } }, jumpGate);
    expect(JSON.parse(body)).toMatchObject({
      temperature: 0,
      top_p: 1,
      stop: ['\n'],
      tools,
      tool_choice: 'auto',
    });
    expect(body).not.toContain('max_tool_calls');
    expect(JSON.parse(quoteBody)).toEqual({ ...parsed(body), max_tool_calls: 3 });
  });

  it('carry no field that is not known', () => {
    const message = { role: 'user', content: 'hi', secret: 1 } as const;
    const extra = {
      ...request,
      messages: [message],
      stream: false,
      is_paid: false,
      emit_usage: true,
      user: 'me',
    };
    expect(Object.keys(parsed(freeze(extra, jumpGate).body))).toEqual([
      'model',
      'messages',
      'stream',
      'is_paid',
      'max_completion_tokens',
    ]);
    expect(JSON.parse(freeze(extra, jumpGate).body)).toMatchObject({
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      is_paid: true,
    });
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 53])('refuse a bound of %s tokens', (max_tokens) => {
    expect(() => freeze({ messages: [], max_tokens }, jumpGate)).toThrow(
      expect.objectContaining({ reason: 'badRequest' }),
    );
  });
});

describe('a quote', () => {
  it('is asked for at the documented address, with the quote’s own body', async () => {
    const { http, fetch } = gateway(() => json(documentedQuote));
    const { signal } = new AbortController();
    expect(await quote(http, jumpGate, bodies, signal)).toEqual({
      amount: 4424n,
      maxAmount: 4474n,
      inputTokens: 17,
      maxOutputTokens: 1000,
      headers: documentedQuote.headers,
    });
    expect(fetch).toHaveBeenCalledWith(
      'https://jumpgate.ambient.xyz/paid/chat/v2/quote',
      expect.objectContaining({
        method: 'POST',
        body: bodies.quoteBody,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
      }),
    );
  });

  it('has its amount as the maximum where it names none', () => {
    const { max_amount_micro_usdc, ...rest } = documentedQuote;
    expect([max_amount_micro_usdc, readQuote(rest).maxAmount]).toEqual([4474, 4424n]);
  });

  it.each([
    ['text', { amount_micro_usdc: '4424' }],
    ['a fraction', { amount_micro_usdc: 4424.5 }],
    ['nothing', { amount_micro_usdc: 0 }],
    ['less than nothing', { amount_micro_usdc: -4424 }],
    ['no amount', { amount_micro_usdc: undefined }],
    ['null', { amount_micro_usdc: null }],
    ['a list', { amount_micro_usdc: [4424] }],
    ['a million dollars', { amount_micro_usdc: 1e12, max_amount_micro_usdc: 1e12 }],
    ['more than a double holds', { amount_micro_usdc: 2 ** 53, max_amount_micro_usdc: 2 ** 53 }],
    ['a maximum under the amount', { max_amount_micro_usdc: 4423 }],
    ['a maximum of null', { max_amount_micro_usdc: null }],
    ['a maximum of 1e21', { max_amount_micro_usdc: 1e21 }],
    ['tokens as text', { input_tokens: '17' }],
    ['fewer tokens than none', { input_tokens: -1 }],
    ['half a token', { output_tokens: 0.5 }],
    ['no tokens', { output_tokens: undefined }],
    ['no headers', { headers: undefined }],
    ['headers in a list', { headers: [['x402-a', 'b']] }],
  ])('is not understood: %s', async (_, change) => {
    expect(await quoting(() => json({ ...documentedQuote, ...change }))).toMatch(/^gatewayUnclear/);
  });

  it.each([
    ['authorization', { authorization: 'Bearer x' }],
    ['Authorization under our prefix', { 'x402-Authorization': 'x' }],
    ['a cookie', { cookie: 'a=b' }],
    ['a host', { host: 'elsewhere.example' }],
    ['a payment', { 'payment-signature': 'x' }],
    ['an old payment', { 'x-payment': 'x' }],
    ['a name in capitals', { 'X402-INPUT-TOKENS': '17' }],
    ['a name with a line end', { 'x402-a\r\nhost': 'x' }],
    ['a bare prefix', { 'x402-': 'x' }],
    ['a name that is too long', { [`x402-${'a'.repeat(49)}`]: 'x' }],
    ['__proto__', parsed('{"__proto__":"x"}')],
    ['a value with a line end', { 'x402-a': '1\r\nauthorization: x' }],
    ['a value with a bare LF', { 'x402-a': '1\nb' }],
    ['a value with a space', { 'x402-a': '1 2' }],
    ['a value with a tab', { 'x402-a': '1\t2' }],
    ['a value beyond ASCII', { 'x402-a': 'ü' }],
    ['a value with NUL', { 'x402-a': '\u0000' }],
    ['an empty value', { 'x402-a': '' }],
    ['a value that is too long', { 'x402-a': 'x'.repeat(129) }],
    ['a value that is a number', { 'x402-a': 17 }],
    ['a value that is a list', { 'x402-a': ['17'] }],
    ['seventeen headers', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`x402-${i}`, 'x']))],
  ])('is unsafe with %s', async (_, headers) => {
    const answer = JSON.stringify({ ...documentedQuote, headers: 0 }).replace(
      '"headers":0',
      `"headers":${JSON.stringify(headers)}`,
    );
    expect(await quoting(() => json(answer))).toMatch(/^unsafeQuote/);
  });

  it('gives nothing but headers of x402, whatever it holds', () => {
    const name = fc.string({ unit: fc.constantFrom(...Array.from('ab-Z9 :\r\n_ü')), maxLength: 8 });
    const value = fc.string({
      unit: fc.constantFrom(...Array.from('1a~ \t\r\n\u0000ü')),
      minLength: 1,
      maxLength: 4,
    });
    const header = fc.tuple(
      fc.oneof(
        name,
        name.map((rest) => `x402-${rest}`),
      ),
      value,
    );
    fc.assert(
      fc.property(fc.array(header, { minLength: 1, maxLength: 2 }), (entries) => {
        let quoted: GatewayQuote;
        try {
          quoted = readQuote({ ...documentedQuote, headers: Object.fromEntries(entries) });
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        const sent = new Headers({ ...jumpGateClient.request(jumpGate, bodies, quoted).headers });
        for (const [name, value] of sent) {
          expect(name).toMatch(/^(x402-[a-z0-9-]{1,48}|content-type|accept)$/);
          expect(value).toMatch(/^[\x20-\x7e]{1,128}$/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps sixteen headers of the longest names and values', () => {
    const headers = Object.fromEntries(
      Array.from({ length: 16 }, (_, i) => [`x402-${String(i).padStart(48, 'a')}`, '~'.repeat(128)]),
    );
    expect(readQuote({ ...documentedQuote, headers }).headers).toEqual(headers);
  });

  it.each([
    [400, '{"error":{"message":"unknown model"}}', 'gatewayRefused unknown model'],
    [400, '{"error":"missing pricing header"}', 'gatewayRefused missing pricing header'],
    [400, '', 'gatewayRefused status 400'],
    [404, '<html><title>gone</title>', 'gatewayRefused status 404'],
    [422, '{"detail":"messages"}', 'gatewayRefused messages'],
    [403, '{"message":"payment below 1000"}', 'belowMinimum payment below 1000'],
    [403, '<html>Forbidden</html>', 'gatewayUnclear status 403'],
    [401, '{"error":"key"}', 'gatewayUnclear status 401'],
    [402, '', 'gatewayUnclear status 402'],
    [204, null, 'gatewayUnclear status 204'],
    [429, 'No workers available', 'gatewayDown status 429'],
    [500, 'boom', 'gatewayDown status 500'],
    [503, '<html>', 'gatewayDown status 503'],
    [200, '<!doctype html><html></html>', 'gatewayUnclear'],
    [200, '', 'gatewayUnclear'],
    [200, '[]', 'gatewayUnclear quote'],
    [200, 'null', 'gatewayUnclear quote'],
    [200, ' '.repeat(65_537), 'gatewayUnclear more than 65536 bytes'],
  ])('of status %i ends well: %s', async (status, body, reason) => {
    expect(await quoting(() => new Response(body, { status }))).toBe(reason);
  });
});

describe('a challenge', () => {
  it('is asked for with the same bytes and headers as the payment', async () => {
    const { http, fetch } = gateway(
      () =>
        new Response('{}', {
          status: 402,
          headers: { 'PAYMENT-REQUIRED': 'e30=', date: 'Thu, 15 Jan 2026 12:00:00 GMT' },
        }),
    );
    const { signal } = new AbortController();
    expect(await askChallenge(http, paid, signal)).toEqual({
      header: 'e30=',
      dateMs: Date.UTC(2026, 0, 15, 12),
      alsoOffered: [],
    });
    expect(paid.url).toBe('https://jumpgate.ambient.xyz/paid/chat/v2');
    expect(paid.body).toBe(bodies.body);
    expect(fetch).toHaveBeenCalledWith(
      paid.url,
      expect.objectContaining({ method: 'POST', body: paid.body, headers: paid.headers }),
    );
    expect(paid.headers).toEqual({
      ...documentedQuote.headers,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    });
  });

  it.each([undefined, 'yesterday'])('has no time where the gateway gives none: %s', async (date) => {
    const headers = { 'PAYMENT-REQUIRED': 'e30=', ...(date === undefined ? {} : { date }) };
    const { http } = gateway(() => new Response(null, { status: 402, headers }));
    expect(await askChallenge(http, paid)).toEqual({ header: 'e30=', alsoOffered: [] });
  });

  it.each([
    [200, 'data: [DONE]\n\n', 'noChallenge status 200'],
    [402, '{"x402Version":1,"accepts":[]}', 'noChallenge status 402'],
    [400, '{"error":{"message":"missing x402-input-tokens"}}', 'gatewayRefused missing x402-input-tokens'],
    [429, 'No workers available', 'gatewayDown status 429'],
    [500, '', 'gatewayDown status 500'],
    [401, '', 'wantsKey'],
  ])('of status %i that is none: %s', async (status, body, reason) => {
    expect(await challenging(() => new Response(body, { status }))).toBe(reason);
  });

  it('that is a free answer is not read', async () => {
    const cancel = vi.fn(() => Promise.reject(new Error('already gone')));
    expect(await challenging(() => new Response(new ReadableStream({ cancel })))).toBe(
      'noChallenge status 200',
    );
    expect(cancel).toHaveBeenCalledOnce();
  });
});
