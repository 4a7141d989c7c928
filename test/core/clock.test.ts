import { describe, expect, it } from 'vitest';
import { wait, withTimeout } from '../../src/core/clock.ts';
import { fakeClock } from '../fakes/clock.ts';

describe('waiting', () => {
  it('ends when its time has come', async () => {
    const clock = fakeClock();
    let over = false;
    const waiting = wait(clock, 1000).then(() => (over = true));
    clock.advance(999);
    await Promise.resolve();
    expect(over).toBe(false);
    clock.advance(1);
    await waiting;
    expect(over).toBe(true);
  });

  it('ends with the reason of an abort, before it began or in its middle, and leaves no timer', async () => {
    const clock = fakeClock();
    const reason = new Error('stop');
    await expect(wait(clock, 1000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const waiting = wait(clock, 1000, abort.signal);
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(clock.waiting).toBe(0);
  });

  it('hears no abort that comes later', async () => {
    const clock = fakeClock();
    const abort = new AbortController();
    const waiting = wait(clock, 5, abort.signal);
    clock.advance(5);
    abort.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});

describe('a time limit', () => {
  const late = () => new Error('late');

  it('lets through what comes in time, good or bad, and leaves no timer', async () => {
    const clock = fakeClock();
    await expect(withTimeout(clock, 10, Promise.resolve(7), late)).resolves.toBe(7);
    await expect(withTimeout(clock, 10, Promise.reject(new Error('own')), late)).rejects.toThrow('own');
    await Promise.resolve();
    expect(clock.waiting).toBe(0);
  });

  it('rejects what does not come, and hears nothing of it afterwards', async () => {
    const clock = fakeClock();
    const { promise, reject } = withResolvers();
    const limited = withTimeout(clock, 10, promise, late);
    clock.advance(10);
    await expect(limited).rejects.toThrow('late');
    reject(new Error('after all'));
    await Promise.resolve();
  });
});

function withResolvers() {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, no) => (reject = no));
  return { promise, reject };
}
