import { decodePaymentSignatureHeader, encodePaymentResponseHeader } from '@x402/core/http';
import { isPaymentPayloadV2 } from '@x402/core/schemas';
import type { PaymentPayload } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { readReceipt } from '../../src/x402/payload.ts';
import {
  baseAccepted,
  challengeWith,
  headerOf,
  honestChallenge,
  payee,
  payer,
  solanaAccepted,
} from './challenges.ts';
import { pay, request } from './paying.ts';
import type { Paying } from './paying.ts';

/** What left, decoded by the official server's codec. */
function payloadOf({ sent }: Paying): PaymentPayload {
  return decodePaymentSignatureHeader(sent[0]?.headers['PAYMENT-SIGNATURE'] ?? '');
}

/** The official facilitator on a chain where the asset is a contract and every transfer succeeds. */
function facilitator(): ExactEvmScheme {
  const unused = () => Promise.reject(new Error('verifying sends nothing'));
  return new ExactEvmScheme({
    getAddresses: () => [payee],
    readContract: async () => undefined,
    getCode: async ({ address }) => (address === baseAccepted.asset ? '0x6001' : '0x'),
    verifyTypedData: unused,
    writeContract: unused,
    sendTransaction: unused,
    waitForTransactionReceipt: unused,
  });
}

describe('a payment over x402', () => {
  it('signs once, sends once, and answers with what the gateway answered', async () => {
    const answer = new Response('data: [DONE]\n\n', { headers: { 'x-served': 'yes' } });
    const paying = pay({ send: async () => answer });
    expect(await paying.response).toBe(answer);
    expect(await answer.text()).toBe('data: [DONE]\n\n');
    expect(paying.asked).toHaveLength(1);
    expect(paying.sent).toHaveLength(1);
  });

  it('sends the frozen request and nothing but the payment header beside it', async () => {
    const paying = pay();
    await paying.response;
    expect(paying.sent[0]).toEqual({
      ...request,
      headers: { ...request.headers, 'PAYMENT-SIGNATURE': expect.any(String) },
    });
    expect(paying.sent[0]?.body).toBe(request.body);
  });

  it('is what the official schema and facilitator take', async () => {
    const paying = pay();
    await paying.response;
    const payload = payloadOf(paying);
    expect(isPaymentPayloadV2(payload)).toBe(true);
    expect(await facilitator().verify(payload, baseAccepted)).toEqual({
      isValid: true,
      payer: payer.address,
    });
    expect(await facilitator().verify(payload, { ...baseAccepted, amount: '4425' })).toMatchObject({
      isValid: false,
    });
  });

  it('echoes the offer and the resource to the letter and takes no other offer along', async () => {
    const accepted = {
      extra: { version: '2', name: 'USD Coin', unknown: ['ü', { deep: null }] },
      payTo: payee.toLowerCase(),
      maxTimeoutSeconds: 600,
      amount: '4424',
      surprise: true,
      asset: baseAccepted.asset.toLowerCase(),
      network: 'eip155:8453',
      scheme: 'exact',
    };
    const accepts = [solanaAccepted, accepted];
    const paying = pay({}, headerOf({ ...honestChallenge, accepts }));
    await paying.response;
    const payload = payloadOf(paying);
    expect(JSON.stringify(payload.accepted)).toBe(JSON.stringify(accepted));
    expect(payload.resource).toEqual(honestChallenge.resource);
    expect(JSON.stringify(payload)).not.toContain('solana');
    expect(payload.payload).toMatchObject({
      authorization: { from: payer.address, to: payee, value: '4424' },
    });
  });

  it('signs for our own domain where the offer names none', async () => {
    const paying = pay({}, challengeWith({ extra: undefined }));
    await paying.response;
    expect(paying.asked[0]).toMatchObject({
      domain: { name: 'USD Coin', version: '2', chainId: 8453, verifyingContract: baseAccepted.asset },
    });
    expect('extra' in payloadOf(paying).accepted).toBe(false);
  });

  it('names what was asked for where the challenge names no resource', async () => {
    const paying = pay({}, headerOf({ ...honestChallenge, resource: undefined }));
    await paying.response;
    expect(payloadOf(paying).resource).toEqual({ url: request.url });
    expect(isPaymentPayloadV2(payloadOf(paying))).toBe(true);
  });

  it('echoes no extension but payment-identifier', async () => {
    const identifier = { info: { required: false } };
    const extensions = { 'payment-identifier': identifier, eip2612GasSponsoring: { info: {} } };
    const paying = pay({}, headerOf({ ...honestChallenge, extensions }));
    await paying.response;
    expect(payloadOf(paying).extensions).toEqual({ 'payment-identifier': identifier });
  });

  it('names itself by our identifier where the gateway takes one, and nowhere else', async () => {
    const identifier = 'c0ffee'.padEnd(32, '0');
    const extensions = { 'payment-identifier': { info: { required: false }, schema: {} } };
    const named = pay({}, headerOf({ ...honestChallenge, extensions }), identifier);
    await named.response;
    expect(payloadOf(named).extensions).toEqual({
      'payment-identifier': { info: { required: false, id: identifier }, schema: {} },
    });
    expect(isPaymentPayloadV2(payloadOf(named))).toBe(true);
    const unnamed = pay({}, headerOf(honestChallenge), identifier);
    await unnamed.response;
    expect(payloadOf(unnamed)).not.toHaveProperty('extensions');
  });

  it('takes an account in any case and signs as its checksummed form', async () => {
    const account: `0x${string}` = `0x${payer.address.slice(2).toLowerCase()}`;
    const paying = pay({ account });
    await paying.response;
    expect(payloadOf(paying).payload).toMatchObject({ authorization: { from: payer.address } });
  });

  it.each(['1', '1000001', '250000000', '999999999999'])(
    'is not held up at %s millionths',
    async (amount) => {
      const paying = pay({}, challengeWith({ amount }));
      await paying.response;
      expect(payloadOf(paying).payload).toMatchObject({ authorization: { value: amount } });
    },
  );

  it('uses another nonce each time', async () => {
    const nonces = new Set<unknown>();
    for (let i = 0; i < 5; i += 1) {
      const paying = pay();
      await paying.response;
      nonces.add(JSON.stringify(payloadOf(paying).payload['authorization']));
    }
    expect(nonces.size).toBe(5);
  });

  it('reaches no network by itself', async () => {
    const network = vi.spyOn(globalThis, 'fetch');
    await pay().response;
    expect(network).not.toHaveBeenCalled();
    network.mockRestore();
  });
});

