import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AnswerItem } from '../../src/gateway/answerFrames.ts';
import { readAnswer } from '../../src/gateway/sse.ts';
import { fakeClock } from '../fakes/clock.ts';

/** One thing that an answer says. */
type Said = { readonly content: string } | { readonly reasoning: string };

const jumpGate = (said: Said) => ({ Content: { choices: [{ delta: said }] } });
const openAi = (said: Said) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: said }] });
/** As some models name it. */
const renamed = (said: Said) =>
  openAi('reasoning' in said ? ({ reasoning_content: said.reasoning } as unknown as Said) : said);
const dialects = [jumpGate, openAi, renamed] as const;

const usages = [
  (usage: object) => ({ Usage: { usage } }),
  (usage: object) => ({ choices: [], usage }),
  (usage: object) => ({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }),
] as const;

/** What stands between frames and says nothing. */
const noise = fc.constantFrom(
  '',
  ': still thinking\n\n',
  'event: ping\ndata: {}\n\n',
  'data: {"cut":\n\n',
  'data:\n\n',
);
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const said: fc.Arbitrary<Said> = fc.oneof(
  text.map((content) => ({ content })),
  text.map((reasoning) => ({ reasoning })),
);
const frames = fc.array(fc.tuple(said, fc.constantFrom(...dialects), noise), { maxLength: 12 });

async function read(stream: string, cuts: readonly number[]): Promise<readonly AnswerItem[]> {
  const bytes = new TextEncoder().encode(stream);
  const bounds = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const [index, bound] of bounds.slice(1).entries())
        controller.enqueue(bytes.slice(bounds[index], bound));
      controller.close();
    },
  });
  const items: AnswerItem[] = [];
  for await (const batch of readAnswer(body, { clock: fakeClock() })) items.push(...batch);
  return items;
}

it('reads the same answer from any mix of both dialects, with thoughts apart from text', async () => {
  const cuts = fc.array(fc.nat({ max: 1500 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      frames,
      fc.constantFrom(...usages),
      fc.boolean(),
      cuts,
      async (parts, usageIn, verified, at) => {
        const usage = { prompt_tokens: 17, completion_tokens: parts.length, total_tokens: 17 + parts.length };
        const stream = [
          ...parts.map(([one, dialect, before]) => `${before}data: ${JSON.stringify(dialect(one))}\n\n`),
          `data: ${JSON.stringify(usageIn(usage))}\n\n`,
          `data: ${JSON.stringify({ Verification: { verified } })}\n\n`,
          'data: [DONE]\n\n',
        ].join('');
        const items = await read(stream, at);
        const deltas = items.flatMap((item) =>
          item.type === 'delta' ? item.choices.map(({ delta }) => delta) : [],
        );
        const all = (key: 'content' | 'reasoning') =>
          parts.map(([one]) => (key in one ? Object.values(one)[0] : '')).join('');
        expect(deltas.map(({ content }) => content ?? '').join('')).toBe(all('content'));
        expect(deltas.map(({ reasoning }) => reasoning ?? '').join('')).toBe(all('reasoning'));
        expect(items.filter(({ type }) => type === 'usage')).toEqual([{ type: 'usage', usage }]);
        expect(items.filter(({ type }) => type === 'verification')).toEqual([
          { type: 'verification', verified },
        ]);
        expect(items.at(-1)).toEqual({ type: 'done' });
      },
    ),
    { numRuns: 300 },
  );
});
