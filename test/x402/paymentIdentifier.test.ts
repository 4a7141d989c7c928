import { describe, expect, it } from 'vitest';
import { pinnedAssets } from '../../src/core/assets.ts';
import { readChallenge } from '../../src/x402/offer.ts';
import { identifiedBy, takesIdentifier } from '../../src/x402/paymentIdentifier.ts';
import { headerOf, honestChallenge } from './challenges.ts';

/** As the extension's specification shows it. */
const declared = {
  info: { required: false },
  schema: { type: 'object', properties: { required: { type: 'boolean' } }, required: ['required'] },
};
const ours = 'c0ffee'.padEnd(32, '0');

function rawWith(identifier: unknown) {
  const extensions = { 'payment-identifier': identifier };
  return readChallenge(headerOf({ ...honestChallenge, extensions }), pinnedAssets).raw;
}

describe('the extension payment-identifier', () => {
  it('gets our identifier beside all that the gateway has declared', () => {
    const raw = rawWith(declared);
    expect(takesIdentifier(raw)).toBe(true);
    expect(identifiedBy(raw, ours).extensions).toEqual({
      'payment-identifier': { ...declared, info: { required: false, id: ours } },
    });
    expect(raw.extensions).toEqual({ 'payment-identifier': declared });
  });

  it('never sends an identifier of the gateway’s choice', () => {
    const raw = rawWith({ ...declared, info: { required: true, id: 'chosen-by-the-gateway' } });
    expect(identifiedBy(raw, ours).extensions).toEqual({
      'payment-identifier': { ...declared, info: { required: true, id: ours } },
    });
  });

  it.each([
    null,
    true,
    'pay_7d5d747be160e280504c099d984bcfe0',
    7,
    [],
    {},
    { info: null },
    { info: [] },
    { info: {} },
    { info: { required: 'yes' } },
    { info: { required: 1 }, schema: {} },
  ])('is none of another shape: %j', (identifier) => {
    const raw = rawWith(identifier);
    expect(raw).toEqual(honestChallenge);
    expect(takesIdentifier(raw)).toBe(false);
    expect(identifiedBy(raw, ours)).toBe(raw);
  });

  it('brings no identifier where the payment has none', () => {
    const raw = rawWith(declared);
    expect(identifiedBy(raw, undefined)).toBe(raw);
  });
});
