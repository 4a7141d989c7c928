import { x402Client } from '@x402/core/client';
import { decodePaymentRequiredHeader, decodePaymentResponseHeader } from '@x402/core/http';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment } from '@x402/fetch';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';
import { dataOf } from './unguardedClient.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ blockTime: 'instant', tokenDelayMs: 0 });
});
afterEach(() => world.gateway.faults.clear());
afterAll(() => world.stop());

const messages = [{ role: 'user', content: 'Explain verifiable inference in one paragraph.' }];
const request = { model: 'deepseek/deepseek-v3.2', messages, max_tokens: 1000, stream: true };
/** 17 tokens in at 0.28, 1000 out at 0.42, rounded up. */
const price = 425n;

function post(body: object, headers: Record<string, string> = {}, through: typeof fetch = fetch) {
  return through(`${world.rungate.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** As Rungate's documentation pays. */
function documentedClient(): typeof fetch {
  const client = new x402Client().register(
    'eip155:*',
    new ExactEvmScheme(privateKeyToAccount(world.payer.privateKey)),
  );
  return wrapFetchWithPayment(fetch, client);
}

describe('the rig’s Rungate', () => {
  it('is paid by the documented client, streams OpenAI’s chunks and counts its tokens', async () => {
    const before = await world.chain.balanceOf(world.payee.address);
    const response = await post(request, {}, documentedClient());
    const data = dataOf(await response.text());
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(decodePaymentResponseHeader(response.headers.get('payment-response') ?? '')).toMatchObject({
      success: true,
      network: 'eip155:8453',
    });
    expect(data.at(-1)).toBe('[DONE]');
    expect(JSON.parse(data.at(-2) ?? '')).toMatchObject({ choices: [], usage: { prompt_tokens: 17 } });
    expect(JSON.parse(data[1] ?? '')).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [{ delta: { content: expect.any(String) }, finish_reason: null }],
    });
    expect((await world.chain.balanceOf(world.payee.address)) - before).toBe(price);
  });

  it('answers whole where no stream is wanted', async () => {
    const response = await post({ ...request, stream: false }, {}, documentedClient());
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(await response.text())).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: expect.stringContaining('Verifiable') } }],
      usage: { prompt_tokens: 17 },
    });
  });

  it('has its challenge in the header, and a body that only looks like one', async () => {
    const response = await post(request);
    expect(response.status).toBe(402);
    const challenge = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
    expect(challenge).toMatchObject({
      x402Version: 2,
      resource: { url: `${world.rungate.url}/v1/chat/completions` },
      accepts: [{ network: 'eip155:8453', amount: String(price), payTo: world.payee.address }],
    });
    expect(JSON.parse(await response.text())).toEqual({
      scheme: 'exact',
      network: 'eip155:8453',
      asset: 'USDC',
      maxAmountRequired: String(price),
      resource: '/v1/chat/completions',
    });
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('takes an Authorization header for an API key, whatever comes with it', async () => {
    expect((await post(request, { authorization: 'Payment eyJ9' })).status).toBe(401);
  });

  it('answers 400 to a payment that is malformed or for something else, and 402 to one that is spent', async () => {
    expect((await post(request, { 'payment-signature': '!' })).status).toBe(400);
    await (await post(request, {}, documentedClient())).text();
    const spent = world.rungate.requests.at(-1)?.headers['payment-signature'] ?? '';
    expect((await post(request, { 'payment-signature': spent })).status).toBe(402);
    expect((await post({ ...request, max_tokens: 2000 }, { 'payment-signature': spent })).status).toBe(400);
  });

  it('lists its models in OpenAI’s shape, without prices', async () => {
    const response = await fetch(`${world.rungate.url}/v1/models`);
    const { object, data } = (await response.json()) as { object: string; data: object[] };
    expect([object, data.length]).toEqual(['list', 3]);
    expect(Object.keys(data[0] ?? {})).toEqual(['id', 'object', 'created', 'owned_by']);
  });

  it.each([
    ['openai/gpt-oss-120b', 'reasoning'],
    ['z-ai/glm-5', 'reasoning_content'],
  ])('lets %s think under the name of %s', async (model, name) => {
    const response = await post({ ...request, model }, {}, documentedClient());
    const [, thought] = dataOf(await response.text());
    expect(JSON.parse(thought ?? '')).toMatchObject({ choices: [{ delta: { [name]: expect.any(String) } }] });
  });

  it.each([
    [{ ...request, model: 'gpt-4' }, 'unknown model'],
    [{ ...request, max_tokens: 0 }, 'max_tokens must be'],
    [{ ...request, messages: [] }, 'messages must be'],
  ])('refuses %j before it asks for money', async (body, words) => {
    const response = await post(body);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(words)]);
  });
});
