import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import type { Gateway } from '../../src/core/gateways.ts';
import { askChallenge } from '../../src/gateway/challenge.ts';
import { clientOf } from '../../src/gateway/clients.ts';
import { createHttp } from '../../src/gateway/http.ts';
import type { Fetch } from '../../src/gateway/http.ts';
import type { ChatRequest } from '../../src/protocol/page.ts';
import { fakeClock } from '../fakes/clock.ts';

const chat: ChatRequest = { messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 300 };
const evm = 'Payment id="1", realm="r", method="evm", intent="charge", request="e30"';

function bodyOf(request: ChatRequest, gateway: Gateway = rungate): Record<string, unknown> {
  return JSON.parse(clientOf(gateway).freeze(request, gateway).body);
}

/** How the unpaid request ends that is answered so. */
async function asking(status: number, headers: Record<string, string>, body: string | null = '{}') {
  const client = clientOf(rungate);
  const fetch = vi.fn<Fetch>(async () => new Response(body, { status, headers }));
  const http = createHttp(fetch, { clock: fakeClock(), allowLocalhost: () => false });
  const request = client.request(rungate, client.freeze(chat, rungate));
  try {
    return { ...(await askChallenge(http, request)), fetch };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { reason: error.reason, message: error.message, fetch };
  }
}

describe('a request to a gateway that speaks OpenAI', () => {
  it('is a stream of at most so many tokens, from its documented address', () => {
    const client = clientOf(rungate);
    const frozen = client.freeze(chat, rungate);
    expect(JSON.parse(frozen.body)).toEqual({
      model: 'deepseek/deepseek-v3.2',
      messages: chat.messages,
      max_tokens: 300,
      stream: true,
    });
    expect(frozen).toMatchObject({ model: 'deepseek/deepseek-v3.2', maxOutputTokens: 300 });
    expect(client.request(rungate, frozen)).toEqual({
      url: 'https://api.rungate.ai/v1/chat/completions',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream, application/json' },
      body: frozen.body,
    });
    expect(client.quote).toBeUndefined();
  });

  it('always names the bound that is paid for, under the one name the gateway knows', () => {
    expect(bodyOf({ messages: [] })).toMatchObject({ max_tokens: 1024 });
    expect(bodyOf({ messages: [], max_completion_tokens: 50 })).toMatchObject({ max_tokens: 50 });
    expect(Object.keys(bodyOf({ messages: [], max_completion_tokens: 50, max_tool_calls: 2 }))).toEqual([
      'model',
      'messages',
      'max_tokens',
      'stream',
    ]);
    expect(() => bodyOf({ messages: [], max_tokens: 0 })).toThrow(
      expect.objectContaining({ reason: 'badRequest' }),
    );
  });

  it('is a stream also for a page that wants its answer whole', () => {
    expect(bodyOf({ ...chat, stream: false })).toMatchObject({ stream: true });
  });
});

describe.each([jumpGate, rungate])('the extra fields of $name', (gateway) => {
  const generous = {
    ...gateway,
    extraBody: { emit_usage: true, temperature: 0.2, provider: { order: ['a'] } },
  };

  it('ride along', () => {
    expect(bodyOf(chat, generous)).toMatchObject(generous.extraBody);
    const { body, quoteBody } = clientOf(generous).freeze(chat, generous);
    expect(JSON.parse(quoteBody)).toMatchObject(generous.extraBody);
    expect(body).not.toContain('undefined');
  });

  it('replace nothing that a request says', () => {
    expect(bodyOf({ ...chat, temperature: 1 }, generous)).toMatchObject({ temperature: 1 });
    const greedy = {
      ...gateway,
      extraBody: { model: 'dear', messages: [], stream: false, max_tokens: 9e5, max_completion_tokens: 9e5 },
    };
    expect(bodyOf(chat, greedy)).toEqual(bodyOf(chat, gateway));
  });
});

describe('the challenge that is the price', () => {
  it.each([402, 401])('is in the header, also with status %i; the body is not looked at', async (status) => {
    const body = JSON.stringify({
      scheme: 'exact',
      network: 'eip155:8453',
      asset: 'USDC',
      maxAmountRequired: '1',
    });
    const { fetch, ...raw } = await asking(status, { 'PAYMENT-REQUIRED': 'e30=' }, body);
    expect(raw).toEqual({ header: 'e30=', alsoOffered: [] });
    const [, init] = fetch.mock.calls[0] ?? [];
    expect(new Headers(init?.headers).has('authorization')).toBe(false);
  });

  it('names what else is offered', async () => {
    const headers = { 'PAYMENT-REQUIRED': 'e30=', 'WWW-Authenticate': evm };
    expect(await asking(402, headers)).toMatchObject({ header: 'e30=', alsoOffered: ['evm'] });
  });

  it.each<[string, number, Record<string, string>, string]>([
    ['by MPP alone', 402, { 'WWW-Authenticate': evm }, 'onlyMpp'],
    ['by MPP alone with 401', 401, { 'WWW-Authenticate': evm }, 'onlyMpp'],
    ['for a key', 401, {}, 'wantsKey'],
    ['for a key by its scheme', 401, { 'WWW-Authenticate': 'Bearer realm="api"' }, 'wantsKey'],
    ['with a body alone', 402, {}, 'noChallenge'],
    ['for nothing', 200, { 'PAYMENT-REQUIRED': 'e30=' }, 'noChallenge'],
    ['with a challenge beside an error', 400, { 'PAYMENT-REQUIRED': 'e30=' }, 'gatewayRefused'],
    ['when it is down', 503, { 'PAYMENT-REQUIRED': 'e30=' }, 'gatewayDown'],
  ])('is none where a gateway asks %s', async (_, status, headers, reason) => {
    expect(await asking(status, headers)).toMatchObject({ reason });
  });

  it('says by which methods of MPP it could be paid', async () => {
    const answer = await asking(402, { 'WWW-Authenticate': evm.replace('evm', 'tempo') });
    expect(answer).toMatchObject({ message: expect.stringContaining('(tempo)') });
  });
});
