import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isCallId, readUpwardFrame, wireLimits } from '../../src/protocol/wire.ts';
import type { UpwardFrame } from '../../src/protocol/wire.ts';

const idArbitrary = fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/);
const json = fc.jsonValue();

const upward: fc.Arbitrary<UpwardFrame> = fc.oneof(
  fc.record({
    v: fc.constant(1 as const),
    id: idArbitrary,
    kind: fc.constant('call' as const),
    method: fc.string({ minLength: 1, maxLength: wireLimits.method }),
    params: json as fc.Arbitrary<never>,
    active: fc.boolean(),
  }),
  fc.record({ v: fc.constant(1 as const), id: idArbitrary, kind: fc.constant('cancel' as const) }),
  fc.record({
    v: fc.constant(1 as const),
    id: idArbitrary,
    kind: fc.constant('resume' as const),
    offset: fc.maxSafeNat(),
  }),
  fc.record({
    v: fc.constant(1 as const),
    id: idArbitrary,
    kind: fc.constant('answer' as const),
    ok: fc.boolean(),
    value: json as fc.Arbitrary<never>,
  }),
);

it('reads every frame that flows upward as it is', () => {
  fc.assert(
    fc.property(upward, (frame) => {
      expect(readUpwardFrame(frame)).toEqual(frame);
    }),
  );
});

it('refuses a frame with one key too many', () => {
  const known = ['v', 'id', 'kind', 'method', 'params', 'active', 'offset', 'ok', 'value'];
  const extra = fc.string().filter((key) => !known.includes(key));
  fc.assert(
    fc.property(upward, extra, json, (frame, key, value) => {
      const more: Record<string, unknown> = { ...frame };
      Object.defineProperty(more, key, { value, enumerable: true });
      expect(readUpwardFrame(more)).toBeUndefined();
    }),
  );
});

it('refuses the kinds that flow down, and those that do not exist', () => {
  const kinds = fc.oneof(
    fc.constantFrom('event', 'end', 'fail', 'ask', '__proto__', 'constructor', 'toString'),
    fc.string().filter((kind) => !['call', 'cancel', 'resume', 'answer'].includes(kind)),
  );
  fc.assert(
    fc.property(upward, kinds, (frame, kind) => {
      expect(readUpwardFrame({ ...frame, kind })).toBeUndefined();
    }),
  );
});

it('refuses another version and an id that is none', () => {
  fc.assert(
    fc.property(upward, json, (frame, value) => {
      fc.pre(value !== 1);
      expect(readUpwardFrame({ ...frame, v: value })).toBeUndefined();
      fc.pre(!isCallId(value));
      expect(readUpwardFrame({ ...frame, id: value })).toBeUndefined();
    }),
  );
});

it('throws at nothing, and gives back only what it knows', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
      expect(readUpwardFrame(value)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});

it('takes a word of activation for one only where it is true', () => {
  const call = { v: 1, id: 'call-0001', kind: 'call', method: 'chat', params: {} };
  for (const active of [undefined, false, 1, 'true', {}]) {
    expect(readUpwardFrame({ ...call, active })).toMatchObject({ active: false });
  }
  expect(readUpwardFrame({ ...call, active: true })).toMatchObject({ active: true });
});

it('reads missing parameters and values as null', () => {
  const call = { v: 1, id: 'call-0001', kind: 'call', method: 'chat' };
  expect(readUpwardFrame(call)).toEqual({ ...call, params: null, active: false });
  const answer = { v: 1, id: 'call-0001', kind: 'answer', ok: true };
  expect(readUpwardFrame(answer)).toEqual({ ...answer, value: null });
});

it.each([
  ['call', { method: '' }],
  ['call', { method: 'x'.repeat(65) }],
  ['call', { method: 7 }],
  ['call', {}],
  ['resume', {}],
  ['resume', { offset: -1 }],
  ['resume', { offset: 0.5 }],
  ['resume', { offset: 2 ** 53 }],
  ['resume', { offset: '0' }],
  ['answer', { value: null }],
  ['answer', { ok: 1 }],
])('refuses a %s with %j', (kind, rest) => {
  expect(readUpwardFrame({ v: 1, id: 'call-0001', kind, ...rest })).toBeUndefined();
});

it.each([undefined, null, 7, 'x'.repeat(8) + ' ', 'short', 'x'.repeat(65), 'ünïcödé8', ['call-0001']])(
  'takes %j for no id',
  (value) => {
    expect(isCallId(value)).toBe(false);
  },
);
