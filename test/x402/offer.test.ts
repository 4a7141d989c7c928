import { isPaymentRequiredV2 } from '@x402/core/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseUsdc, pinnedAssets } from '../../src/core/assets.ts';
import { Failure } from '../../src/core/failure.ts';
import { microUsdc } from '../../src/core/money.ts';
import { waysToPay, readChallenge, sameTerms } from '../../src/x402/offer.ts';
import type { Offer } from '../../src/x402/offer.ts';
import {
  baseAccepted,
  challengeWith,
  headerOf,
  honestChallenge,
  honestOffer,
  payee,
  requestUrl,
  solanaAccepted,
  stranger,
  wishes,
} from './challenges.ts';

function choose(header: string, change: Partial<Parameters<typeof waysToPay>[1]> = {}): Offer {
  return waysToPay(readChallenge(header, pinnedAssets), { ...wishes, ...change })[0];
}

/** The reason and detail for which this is refused. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure)
      return `${error.reason} ${/\(([^)]*)\)$/.exec(error.message)?.[1] ?? ''}`.trim();
    throw error;
  }
  return 'accepted';
}

describe('an honest challenge', () => {
  it('is read and its Base offer chosen, with the amount as micro-USDC', () => {
    expect(isPaymentRequiredV2(honestChallenge)).toBe(true);
    expect(choose(headerOf(honestChallenge))).toEqual({
      kind: 'evm',
      usdc: baseUsdc,
      network: 'eip155:8453',
      asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
      amount: 4424n,
      payTo: payee,
      maxTimeoutSeconds: 300,
      accepted: baseAccepted,
    });
  });

  it('keeps the offer exactly as it came, and frozen', () => {
    const accepted = { ...baseAccepted, payTo: payee.toLowerCase(), note: { deep: [1, null, 'ü'] } };
    const offer = choose(challengeWith(accepted));
    expect(JSON.stringify(offer.accepted)).toBe(JSON.stringify(accepted));
    expect(offer.payTo).toBe(payee);
    expect(() => Object.assign(offer.accepted, { payTo: stranger.address })).toThrow(TypeError);
    expect(() => Object.assign(offer.accepted.extra, { name: 'Evil' })).toThrow(TypeError);
  });

  it('drops the extensions it does not know and keeps payment-identifier', () => {
    const identifier = { info: { required: false } };
    const extensions = { bazaar: { info: {} }, 'payment-identifier': identifier };
    const { raw } = readChallenge(headerOf({ ...honestChallenge, extensions, surprise: 1 }), pinnedAssets);
    expect(raw).toEqual({ ...honestChallenge, extensions: { 'payment-identifier': identifier } });
    expect(
      readChallenge(headerOf({ ...honestChallenge, extensions: { bazaar: {} } }), pinnedAssets).raw,
    ).toEqual(honestChallenge);
  });

  it('may leave out the resource and the error', () => {
    const { resource, error, ...bare } = honestChallenge;
    expect([resource?.url, error]).toEqual([requestUrl, 'Payment required']);
    expect(readChallenge(headerOf(bare), pinnedAssets).raw).toEqual(bare);
    expect(choose(headerOf(bare)).amount).toBe(4424n);
  });

  it('carries the clock of the gateway', () => {
    expect(readChallenge(headerOf(honestChallenge), pinnedAssets, 1_770_000_000_000).serverTimeMs).toBe(
      1_770_000_000_000,
    );
    expect('serverTimeMs' in readChallenge(headerOf(honestChallenge), pinnedAssets)).toBe(false);
  });

  it.each([
    ['no extra', { extra: undefined }],
    ['an empty extra', { extra: null }],
    ['eip3009 named', { extra: { assetTransferMethod: 'eip3009', name: 'USD Coin', version: '2' } }],
    ['settling first', { extra: { paymentFlow: 'upfront' } }],
    ['settling afterwards', { extra: { paymentFlow: 'authorization' } }],
    ['the shortest time', { maxTimeoutSeconds: 60 }],
    ['the longest time', { maxTimeoutSeconds: 600 }],
    ['the asset in lower case', { asset: baseAccepted.asset.toLowerCase() }],
    ['the asset in upper case', { asset: `0x${baseAccepted.asset.slice(2).toUpperCase()}` }],
    ['the smallest amount', { amount: '1' }],
    ['the quoted maximum', { amount: '4474' }],
  ])('may have %s', (_, change) => {
    expect(choose(challengeWith(change)).asset).toBe(baseAccepted.asset);
  });

  it('may offer permit2 beside eip3009: the latter is chosen', () => {
    const permit2 = { ...baseAccepted, extra: { ...baseAccepted.extra, assetTransferMethod: 'permit2' } };
    const header = headerOf({ ...honestChallenge, accepts: [permit2, baseAccepted] });
    expect(choose(header).accepted).toEqual(baseAccepted);
  });

  it('is paid by its cheapest offer', () => {
    const accepts = ['4424', '4100', '4300'].map((amount) => ({ ...baseAccepted, amount }));
    expect(choose(headerOf({ ...honestChallenge, accepts })).amount).toBe(4100n);
  });
});

describe('a challenge that is none', () => {
  it.each([
    ['nothing', ''],
    ['no base64', '{"x402Version":2}'],
    ['base64url', Buffer.from('{"?":"ÿþ>"}~~').toString('base64url')],
    ['broken padding', 'e30==='],
    ['one character', 'e'],
    ['spaces', ` ${headerOf(honestChallenge)} `],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('base64')],
    ['no JSON', headerOf('{')],
    ['a list', headerOf([honestChallenge])],
    ['null', headerOf('null')],
    ['more than 16 KiB', headerOf({ ...honestChallenge, error: 'x'.repeat(16_384) })],
    ['a million brackets', headerOf('['.repeat(12_000))],
    ['a __proto__ key at the top', headerOf('{"__proto__":{"x402Version":2},"accepts":[]}')],
    [
      'a __proto__ key in an offer',
      headerOf(JSON.stringify(honestChallenge).replace('"amount"', '"__proto__":{"payTo":"x"},"amount"')),
    ],
  ])('is refused: %s', (_, header) => {
    expect(refusal(() => readChallenge(header, pinnedAssets))).toBe('noChallenge PAYMENT-REQUIRED');
  });

  it.each([
    ['version 1', { x402Version: 1 }, 'noChallenge x402Version'],
    ['version "2"', { x402Version: '2' }, 'noChallenge x402Version'],
    ['version 3', { x402Version: 3 }, 'noChallenge x402Version'],
    ['no offers', { accepts: undefined }, 'noChallenge accepts'],
    ['an empty list of offers', { accepts: [] }, 'noChallenge accepts'],
    ['offers that are no list', { accepts: { 0: baseAccepted, length: 1 } }, 'noChallenge accepts'],
    ['an offer that is null', { accepts: [null] }, 'noChallenge accepts'],
    ['an offer that is a list', { accepts: [[baseAccepted]] }, 'noChallenge accepts'],
    ['an offer without payee', { accepts: [{ ...baseAccepted, payTo: undefined }] }, 'noChallenge accepts'],
    ['an offer without amount', { accepts: [{ ...baseAccepted, amount: undefined }] }, 'noChallenge accepts'],
    [
      'an offer without a time',
      { accepts: [{ ...baseAccepted, maxTimeoutSeconds: undefined }] },
      'noChallenge accepts',
    ],
    ['a network that is a number', { accepts: [{ ...baseAccepted, network: 8453 }] }, 'noChallenge accepts'],
    [
      'seventeen offers',
      { accepts: Array.from({ length: 17 }, () => ({ ...baseAccepted, extra: null })) },
      'unsafeOffer accepts',
    ],
    ['a resource that is text', { resource: requestUrl }, 'unsafeOffer resource'],
    ['a resource without URL', { resource: {} }, 'unsafeOffer resource'],
    ['a resource whose URL is a list', { resource: { url: [requestUrl] } }, 'unsafeOffer resource'],
  ])('is refused: %s', (_, change, expected) => {
    expect(refusal(() => readChallenge(headerOf({ ...honestChallenge, ...change }), pinnedAssets))).toBe(
      expected,
    );
  });

  it('takes sixteen offers', () => {
    const accepts = Array.from({ length: 16 }, () => ({ ...baseAccepted, extra: null }));
    expect(readChallenge(headerOf({ ...honestChallenge, accepts }), pinnedAssets).offers).toHaveLength(16);
  });
});

describe('an offer that PaidChat does not pay', () => {
  it.each(
    [
      '-5',
      '0x10',
      ' 12 ',
      '1e21',
      '0',
      '00',
      '042',
      '1.5',
      '1_000',
      '',
      '+7',
      '１２',
      '9999999999999',
      'NaN',
    ].map((amount) => [amount]),
  )('has the amount "%s"', (amount) => {
    expect(refusal(() => choose(challengeWith({ amount })))).toBe('unsafeOffer amount');
  });

  it.each([[4424], [null], [['4424']], [{ toString: '4424' }], [true]])(
    'has an amount that is no text: %j',
    (amount) => {
      expect(refusal(() => choose(challengeWith({ amount })))).toBe('unsafeOffer amount');
    },
  );

  it.each([
    ['upper case', `0x${payee.slice(2).toUpperCase()}`],
    ['a wrong checksum', payee.replace('C8', 'c8')],
    ['the zero address', `0x${'0'.repeat(40)}`],
    ['one digit too few', payee.slice(0, -1)],
    ['no prefix', payee.slice(2)],
    ['a name', 'vitalik.eth'],
    ['a Solana address', solanaAccepted.payTo],
    ['a space behind it', `${payee} `],
    ['nothing', ''],
  ])('pays to %s', (_, payTo) => {
    expect(refusal(() => choose(challengeWith({ payTo })))).toBe('unsafeOffer payTo');
  });

  it.each([315_360_000, 601, 59, 0, -300, 300.5, '300', null])('is valid for %s seconds', (seconds) => {
    expect(refusal(() => choose(challengeWith({ maxTimeoutSeconds: seconds })))).toBe(
      'unsafeOffer maxTimeoutSeconds',
    );
  });

  it.each([
    ['permit2', { assetTransferMethod: 'permit2' }, 'assetTransferMethod'],
    ['a null method', { assetTransferMethod: null }, 'assetTransferMethod'],
    ['an unknown method', { assetTransferMethod: 'erc7710' }, 'assetTransferMethod'],
    ['escrow', { paymentFlow: 'escrow' }, 'paymentFlow'],
    ['an unknown flow', { paymentFlow: 'subscription' }, 'paymentFlow'],
    ['another domain name', { name: 'Evil Coin', version: '2' }, 'extra.name'],
    ['another domain version', { name: 'USD Coin', version: '1' }, 'extra.version'],
    ['a domain name that is null', { name: null }, 'extra.name'],
    ['an extra that is a list', [], 'extra'],
    ['an extra that is text', 'permit2', 'extra'],
  ])('asks for %s', (_, extra, detail) => {
    expect(refusal(() => choose(challengeWith({ extra })))).toBe(`unsafeOffer ${detail}`);
  });

  it.each([
    ['in another token', { asset: '0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb' }],
    ['in the USDC of another chain', { asset: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48' }],
    ['on a test network', { network: 'eip155:84532' }],
    ['on every network', { network: 'eip155:*' }],
    ['on a network of our own objects', { network: 'constructor' }],
    ['in another scheme', { scheme: 'upto' }],
    ['in a scheme with other capitals', { scheme: 'Exact' }],
  ])('is %s', (_, change) => {
    expect(refusal(() => choose(challengeWith(change)))).toBe('noUsableOffer');
  });

  it('is valid for a time that no number holds', () => {
    const header = headerOf(JSON.stringify(honestChallenge).replaceAll(':300,', ':1e400,'));
    expect(refusal(() => choose(header))).toBe('unsafeOffer maxTimeoutSeconds');
  });

  it('is on a network that was not wished for', () => {
    expect(refusal(() => choose(headerOf(honestChallenge), { networks: [] }))).toBe('noUsableOffer');
  });

  it('costs more than was quoted', () => {
    expect(refusal(() => choose(challengeWith({ amount: '4475' })))).toBe('aboveQuote');
    expect(refusal(() => choose(challengeWith({ amount: '999999999999' })))).toBe('aboveQuote');
  });

  it.each([
    ['another host', 'https://elsewhere.example/paid/chat/v2'],
    ['another path', 'https://jumpgate.ambient.xyz/paid/chat'],
    ['a query behind it', `${requestUrl}?to=me`],
    ['no encryption', requestUrl.replace('https', 'http')],
    ['a user in it', requestUrl.replace('//', '//me@')],
    ['a host that looks alike', requestUrl.replace('jumpgate', 'jumрgate')],
    ['no URL at all', 'jumpgate'],
    ['nothing', ''],
  ])('is for a resource with %s', (_, url) => {
    const header = headerOf({ ...honestChallenge, resource: { url } });
    expect(refusal(() => choose(header))).toBe('unsafeOffer resource');
  });

  it('is never let through by any other value in any field', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string(), fc.bigInt().map(String), fc.integer());
    const field = fc.constantFrom(
      'scheme',
      'network',
      'asset',
      'amount',
      'payTo',
      'maxTimeoutSeconds',
      'extra',
    );
    fc.assert(
      fc.property(field, anything, (name, value) => {
        const header = challengeWith({ [name]: value });
        let offer: Offer;
        try {
          offer = choose(header);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        expect(offer).toMatchObject({ network: 'eip155:8453', asset: baseAccepted.asset });
        expect(offer.amount > 0n && offer.amount <= wishes.maxAmount).toBe(true);
        expect(offer.amount.toString()).toBe(offer.accepted.amount);
        expect(offer.payTo.toLowerCase()).toBe(offer.accepted.payTo.toLowerCase());
        expect(offer.maxTimeoutSeconds).toBeGreaterThanOrEqual(60);
        expect(offer.maxTimeoutSeconds).toBeLessThanOrEqual(600);
      }),
      { numRuns: 500 },
    );
  });

  it('is never more than a Failure, whatever bytes the header holds', () => {
    const header = fc.oneof(
      fc.string(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.jsonValue().map(headerOf),
      fc.jsonValue().map((accepts) => headerOf({ ...honestChallenge, accepts })),
    );
    fc.assert(
      fc.property(header, (value) => {
        expect(refusal(() => readChallenge(value, pinnedAssets))).toMatch(
          /^(accepted|noChallenge|unsafeOffer)/,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('a renewed offer', () => {
  const agreed = honestOffer();

  it('has the same terms when it costs the same or less', () => {
    expect(sameTerms(agreed, honestOffer())).toBe(true);
    expect(sameTerms(agreed, honestOffer({ amount: '4423', maxTimeoutSeconds: 120 }))).toBe(true);
    expect(sameTerms(agreed, honestOffer({ payTo: payee.toLowerCase() }))).toBe(true);
  });

  it('has other terms when it costs more or pays somebody else', () => {
    expect(sameTerms(agreed, honestOffer({ amount: '4425' }))).toBe(false);
    expect(sameTerms(agreed, honestOffer({ payTo: stranger.address }))).toBe(false);
    expect(sameTerms(agreed, { ...agreed, asset: '0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb' })).toBe(false);
    expect(sameTerms({ ...agreed, amount: microUsdc(1n) }, agreed)).toBe(false);
  });
});
