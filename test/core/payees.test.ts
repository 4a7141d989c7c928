import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPaying, afterTrusting, judgePayee, maxPayees } from '../../src/core/payees.ts';
import type { Payees } from '../../src/core/payees.ts';

const address = (digit: number) => `0x${String(digit).repeat(40)}`;
const gateway = 'https://gateway.example';

describe('a payee', () => {
  it('that is the first one ever is paid, and pinned by its payment', () => {
    expect(judgePayee({ payTo: [] }, address(1), gateway)).toBeUndefined();
    expect(afterPaying({ payTo: [] }, address(1))).toEqual({ payTo: [address(1)] });
  });

  it('that is pinned is paid, whatever the capitals of its checksum', () => {
    const payees = { payTo: ['0xabcdefabcdefabcdefabcdefabcdefabcdefabcd', 'aBc'] };
    expect(judgePayee(payees, '0xABCDEFabcdefabcdefabcdefabcdefabcdefabcd', gateway)).toBeUndefined();
    // Base58 means something by its capitals.
    expect(judgePayee(payees, 'abc', gateway)).toMatchObject({ payTo: 'abc' });
  });

  it('that is new says which ones are pinned and that it can be pinned too', () => {
    expect(judgePayee({ payTo: [address(1)] }, address(2), gateway)).toEqual({
      payTo: address(2),
      pinned: [address(1)],
      canAdd: true,
    });
  });

  it('that was paid once without being pinned is new the next time', () => {
    const after = afterPaying({ payTo: [address(1)] }, address(2));
    expect(after).toEqual({ payTo: [address(1)], paidSinceChange: 0 });
    expect(judgePayee(after, address(2), gateway)).toMatchObject({ payTo: address(2) });
  });

  it('is not pinned where five are', () => {
    const five: Payees = { payTo: [1, 2, 3, 4, 5].map(address) };
    expect(judgePayee(five, address(6), gateway)).toMatchObject({ canAdd: false });
    expect(afterTrusting(five, address(6), gateway, 'address')).toBe(five);
  });

  it('can be trusted by its origin on a second change within ten payments, and not after', () => {
    let payees = afterTrusting({ payTo: [address(1)] }, address(2), gateway, 'address');
    expect(payees).toEqual({ payTo: [address(1), address(2)], paidSinceChange: 0 });
    for (let paid = 0; paid < 9; paid += 1) payees = afterPaying(payees, address(2));
    expect(judgePayee(payees, address(3), `${gateway}/v1`)).toMatchObject({ trustable: gateway });
    payees = afterPaying(payees, address(1));
    expect(judgePayee(payees, address(3), gateway)).not.toHaveProperty('trustable');
  });

  it('is paid at any address of an origin that is trusted, only while the gateway stands there', () => {
    const payees = afterTrusting({ payTo: [address(1)] }, address(2), gateway, 'origin');
    expect(payees.payTo).toEqual([address(1)]);
    expect(judgePayee(payees, address(3), gateway)).toBeUndefined();
    expect(judgePayee(payees, address(3), 'https://elsewhere.example')).toBeDefined();
  });

  it('of a gateway without https is never trusted by its origin', () => {
    const payees: Payees = {
      payTo: [address(1)],
      paidSinceChange: 0,
      trustedOrigin: 'http://gateway.example',
    };
    expect(judgePayee(payees, address(2), 'http://gateway.example')).not.toHaveProperty('trustable');
    expect(judgePayee(payees, address(2), 'no address')).toMatchObject({ payTo: address(2) });
  });

  it('is never one that the person did not agree to, whatever was paid before', () => {
    const step = fc.record({ digit: fc.integer({ min: 1, max: 9 }), trusts: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let payees: Payees = { payTo: [] };
        const agreed = new Set<string>();
        for (const { digit, trusts } of steps) {
          const payTo = address(digit);
          const isNew = judgePayee(payees, payTo, gateway);
          expect(isNew === undefined).toBe(agreed.size === 0 || agreed.has(payTo));
          if (isNew === undefined || (trusts && isNew.canAdd)) agreed.add(payTo);
          if (isNew && trusts) payees = afterTrusting(payees, payTo, gateway, 'address');
          payees = afterPaying(payees, payTo);
          expect(payees.payTo.length).toBeLessThanOrEqual(maxPayees);
        }
      }),
    );
  });
});
