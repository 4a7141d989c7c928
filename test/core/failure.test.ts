import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/core/errorCodes.ts';
import { Failure, toWireError } from '../../src/core/failure.ts';
import { reasons } from '../../src/core/reasons.ts';
import type { Reason } from '../../src/core/reasons.ts';

const everyReason = Object.keys(reasons) as Reason[];

describe('a failure', () => {
  it.each(everyReason)('has a code and one plain sentence for "%s"', (reason) => {
    const failure = new Failure(reason);
    expect(errorCodes[failure.type]).toBeTypeOf('number');
    expect(failure.message).toMatch(/^[A-Z].*\.$/);
    expect(failure.message).not.toMatch(/undefined|\n/);
  });

  it('says what its place knows beyond the reason', () => {
    const cause = new Error('socket');
    const failure = new Failure('gatewayDown', {
      phase: 'send',
      paid: 'unknown',
      receiptId: 'r1',
      detail: '503',
      cause,
    });
    expect(failure).toMatchObject({
      reason: 'gatewayDown',
      phase: 'send',
      paid: 'unknown',
      receiptId: 'r1',
      cause,
    });
    expect(failure.message).toMatch(/\(503\)$/);
  });
});

describe('what crosses to a page', () => {
  it('is the failure without its stack, cause and reason', () => {
    const wire = toWireError(new Failure('gatewayDown', { cause: new Error('secret') }));
    expect(wire).toEqual({
      type: 'gateway_unavailable',
      message: reasons.gatewayDown.text,
      phase: 'quote',
      paid: 'no',
      retryable: true,
    });
    expect(JSON.stringify(wire)).not.toContain('secret');
  });

  it('says of an unexpected throw nothing but that it happened', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ minLength: 12 }), (thrown, text) => {
        for (const error of [thrown, new Error(text), new TypeError(text)]) {
          const wire = toWireError(error, { paid: 'unknown', receiptId: 'r1' });
          expect(wire).toEqual({
            type: 'internal',
            message: reasons.unexpected.text,
            phase: 'validate',
            paid: 'unknown',
            retryable: false,
            receiptId: 'r1',
          });
        }
      }),
    );
  });

  it('takes from the ledger what the failure does not say, never the other way round', () => {
    const known = { paid: 'unknown', receiptId: 'r1' } as const;
    expect(toWireError(new Failure('gatewayDown'), known)).toMatchObject({ ...known, retryable: false });
    expect(toWireError(new Failure('streamBroken', { paid: 'yes', receiptId: 'r2' }), known)).toMatchObject({
      paid: 'yes',
      receiptId: 'r2',
    });
  });

  it('never invites to call again when money may have moved', () => {
    for (const reason of everyReason)
      for (const paid of ['yes', 'unknown'] as const)
        expect(toWireError(new Failure(reason, { paid })).retryable).toBe(false);
  });
});
