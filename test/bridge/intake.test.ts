import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charactersPerSecond, createIntake, maxOpenCalls, smallestCall } from '../../src/bridge/intake.ts';
import { createRelay } from '../../src/bridge/relay.ts';
import { wireLimits } from '../../src/protocol/wire.ts';
import type { Frame } from '../../src/protocol/wire.ts';
import { fakePort } from './fakePort.ts';

const { pageFrame } = wireLimits;

describe('what one document may send', () => {
  it('is two of the longest calls at once, and again a second later', () => {
    let nowMs = 0;
    const passes = createIntake(() => nowMs);
    expect([passes(pageFrame), passes(pageFrame), passes(1)]).toEqual([true, true, false]);
    nowMs += 499;
    expect(passes(pageFrame)).toBe(false);
    nowMs += 1;
    expect([passes(pageFrame), passes(1)]).toEqual([true, false]);
    nowMs += 3_600_000;
    expect([passes(pageFrame), passes(pageFrame), passes(1)]).toEqual([true, true, false]);
  });

  it('is so many calls a second, however short', () => {
    let nowMs = 0;
    const passes = createIntake(() => nowMs);
    let passed = 0;
    for (; nowMs < 10_000; nowMs += 0.25) if (passes(10)) passed += 1;
    expect(passed).toBeGreaterThan((10 * charactersPerSecond) / smallestCall);
    expect(passed).toBeLessThanOrEqual((11 * charactersPerSecond) / smallestCall);
  });

  it('is in no stretch of time more than its seconds and one more', () => {
    const step = fc.record({ ms: fc.nat(2_000), length: fc.nat(pageFrame) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let nowMs = 0;
        const passes = createIntake(() => nowMs);
        let sent = 0;
        for (const { ms, length } of steps) {
          nowMs += ms;
          if (passes(length)) sent += Math.max(length, smallestCall);
        }
        expect(sent).toBeLessThanOrEqual(charactersPerSecond * (1 + nowMs / 1000));
      }),
    );
  });
});

describe('a bridge whose page floods it', () => {
  function flooded(flood: readonly Frame[]) {
    const port = fakePort();
    const heard: Frame[] = [];
    let listener: (text: string) => void = () => undefined;
    const relay = createRelay({
      page: {
        post: (text) => void heard.push(JSON.parse(text) as Frame),
        onText: (given) => {
          listener = given;
        },
      },
      connect: () => port,
      hasActivation: () => false,
      nowMs: () => 0,
    });
    relay.wake();
    const send = (frame: Frame) => listener(JSON.stringify(frame));
    for (const frame of flood) send(frame);
    return { port, heard, send };
  }
  const call = (at: number, params: string): Frame => ({
    v: 1,
    id: `call-${String(at).padStart(4, '0')}`,
    kind: 'call',
    method: 'chat',
    params,
  });

  it('passes on so many open calls, and fails the others by itself', () => {
    const { port, heard, send } = flooded(Array.from({ length: maxOpenCalls + 3 }, (_, at) => call(at, '')));
    expect(port.posted).toHaveLength(maxOpenCalls);
    expect(heard).toHaveLength(3);
    expect(heard[0]).toMatchObject({
      id: call(maxOpenCalls, '').id,
      kind: 'fail',
      error: { type: 'request_pending', phase: 'validate', paid: 'no', retryable: true },
    });
    // One that ends makes room for one.
    port.say({ v: 1, id: call(0, '').id, kind: 'end', result: null });
    send(call(90, ''));
    send(call(91, ''));
    expect(port.posted).toHaveLength(maxOpenCalls + 1);
  });

  it('passes on so much text, and still every word about calls that are open', () => {
    const long = 'x'.repeat(pageFrame - 200);
    const { port, heard, send } = flooded([call(0, long), call(1, long), call(2, long)]);
    expect(port.posted).toHaveLength(2);
    expect(heard).toMatchObject([{ id: call(2, '').id, error: { type: 'request_pending' } }]);
    send({ v: 1, id: call(0, '').id, kind: 'cancel' });
    expect(port.posted.at(-1)).toEqual({ v: 1, id: call(0, '').id, kind: 'cancel' });
  });
});
