import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaidChatError } from '../../src/inpage/error.ts';
import { toPlain } from '../../src/inpage/plain.ts';

function refusal(value: unknown): PaidChatError {
  try {
    toPlain(value, 'request');
  } catch (error) {
    expect(error).toBeInstanceOf(PaidChatError);
    return error as PaidChatError;
  }
  throw new Error('It was copied.');
}

describe('the copy of what a page gives', () => {
  it('is the same JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(JSON.stringify(toPlain(value, 'request'))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('never hangs and never throws anything but a PaidChatError', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
      withUnboxedValue: true,
    } as fc.ObjectConstraints);
    fc.assert(
      fc.property(anything, (value) => {
        try {
          toPlain(value, 'request');
        } catch (error) {
          expect(error).toBeInstanceOf(PaidChatError);
        }
      }),
    );
  });

  it('has no prototype anywhere, so that a page cannot add to it', () => {
    const copy = toPlain({ list: [{ deep: 1 }] }, 'request') as { list: [object] };
    for (const part of [copy, copy.list, copy.list[0]]) expect(Object.getPrototypeOf(part)).toBeNull();
  });

  it('leaves out what is undefined, and takes a frozen or bare object', () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    expect({ ...(toPlain({ a: undefined, b: 1 }, 'request') as object) }).toEqual({ b: 1 });
    expect({ ...(toPlain(Object.freeze(bare), 'request') as object) }).toEqual({ a: 1 });
  });

  it('reads each property once', () => {
    let reads = 0;
    const value = {
      get model() {
        reads += 1;
        return `model-${reads}`;
      },
    };
    expect({ ...(toPlain(value, 'request') as object) }).toEqual({ model: 'model-1' });
    expect(reads).toBe(1);
  });

  it('ignores toJSON, and keeps __proto__ a key like any other', () => {
    const value = JSON.parse('{"__proto__":{"polluted":1},"b":1}') as object;
    expect(JSON.stringify(toPlain(value, 'request'))).toBe('{"__proto__":{"polluted":1},"b":1}');
    expect(refusal({ a: 1, toJSON: () => 'other' }).message).toContain('request.toJSON is function');
  });

  it('copies a Proxy around a plain object, as reactive frameworks make them', () => {
    const reactive = new Proxy({ messages: new Proxy([{ role: 'user' }], {}) }, {});
    expect(JSON.stringify(toPlain(reactive, 'request'))).toBe('{"messages":[{"role":"user"}]}');
  });

  it.each<[string, unknown, string]>([
    ['a function', { f: () => 1 }, 'request.f is function, which cannot be sent'],
    ['a symbol', [Symbol('s')], 'request[0] is symbol, which cannot be sent'],
    ['a bigint', { messages: [{ n: 1n }] }, 'request.messages[0].n is bigint, which cannot be sent'],
    ['undefined in an array', { list: [undefined] }, 'request.list[0] is undefined, which cannot be sent'],
    ['undefined itself', undefined, 'request is undefined, which cannot be sent'],
    ['NaN', { a: { b: Number.NaN } }, 'request.a.b is not a finite number'],
    ['Infinity', [-Infinity], 'request[0] is not a finite number'],
    ['a Date', { at: new Date(0) }, 'request.at is not a plain object'],
    ['a Map', { map: new Map() }, 'request.map is not a plain object'],
    [
      'an instance',
      {
        it: new (class Message {
          role = 'user';
        })(),
      },
      'request.it is not a plain object',
    ],
    ['a boxed text', { text: Object('x') as object }, 'request.text is not a plain object'],
    ['a key that is no word', { 'a b': () => 1 }, 'request is function, which cannot be sent'],
  ])('refuses %s and names the place', (_name, value, problem) => {
    const error = refusal(value);
    expect(error).toMatchObject({ code: -32602, type: 'invalid_params', phase: 'validate', paid: 'no' });
    expect(error.message).toContain(`(${problem})`);
  });

  it('refuses what contains itself', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(refusal(circle).message).toContain('nested too deep or contains itself');
  });

  it('refuses what grows while it is read', () => {
    const endless: object = new Proxy(
      {},
      {
        ownKeys: () => ['a', 'b'],
        get: () => endless,
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
      },
    );
    expect(refusal(endless).type).toBe('invalid_params');
    const longArray = new Proxy([], { get: (_target, key) => (key === 'length' ? 4e9 : 1) });
    expect(refusal(longArray).message).toContain('larger than 4 MiB');
    const shared = (levels: number): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level += 1) value = Array.from({ length: 10 }, () => value);
      return value;
    };
    expect(refusal(shared(12)).message).toContain('larger than 4 MiB');
  });

  it('refuses text over 4 MiB in sum', () => {
    const half = 'x'.repeat(2 * 1024 * 1024);
    expect(toPlain([half, half.slice(10)], 'request')).toHaveLength(2);
    expect(refusal([half, half, 'x']).message).toContain('larger than 4 MiB');
  });

  it('hides what a getter or a trap of the page throws', () => {
    const throwing = {
      get text(): string {
        throw new Error('secret');
      },
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    for (const value of [throwing, [revoked.proxy], revoked.proxy]) {
      const error = refusal(value);
      expect(error.message).toContain('request cannot be read');
      expect(error.cause).toBeUndefined();
    }
  });
});