describe('a payment that ends badly', () => {
  it.each([
    ['a Failure', new Failure('walletRejected')],
    ['a wallet’s bare object', { code: 4001, message: 'User rejected' }],
    ['a text', 'User rejected the request.'],
    ['nothing', undefined],
  ])('throws what the wallet threw, and sends nothing: %s', async (_, thrown) => {
    const paying = pay({ sign: () => Promise.reject(thrown) });
    await expect(
      paying.response.then(
        () => 'paid',
        (error: unknown) => ({ error }),
      ),
    ).resolves.toEqual({
      error: thrown,
    });
    expect(paying.sent).toHaveLength(0);
  });

  it('throws what sending threw, and has sent once', async () => {
    const lost = new Failure('paymentUnknown', { paid: 'unknown' });
    const paying = pay({ send: () => Promise.reject(lost) });
    await expect(paying.response).rejects.toBe(lost);
    expect(paying.sent).toHaveLength(1);
    expect(paying.asked).toHaveLength(1);
  });

  it('throws what the signer threw before it made a promise', async () => {
    const thrown = new RangeError('too late');
    const paying = pay({
      sign() {
        throw thrown;
      },
    });
    await expect(paying.response).rejects.toBe(thrown);
  });

  it.each([
    ['with the same challenge', { 'PAYMENT-REQUIRED': headerOf(honestChallenge) }],
    ['with a dearer one', { 'PAYMENT-REQUIRED': challengeWith({ amount: '999999999' }) }],
    ['with one that is none', { 'PAYMENT-REQUIRED': '!' }],
    ['with a receipt that says no', { 'PAYMENT-RESPONSE': headerOf({ success: false }) }],
    ['without a word', {}],
  ])('hands a second 402 out and signs no second time: %s', async (_, headers) => {
    const paying = pay({ send: async () => new Response(null, { status: 402, headers }) });
    expect((await paying.response).status).toBe(402);
    expect(paying.asked).toHaveLength(1);
    expect(paying.sent).toHaveLength(1);
  });

  it.each(['!', headerOf('null'), headerOf('[]'), headerOf('{')])(
    'does not mind a receipt that cannot be read: %s',
    async (receipt) => {
      const paying = pay({
        send: async () => new Response('ok', { headers: { 'PAYMENT-RESPONSE': receipt } }),
      });
      expect(await (await paying.response).text()).toBe('ok');
    },
  );
});

describe('a receipt', () => {
  const transaction = `0x${'ab'.repeat(32)}`;
  const read = (value: string) => readReceipt(new Headers({ 'PAYMENT-RESPONSE': value }));

  it('is read as the official server writes it', () => {
    const settled = { success: true, transaction, network: 'eip155:8453', payer: payer.address } as const;
    expect(read(encodePaymentResponseHeader(settled))).toEqual({
      success: true,
      transaction,
      network: 'eip155:8453',
    });
    expect(read(encodePaymentResponseHeader({ ...settled, success: false, transaction: '' }))).toEqual({
      success: false,
      network: 'eip155:8453',
    });
  });

  it('of Solana names its transaction in base58', () => {
    const signature =
      '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW';
    const network = solanaAccepted.network;
    expect(read(headerOf({ success: true, transaction: signature, network }))).toEqual({
      success: true,
      transaction: signature,
      network,
    });
  });

  it.each([
    ['markup', '<a href="https://evil.example">'],
    ['a path', '../../tx'],
    ['a number', 7],
    ['too long', 'a'.repeat(129)],
  ])('leaves out a transaction that is %s', (_, value) => {
    expect(read(headerOf({ success: true, transaction: value, network: value }))).toEqual({ success: true });
  });

  it('is none without its header', () => {
    expect(readReceipt(new Headers())).toBeUndefined();
  });

  it.each([
    ['no base64', '{}'],
    ['no object', headerOf('true')],
    ['no success', headerOf({ transaction })],
    ['a success that is text', headerOf({ success: 'true', transaction })],
    ['a success that is 1', headerOf({ success: 1 })],
    ['more than 16 KiB', headerOf({ success: true, filler: 'x'.repeat(16_384) })],
    ['__proto__', headerOf(`{"success":true,"__proto__":{"transaction":"${transaction}"}}`)],
  ])('is none with %s', (_, value) => {
    expect(read(value)).toBeUndefined();
  });
});
