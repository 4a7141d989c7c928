import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/background/paying/digest.ts';

it.each([
  ['nothing', ''],
  ['plain text', 'abc'],
  ['text of every width', 'ünï€ 𝄞'],
  ['text just short enough', 'x'.repeat(64 * 1024)],
  ['text just too long', 'é'.repeat(64 * 1024 + 1)],
  ['the longest text', 'x'.repeat(4 * 1024 * 1024)],
])('the digest of %s is its SHA-256', async (_name, text) => {
  expect(await digestOf(text)).toBe(createHash('sha256').update(text).digest('hex'));
});
