import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsPress, isAwake, notWatching, wakeAfterMs, wakesInMs, watch } from '../../src/ui/awake.ts';
import type { WatchEvent, Watchfulness } from '../../src/ui/awake.ts';

const shown = (version: number, atMs: number): WatchEvent => ({ type: 'card', version, atMs });
const seen = (atMs: number, visible = true, focused = true): WatchEvent => ({
  type: 'window',
  visible,
  focused,
  atMs,
});
const after = (...events: readonly WatchEvent[]): Watchfulness => events.reduce(watch, notWatching);

describe('buttons', () => {
  test('wake 800 ms after the card is in view, not a millisecond before', () => {
    const state = after(shown(1, 1000), seen(1000));
    expect(isAwake(state, 1799)).toBe(false);
    expect(isAwake(state, 1800)).toBe(true);
  });

  test('sleep while nothing is shown, whatever the time', () => {
    expect(isAwake(notWatching, 1e15)).toBe(false);
    expect(isAwake(after(seen(0)), 1e15)).toBe(false);
    expect(isAwake(after(shown(1, 0)), 1e15)).toBe(false);
  });

  test.each([
    ['hidden', false, true],
    ['unfocused', true, false],
  ])('sleep while the window is %s', (_name, visible, focused) => {
    const state = after(shown(1, 0), seen(0, visible, focused));
    expect(isAwake(state, 10_000)).toBe(false);
    expect(wakesInMs(state, 10_000)).toBeUndefined();
  });

  test('wait anew after the window has come back', () => {
    const state = after(shown(1, 0), seen(0), seen(5000, true, false), seen(6000));
    expect(isAwake(state, 6799)).toBe(false);
    expect(isAwake(state, 6800)).toBe(true);
  });

  test('wait anew when another version is shown', () => {
    const state = after(shown(1, 0), seen(0), shown(2, 5000));
    expect(isAwake(state, 5799)).toBe(false);
    expect(isAwake(state, 5800)).toBe(true);
  });

  test('are not put to sleep by hearing the same again', () => {
    const state = after(shown(1, 0), seen(0), shown(1, 700), seen(700));
    expect(isAwake(state, 800)).toBe(true);
  });

  test('do not take a press that was made before they woke and came late', () => {
    const state = after(shown(1, 0), seen(0));
    expect(countsPress(state, 900, 101)).toBe(false);
    expect(countsPress(state, 900, 100)).toBe(true);
    expect(countsPress(state, 799, -500)).toBe(false);
  });

  test('say how long they still sleep', () => {
    const state = after(shown(1, 0), seen(0));
    expect(wakesInMs(state, 300)).toBe(500);
    expect(wakesInMs(state, 3000)).toBe(0);
  });

  test('are awake only after the whole wait in one unbroken view, in every order of events', () => {
    const events = fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('card' as const), version: fc.integer({ min: 1, max: 3 }) }),
        fc.record({ type: fc.constant('window' as const), visible: fc.boolean(), focused: fc.boolean() }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(events, fc.array(fc.nat(900), { minLength: 13, maxLength: 13 }), (list, gaps) => {
        let state = notWatching;
        let nowMs = 0;
        let sinceMs: number | undefined;
        let facts: { version: number | undefined; inView: boolean } = { version: undefined, inView: false };
        list.forEach((event, index) => {
          nowMs += gaps[index] ?? 0;
          state = watch(state, { ...event, atMs: nowMs });
          const next =
            event.type === 'card'
              ? { ...facts, version: event.version }
              : { ...facts, inView: event.visible && event.focused };
          const inFullView = next.version !== undefined && next.inView;
          if (next.version !== facts.version || next.inView !== facts.inView) {
            sinceMs = inFullView ? nowMs : undefined;
          }
          facts = next;
        });
        nowMs += gaps[12] ?? 0;
        const expected = sinceMs !== undefined && nowMs - sinceMs >= wakeAfterMs;
        expect(isAwake(state, nowMs)).toBe(expected);
      }),
    );
  });
});
