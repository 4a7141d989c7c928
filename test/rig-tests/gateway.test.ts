import { decodePaymentRequiredHeader, decodePaymentResponseHeader } from '@x402/core/http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';
import { contentOf, dataOf, documentedRequest, unguardedClient } from './unguardedClient.ts';

let world: World;
let client: ReturnType<typeof unguardedClient>;

beforeAll(async () => {
  world = await startWorld({ blockTime: 'instant', tokenDelayMs: 0 });
  client = unguardedClient(world.gateway, world.payer.privateKey);
});
afterAll(() => world.stop());

const balances = async () => ({
  payer: await world.chain.balanceOf(world.payer.address),
  payee: await world.chain.balanceOf(world.payee.address),
});

describe('the documented example', () => {
  it('is quoted as the documentation has it', async () => {
    expect(await client.quote()).toEqual({
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
    });
  });

  it('is paid by the documented client, and costs exactly 4424 micro-USDC', async () => {
    const block = await world.chain.blockNumber();
    expect(await balances()).toEqual({ payer: 20_000_000n, payee: 0n });

    const response = await client.pay();
    const text = await response.text();

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await balances()).toEqual({ payer: 19_995_576n, payee: 4424n });
    const [transfer, ...more] = await world.chain.transfersSince(block);
    expect(more).toEqual([]);
    expect(transfer).toMatchObject({ from: world.payer.address, to: world.payee.address, value: 4424n });
    expect(transfer?.nonce).toMatch(/^0x[0-9a-f]{64}$/);
    const receipt = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '');
    expect(receipt).toMatchObject({ success: true, transaction: transfer?.transaction });
    expect(contentOf(text)).toContain('Verifiable inference means');
    expect(dataOf(text).slice(-3, -2)[0]).toMatch(/^\{"Usage":\{"usage":\{"prompt_tokens":17,/);
    expect(dataOf(text).slice(-2)).toEqual(['{"Verification":{"verified":true}}', '[DONE]']);
  });
});

describe('the challenge', () => {
  it('offers USDC on Base for the address that was asked', async () => {
    const response = await client.ask();
    expect(response.status).toBe(402);
    const challenge = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
    expect(challenge).toMatchObject({
      x402Version: 2,
      resource: { url: `${world.gateway.url}/paid/chat/v2` },
      accepts: [
        {
          scheme: 'exact',
          network: 'eip155:8453',
          amount: '4424',
          asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
          payTo: world.payee.address,
          maxTimeoutSeconds: 300,
          extra: { name: 'USD Coin', version: '2' },
        },
      ],
    });
  });

  it.each([
    'x402-input-tokens',
    'x402-max-completion-tokens',
    'x402-model-tier',
    'x402-max-tool-calls',
  ] as const)('is refused with 400 where %s is missing or other than quoted', async (name) => {
    const { headers } = await client.quote();
    const { [name]: _, ...without } = headers;
    for (const wrong of [without, { ...headers, [name]: '1e3' }]) {
      const response = await client.ask(wrong);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(name) } });
    }
  });

  it.each([
    ['an unknown model', { model: 'ambient/unheard-of' }],
    ['a model that is not ready', { model: 'ambient/next' }],
    ['no bound', { max_completion_tokens: undefined }],
    ['a bound of nothing', { max_completion_tokens: 0 }],
    ['no messages', { messages: [] }],
    ['no stream', { stream: false }],
  ])('and the quote are refused with 400 for %s', async (_, change) => {
    for (const path of ['/paid/chat/v2/quote', '/paid/chat/v2']) {
      const response = await fetch(world.gateway.url + path, {
        method: 'POST',
        headers: (await client.quote()).headers,
        body: JSON.stringify({ ...documentedRequest, ...change }),
      });
      expect(response.status).toBe(400);
    }
  });
});

describe('a payment', () => {
  it('that is sent again is refused with 402 and not charged twice', async () => {
    await (await client.pay()).text();
    const before = await balances();
    const again = await client.resend();
    expect(again.status).toBe(402);
    expect(decodePaymentRequiredHeader(again.headers.get('payment-required') ?? '').error).toBe(
      'invalid_exact_evm_nonce_already_used',
    );
    expect(await balances()).toEqual(before);
  });

  it('that is sent twice at once is charged once', async () => {
    world.gateway.faults.next('dropBeforeSettle');
    await expect(client.pay()).rejects.toThrow();
    const before = await balances();
    const answers = await Promise.all([client.resend(), client.resend()]);
    expect(answers.map(({ status }) => status)).toContain(200);
    await Promise.all(answers.map((answer) => answer.text()));
    expect(await balances()).toEqual({ payer: before.payer - 4424n, payee: before.payee + 4424n });
  });

  it('that is not a payment is refused with 400', async () => {
    const { headers } = await client.quote();
    const response = await client.ask({ ...headers, 'payment-signature': '!!' });
    expect(response.status).toBe(400);
  });

  it('of a stranger without USDC says that funds are missing', async () => {
    const poor = unguardedClient(world.gateway, `0x${'42'.repeat(32)}`);
    const response = await poor.pay();
    expect(response.status).toBe(402);
    expect(decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '').error).toBe(
      'invalid_exact_evm_insufficient_balance',
    );
  });
});

it('lists its models as the catalogue of Ambient does', async () => {
  const response = await fetch(`${world.gateway.url}/v1/models`);
  const { data }: { data: Record<string, unknown>[] } = JSON.parse(await response.text());
  expect(data.map((model) => [model['id'], model['is_ready']])).toEqual([
    ['ambient/large', true],
    ['ambient/mini', true],
    ['ambient/next', false],
  ]);
  expect(data[0]).toMatchObject({
    context_length: 131_072,
    max_output_length: 32_768,
    pricing: { prompt: '0.000001400', completion: '0.000004400' },
  });
});

it('lets pages of any origin call it and read the payment headers', async () => {
  const response = await fetch(`${world.gateway.url}/paid/chat/v2`, {
    method: 'OPTIONS',
    headers: { 'access-control-request-headers': 'content-type,payment-signature' },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-headers')).toContain('payment-signature');
  expect(response.headers.get('access-control-expose-headers')).toContain('PAYMENT-REQUIRED');
});

it('answers at once and without a receipt where it settles while streaming', async () => {
  const eager = await startWorld({ blockTime: 'manual', tokenDelayMs: 0, settle: 'while-streaming' });
  try {
    const response = await unguardedClient(eager.gateway, eager.payer.privateKey).pay();
    expect(response.status).toBe(200);
    expect(response.headers.has('payment-response')).toBe(false);
    const paid = () => eager.chain.balanceOf(eager.payee.address);
    expect(await paid()).toBe(0n);
    const text = response.text();
    await vi.waitFor(async () => {
      await eager.chain.mine(1);
      expect(await paid()).toBe(4424n);
    });
    expect(dataOf(await text).slice(-2)).toEqual(['{"Verification":{"verified":true}}', '[DONE]']);
  } finally {
    await eager.stop();
  }
});
