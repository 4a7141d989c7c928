import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPaymentSchemes } from '../../src/x402/mpp.ts';

const tempo = 'Payment id="qB3w", realm="api.example", method="tempo", intent="charge", request="eyJhIjoxfQ"';
const evm =
  'Payment id="x", realm="r", method="evm", intent="charge", request="e30", expires="2026-01-01T00:00:00Z"';

describe('the ways to pay that a gateway offers by MPP', () => {
  it.each<[string, readonly string[]]>([
    ['', []],
    ['Basic realm="api"', []],
    ['Bearer', []],
    [tempo, ['tempo']],
    // What a browser makes of several header lines.
    [`${tempo}, ${evm}`, ['tempo', 'evm']],
    [`Basic realm="a, Payment method=\\"fake\\"", ${evm}`, ['evm']],
    [`Negotiate dGVzdA==, ${evm}`, ['evm']],
    [`${evm}, Bearer realm="r", method="bearer"`, ['evm']],
    ['payment METHOD=stripe', ['stripe']],
    [`${evm}, ${evm}`, ['evm']],
    ['Payment description="say \\"method=\\", please", method="evm"', ['evm']],
    ['Payment , method="evm"', ['evm']],
    // Names that are none: shown to a person, they would be the gateway's words.
    ['Payment method="<b>evm</b>"', []],
    ['Payment method="EVM"', []],
    ['Payment method=""', []],
    ['Payment method="evm', []],
    [`Payment method="${'a'.repeat(33)}"`, []],
    [`${tempo}, ;;; ${evm}`, ['tempo']],
  ])('in %j are %j', (header, methods) => {
    expect(readPaymentSchemes(header)).toEqual(methods);
  });

  it('are eight at most', () => {
    const many = Array.from({ length: 20 }, (_, index) => `Payment method="m${index}"`).join(', ');
    expect(readPaymentSchemes(many)).toHaveLength(8);
  });

  it('are none in a header that is too long', () => {
    expect(readPaymentSchemes(`${tempo}, ${'Basic realm="x", '.repeat(1000)}`)).toEqual([]);
  });

  it('are clean names whatever the header holds, and found in good time', () => {
    const piece = fc.constantFrom('Payment', ' ', ',', '=', '"', '\\', 'method', 'evm', 'a', '\t', 'ü', '==');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const method of readPaymentSchemes(pieces.join(''))) expect(method).toMatch(/^[a-z][a-z0-9-]*$/);
      }),
      { numRuns: 2000 },
    );
    for (const unit of ['a', 'a ', 'a=', 'a="', '\\"', '" ', ', ', 'a =']) {
      const startedAt = performance.now();
      readPaymentSchemes(unit.repeat(16_384 / unit.length));
      expect(performance.now() - startedAt).toBeLessThan(500);
    }
  });
});
