import { expect, it } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';

it('tells JSON objects from everything else', () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) expect(isJsonObject(value)).toBe(true);
  for (const value of [null, undefined, [], 'x', 1, true, () => {}]) expect(isJsonObject(value)).toBe(false);
});
