import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterMissing, awaitedNodes, isSilent, missedNodes, neededNodes } from '../../src/core/silence.ts';
import type { Silence } from '../../src/core/silence.ts';

const t0 = Date.UTC(2026, 0, 15, 12);
const hour = 3_600_000;
const url = 'https://one.example';

/** What is known of a node that missed a look every so often. */
function missing(looks: number, everyMs: number): readonly Silence[] {
  let known: readonly Silence[] = [];
  for (let look = 0; look < looks; look += 1) known = afterMissing(known, [url], t0 + look * everyMs);
  return known;
}

describe('a node', () => {
  it.each([
    [5, 24, false],
    [6, 23.9, false],
    [6, 24, true],
    [100, 1_000, true],
    // The clock was set back.
    [100, -1_000, false],
  ])('that missed %i looks, the first of them %d hours ago: is it silent? %s', (looks, hours, silent) => {
    const [silence] = missing(looks, 1_000);
    expect(silence).toEqual({ url, sinceMs: t0, misses: looks });
    expect(silence && isSilent(silence, t0 + hours * hour)).toBe(silent);
  });

  it('that misses a look changes nothing about another', () => {
    const other = { url: 'https://two.example', sinceMs: t0, misses: 3 };
    expect(afterMissing([other], [url], t0 + hour)).toEqual([other, { url, sinceMs: t0 + hour, misses: 1 }]);
  });
});

it('never waits for fewer nodes than have to agree, however many are silent', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
  fc.assert(
    fc.property(names, fc.func(fc.boolean()), (urls, isQuiet) => {
      const silent = urls.filter((name) => isQuiet(name));
      const awaited = awaitedNodes(urls, silent);
      expect(awaited.length).toBeGreaterThanOrEqual(neededNodes(urls.length));
      const missed = missedNodes(
        urls,
        [...silent, 'another network'].map((name) => ({ url: name, sinceMs: t0, misses: 9 })),
      );
      // A proof waits for silent nodes exactly where the others are too few for one.
      const others = urls.length - silent.length;
      expect(missed.map((node) => node.url)).toEqual(others < neededNodes(urls.length) ? silent : []);
      expect(awaited).toEqual(expect.arrayContaining(urls.filter((name) => !silent.includes(name))));
      if (urls.length > 1) expect(neededNodes(urls.length)).toBe(2);
    }),
  );
});
