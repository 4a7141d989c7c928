import { describe, expect, it } from 'vitest';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import { createHttp } from '../../src/gateway/http.ts';
import type { Fetch } from '../../src/gateway/http.ts';
import { fallbackModels, fetchModels, readModels } from '../../src/gateway/models.ts';
import { fakeClock } from '../fakes/clock.ts';

const large = {
  id: 'ambient/large',
  name: 'Ambient Large',
  is_ready: true,
  context_length: 200_000,
  max_output_length: 131_072,
  pricing: { prompt: '0.0000014' },
};

function fetching(fetch: Fetch) {
  return fetchModels(createHttp(fetch, { clock: fakeClock(), allowLocalhost: () => false }), jumpGate);
}

describe('the catalogue', () => {
  it('is fetched and read', async () => {
    const asked: string[] = [];
    const models = await fetching(async (url) => {
      asked.push(url);
      return Response.json({ data: [large] });
    });
    expect(asked).toEqual([jumpGate.catalogueUrl]);
    expect(models).toEqual([
      { id: 'ambient/large', gateway: 'jumpgate', contextWindow: 200_000, maxOutputTokens: 131_072 },
    ]);
  });

  it('may be a bare list, and may say nothing of sizes', () => {
    expect(readModels([{ id: 'a', is_ready: true }], jumpGate)).toEqual([{ id: 'a', gateway: 'jumpgate' }]);
    const odd = { ...large, context_length: '200000', max_output_length: -1 };
    expect(readModels([odd], jumpGate)).toEqual([{ id: 'ambient/large', gateway: 'jumpgate' }]);
  });

  it.each([
    ['not ready', { ...large, is_ready: false }],
    ['of unknown readiness', { id: 'a' }],
    ['ready in words', { ...large, is_ready: 'true' }],
    ['nameless', { ...large, id: undefined }],
    ['of a name with another direction', { ...large, id: 'ambient\u202elarge' }],
    ['of a name that looks like another', { ...large, id: 'аmbient/large' }],
    ['of a name with markup', { ...large, id: '<b>large</b>' }],
    ['of a name that is too long', { ...large, id: 'x'.repeat(129) }],
    ['text', 'ambient/large'],
    ['null', null],
  ])('leaves out a model that is %s', (_, entry) => {
    expect(
      readModels({ data: [entry, { id: 'other', is_ready: true }] }, jumpGate).map(({ id }) => id),
    ).toEqual(['other']);
  });

  it('names each model once and 500 at most', () => {
    const many = Array.from({ length: 1200 }, (_, i) => ({
      id: `model-${Math.floor(i / 2)}`,
      is_ready: true,
    }));
    const ids = readModels({ data: many }, jumpGate).map(({ id }) => id);
    expect(ids).toHaveLength(500);
    expect(new Set(ids).size).toBe(500);
  });

  it.each([{}, { data: {} }, null, 'models', 7])('is not understood when it is no list: %j', (catalogue) => {
    expect(() => readModels(catalogue, jumpGate)).toThrow(
      expect.objectContaining({ reason: 'gatewayUnclear' }),
    );
  });

  it.each([
    [500, '', 'gatewayDown'],
    [404, '', 'gatewayRefused'],
    [200, '<html>', 'gatewayUnclear'],
    [200, `[${' '.repeat(1024 * 1024)}]`, 'gatewayUnclear'],
  ])('of status %i ends well', async (status, body, reason) => {
    await expect(fetching(async () => new Response(body, { status }))).rejects.toMatchObject({ reason });
  });

  it('ends with the caller’s signal', async () => {
    const http = createHttp(async () => Response.json([]), {
      clock: fakeClock(),
      allowLocalhost: () => false,
    });
    const reason = new Error('gone');
    await expect(fetchModels(http, jumpGate, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('is the documented example where it cannot be read', () => {
    expect(fallbackModels(jumpGate)).toEqual([{ id: 'ambient/large', gateway: 'jumpgate' }]);
  });
});

describe('a catalogue in OpenAI’s shape', () => {
  it('says nothing of readiness: what it lists is up, unless it says otherwise', () => {
    const list = {
      object: 'list',
      data: [
        { id: 'a/b', object: 'model' },
        { id: 'c', is_ready: false },
      ],
    };
    expect(readModels(list, rungate)).toEqual([{ id: 'a/b', gateway: 'rungate' }]);
  });
});

describe('a price in the catalogue', () => {
  const priced = (prompt: unknown, completion: unknown) =>
    readModels([{ ...large, pricing: { prompt, completion } }], jumpGate)[0]?.prices;

  it('is read as dollars for a token, exactly', () => {
    expect(priced('0.0000014', '0.000004400')).toEqual({ input: 1_400_000n, output: 4_400_000n });
    expect(priced('0', '0.000000000001')).toEqual({ input: 0n, output: 1n });
  });

  it.each([
    [0.0000014, 0.0000044],
    ['1.4e-6', '4.4e-6'],
    ['-0.1', '0.1'],
    ['0.0000000000001', '0'],
    ['0.0000014', undefined],
    // Dollars for a million tokens: another unit, and a thousand times too dear.
    ['1.40', '4.40'],
    ['0.28', '0.42'],
  ])('is none where it is %j and %j', (prompt, completion) => {
    expect(priced(prompt, completion)).toBeUndefined();
  });
});
