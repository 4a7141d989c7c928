import { describe, expect, it } from 'vitest';
import { cleanWords, gatewayWords } from '../../src/gateway/answers.ts';

describe('the words of a gateway', () => {
  it.each([
    ['{"error":{"message":"unknown model","type":"x"}}', 'unknown model'],
    ['{"error":"unknown model"}', 'unknown model'],
    ['{"error":{"error":{"message":"deep"}}}', 'deep'],
    ['{"error":null,"message":"outer"}', 'outer'],
    ['{"detail":"fields"}', 'fields'],
    ['"bare"', 'bare'],
    ['No workers available', 'No workers available'],
  ])('are found in %s', (body, words) => {
    expect(gatewayWords(body)).toBe(words);
  });

  it.each([
    '',
    '   ',
    '{}',
    '[]',
    '{"error":{}}',
    '{"message":7}',
    'null',
    ' \n<!doctype html><p>no</p>',
    '<x/>',
  ])('are none in %j', (body) => {
    expect(gatewayWords(body)).toBeUndefined();
  });

  it('are one line without characters that change how it reads', () => {
    expect(cleanWords('a\r\nb\u0000c\u001b[31md\u202ee\u2066f\u200bg\ufeffh\ud800i\u2028j')).toBe(
      'a b c [31md e f g h i j',
    );
    expect(cleanWords('\u202e\u0000')).toBeUndefined();
    expect(cleanWords(7)).toBeUndefined();
  });

  it('are 200 characters at most, and no half of one', () => {
    expect(cleanWords('🙂'.repeat(201))).toBe(`${'🙂'.repeat(200)}…`);
    expect(cleanWords('x'.repeat(200))).toBe('x'.repeat(200));
    expect(cleanWords('x'.repeat(10_000_000))).toHaveLength(201);
  });
});
