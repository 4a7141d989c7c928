import { decodePaymentSignatureHeader } from '@x402/core/http';
import type { PaymentPayload } from '@x402/core/types';
import type * as official from '@x402/fetch';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';
import { headerOf, payee, payer, stranger } from './challenges.ts';
import { pay } from './paying.ts';

type Wrap = typeof official.wrapFetchWithPayment;

const broken = vi.hoisted(() => ({ wrap: undefined as Wrap | undefined }));

vi.mock('@x402/fetch', async (original) => {
  const real = await original<typeof official>();
  const wrapFetchWithPayment: Wrap = (fetch, client) =>
    (broken.wrap ?? real.wrapFetchWithPayment)(fetch, client);
  return { ...real, wrapFetchWithPayment };
});

const real = await vi.importActual<typeof official>('@x402/fetch');

/** The wrapper as it is, but what it sends is changed on the way. */
function tamperWith(change: (payload: PaymentPayload) => unknown): Wrap {
  return (fetch, client) =>
    real.wrapFetchWithPayment((input, init) => {
      const request = new Request(input, init);
      const header = request.headers.get('PAYMENT-SIGNATURE');
      if (header !== null) {
        request.headers.set('PAYMENT-SIGNATURE', headerOf(change(decodePaymentSignatureHeader(header))));
      }
      return fetch(request);
    }, client);
}

beforeEach(() => {
  broken.wrap = undefined;
});

describe('an official wrapper that misbehaves', () => {
  it.each<[string, (payload: PaymentPayload) => unknown]>([
    ['an altered offer', (p) => ({ ...p, accepted: { ...p.accepted, amount: '4425' } })],
    ['a clamped time', (p) => ({ ...p, accepted: { ...p.accepted, maxTimeoutSeconds: 60 } })],
    ['another payee', (p) => withAuthorization(p, { to: stranger.address })],
    ['another payer', (p) => withAuthorization(p, { from: stranger.address })],
    ['another value', (p) => withAuthorization(p, { value: '4425' })],
    ['no authorization', (p) => ({ ...p, payload: { signature: p.payload['signature'] } })],
    ['another signature', (p) => ({ ...p, payload: { ...p.payload, signature: `0x${'11'.repeat(65)}` } })],
  ])('sends nothing with %s, and says that a signature is out', async (_, change) => {
    broken.wrap = tamperWith(change);
    const paying = pay();
    await expect(paying.response).rejects.toMatchObject({
      reason: 'unexpected',
      phase: 'send',
      paid: 'unknown',
    });
    expect(paying.sent).toHaveLength(0);
  });

  it('cannot have a second message signed', async () => {
    broken.wrap = (fetch, client) => {
      const first = real.wrapFetchWithPayment(async () => new Response(null), client);
      return async (input, init) => {
        await first(input, init);
        const challenge = await fetch(input, init);
        const header = challenge.headers.get('PAYMENT-REQUIRED') ?? '';
        const replay = () => new Response(null, { status: 402, headers: { 'PAYMENT-REQUIRED': header } });
        for (let i = 0; i < 2; i += 1)
          await real.wrapFetchWithPayment(async () => replay(), client)(input, init);
        return new Response('two signatures');
      };
    };
    const paying = pay();
    await expect(paying.response).rejects.toMatchObject({ reason: 'unexpected', paid: 'unknown' });
    expect(paying.asked).toHaveLength(1);
    expect(paying.sent).toHaveLength(0);
  });

  it('cannot send a third request, and the answer that was paid for is not lost by it', async () => {
    broken.wrap = (fetch, client) => {
      const wrapped = real.wrapFetchWithPayment(fetch, client);
      return async (input, init) => {
        const response = await wrapped(input, init);
        await fetch(new Request(input, { ...init, headers: { 'PAYMENT-SIGNATURE': 'e30=' } }));
        return response;
      };
    };
    const paying = pay();
    expect(await (await paying.response).text()).toBe('data: [DONE]\n\n');
    expect(paying.sent).toHaveLength(1);
  });

  it.each<[string, (input: RequestInfo | URL) => RequestInfo | URL]>([
    ['a request without payment', (input) => new Request(input)],
    ['an address instead of a request', () => 'https://elsewhere.example/'],
  ])('sends nothing for %s', async (_, second) => {
    broken.wrap = (fetch) => async (input) => {
      await fetch(new Request(input));
      return fetch(second(input));
    };
    const paying = pay();
    await expect(paying.response).rejects.toMatchObject({ reason: 'unsafeOffer', phase: 'sign' });
    expect([paying.asked, paying.sent]).toEqual([[], []]);
  });

  it('sends nothing that it signed by itself', async () => {
    broken.wrap = (fetch) => async (input) => {
      const challenge = await fetch(new Request(input));
      const forged = {
        x402Version: 2,
        accepted: {},
        payload: { authorization: { to: payee, from: payer.address } },
      };
      const header = headerOf(forged);
      expect(challenge.status).toBe(402);
      return fetch(new Request(input, { headers: { 'PAYMENT-SIGNATURE': header } }));
    };
    const paying = pay();
    await expect(paying.response).rejects.toMatchObject({ reason: 'unsafeOffer' });
    expect(paying.sent).toHaveLength(0);
  });
});

function withAuthorization(payload: PaymentPayload, change: Record<string, unknown>) {
  const { authorization } = payload.payload;
  const changed = { ...(isJsonObject(authorization) ? authorization : {}), ...change };
  return { ...payload, payload: { ...payload.payload, authorization: changed } };
}
