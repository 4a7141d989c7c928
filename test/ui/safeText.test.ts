import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeAnswer, safeBlock, safeLine, safeName } from '../../src/ui/safeText.ts';

const strangers = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(fc.constantFrom('\u202e', '\u2066', '\u200b', '\n', '\u0301', '\ud800', 'a', ' '))
    .map((a) => a.join('')),
);

describe('a stranger’s line', () => {
  test('loses what turns the reading direction', () => {
    expect(safeLine('invoice\u202egpj.exe\u202c', 80)).toBe('invoicegpj.exe');
  });

  test('loses what cannot be seen, tags and fillers among it', () => {
    expect(safeLine('a\u200bb\u00ad\u{e0041}c\u3164d\ufeff', 80)).toBe('abc d');
  });

  test('has no line break left, of any kind', () => {
    expect(safeLine('one\r\ntwo\u2028three\u0085four\u000bfive', 80)).toBe('one two three four five');
  });

  test('keeps emoji whole, and markup as the text it is', () => {
    expect(safeLine('👩‍👩‍👧 <b>&amp;</b>', 80)).toBe('👩‍👩‍👧 <b>&amp;</b>');
  });

  test('ends, with a sign that it went on', () => {
    expect(safeLine('x'.repeat(10_000), 5)).toBe('xxxx…');
    expect(safeLine('12345', 5)).toBe('12345');
  });

  test('levels towers of accents', () => {
    expect(safeLine(`a${'\u0301'.repeat(500)}`, 80)).toBe(`a${'\u0301'.repeat(3)}`);
  });

  test('is short, on one line and free of controls whatever came in', () => {
    fc.assert(
      fc.property(strangers, fc.integer({ min: 2, max: 60 }), (text, max) => {
        const line = safeLine(text, max);
        expect(Array.from(line).length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
      }),
    );
  });
});

describe('a stranger’s block', () => {
  test('keeps its lines and drops heaps of empty ones', () => {
    expect(safeBlock('one\r\ntwo\n\n\n\nthree', 80)).toBe('one\ntwo\n\nthree');
  });
});

describe('a name', () => {
  test('has no joiners in which two names could differ unseen', () => {
    expect(safeName('ambient\u200d/large')).toBe('ambient/large');
  });
});

describe('an answer', () => {
  test('keeps every character but those that turn the direction', () => {
    expect(safeAnswer('a\n\n\tb\u202e c\u200d')).toBe('a\n\n\tb c\u200d');
  });
});
