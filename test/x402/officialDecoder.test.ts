import { decodePaymentRequiredHeader, encodePaymentRequiredHeader } from '@x402/core/http';
import type { PaymentRequired } from '@x402/core/types';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pinnedAssets } from '../../src/core/assets.ts';
import { Failure } from '../../src/core/failure.ts';
import { readChallenge } from '../../src/x402/offer.ts';
import type { Challenge } from '../../src/x402/offer.ts';
import { baseAccepted, headerOf, honestChallenge, requestUrl } from './challenges.ts';

/** Text that a header can carry through the official encoder. */
const words = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
const address = fc.stringMatching(/^[1-9a-f]{40}$/).map((hex) => `0x${hex}` as const);

/** What the specification allows an offer in USDC on Base to say. */
const honestAccepted = fc.record({
  scheme: fc.constant('exact'),
  network: fc.constant(baseAccepted.network),
  asset: fc.constantFrom(baseAccepted.asset, baseAccepted.asset.toLowerCase()),
  amount: fc.bigInt({ min: 1n, max: 999_999_999_999n }).map(String),
  payTo: address,
  maxTimeoutSeconds: fc.integer({ min: 60, max: 600 }),
  extra: fc.record({ name: fc.constant('USD Coin'), version: fc.constant('2') }),
});

/** Offers of others, which PaidChat leaves alone. */
const otherAccepted = fc.record({
  scheme: fc.constantFrom('exact', 'upto'),
  network: fc.constantFrom('eip155:1', 'eip155:84532', 'cosmos:cosmoshub-4'),
  asset: words,
  amount: fc.nat().map(String),
  payTo: words,
  maxTimeoutSeconds: fc.nat(),
  extra: fc.dictionary(words, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2, noNullPrototype: true }),
});

const honest: fc.Arbitrary<PaymentRequired> = fc
  .record(
    {
      x402Version: fc.constant(2),
      error: words,
      resource: fc.record({ url: fc.constant(requestUrl), description: words, mimeType: words }),
      accepts: fc
        .tuple(
          fc.array(otherAccepted, { maxLength: 3 }),
          honestAccepted,
          fc.array(fc.oneof(honestAccepted, otherAccepted), { maxLength: 3 }),
        )
        .map(([before, one, after]) => [...before, one, ...after]),
    },
    { requiredKeys: ['x402Version', 'resource', 'accepts'] },
  )
  .filter((challenge) => !JSON.stringify(challenge).includes('__proto__'));

/** What ours makes of a header; undefined where it refuses. */
function ours(header: string): Challenge | undefined {
  try {
    return readChallenge(header, pinnedAssets);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function official(header: string): unknown {
  try {
    return decodePaymentRequiredHeader(header);
  } catch {
    return undefined;
  }
}

describe('our reading of a challenge and the official decoder’s', () => {
  it('are the same for everything that is valid', () => {
    fc.assert(
      fc.property(honest, (challenge) => {
        const header = encodePaymentRequiredHeader(challenge);
        const read = ours(header);
        const { accepts, resource, error, x402Version } = decodePaymentRequiredHeader(header);
        expect(read?.raw).toEqual({
          x402Version,
          accepts,
          resource,
          ...(error === undefined ? {} : { error }),
        });
        expect(read?.refused).toEqual([]);
        const inUsdc = accepts.filter(
          ({ network, scheme }) => network === 'eip155:8453' && scheme === 'exact',
        );
        expect(read?.offers.map(({ accepted }) => accepted)).toEqual(inUsdc);
        expect(read?.offers.map(({ amount }) => amount)).toEqual(inUsdc.map(({ amount }) => BigInt(amount)));
      }),
      { numRuns: 1000 },
    );
  });

  it('differ in one direction only: what ours takes, the official one takes and reads the same', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const field = fc.constantFrom('x402Version', 'error', 'resource', 'accepts', 'extensions');
    const offerField = fc.constantFrom(...Object.keys(baseAccepted));
    const mutated = fc.oneof(
      fc.tuple(field, json).map(([name, value]) => headerOf({ ...honestChallenge, [name]: value })),
      fc
        .tuple(offerField, json)
        .map(([name, value]) =>
          headerOf({ ...honestChallenge, accepts: [{ ...baseAccepted, [name]: value }] }),
        ),
      json.map(headerOf),
      fc.string(),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      // A valid one, damaged in one place.
      fc.tuple(fc.nat({ max: 800 }), fc.string({ maxLength: 2 })).map(([at, put]) => {
        const header = headerOf(honestChallenge);
        return header.slice(0, at) + put + header.slice(at + 1);
      }),
    );
    let taken = 0;
    fc.assert(
      fc.property(mutated, (header) => {
        const read = ours(header);
        if (read === undefined) return;
        taken += 1;
        const theirs = official(header) as PaymentRequired;
        expect(theirs.accepts).toEqual(read.raw.accepts);
        expect(theirs.x402Version).toBe(2);
        expect(theirs.resource).toEqual(read.raw.resource);
      }),
      { numRuns: 3000 },
    );
    // Otherwise this would be true of a reader that refuses everything.
    expect(taken).toBeGreaterThan(50);
  });

  it.each<[string, object]>([
    ['a negative amount', { amount: '-4424' }],
    ['an amount in hexadecimal', { amount: '0x1148' }],
    ['an amount with spaces', { amount: ' 4424' }],
    ['an amount as a number', { amount: 4424 }],
    ['nothing to pay', { amount: '0' }],
    ['ten years', { maxTimeoutSeconds: 315_360_000 }],
    ['a time as text', { maxTimeoutSeconds: '300' }],
    ['a payee that is none', { payTo: '0x0' }],
    ['Permit2', { extra: { ...baseAccepted.extra, assetTransferMethod: 'permit2' } }],
    ['another token’s name', { extra: { name: 'Tether', version: '2' } }],
  ])('differ over %s: the official one passes it on, ours offers nothing of it', (_, change) => {
    const header = headerOf({ ...honestChallenge, accepts: [{ ...baseAccepted, ...change }] });
    expect(official(header)).toMatchObject({ accepts: [change] });
    expect(ours(header)?.offers ?? []).toEqual([]);
  });

  it.each<[string, string]>([
    ['of version 1', headerOf({ ...honestChallenge, x402Version: 1 })],
    [
      'with seventeen offers',
      headerOf({ ...honestChallenge, accepts: Array.from({ length: 17 }, () => baseAccepted) }),
    ],
    ['over 16 KiB', headerOf({ ...honestChallenge, error: 'x'.repeat(16_384) })],
    [
      'with a __proto__',
      headerOf(JSON.stringify(honestChallenge).replace('"error"', '"__proto__":{},"error"')),
    ],
  ])('differ over one %s, which the official one decodes', (_, header) => {
    expect(official(header)).toBeDefined();
    expect(ours(header)).toBeUndefined();
  });
});
