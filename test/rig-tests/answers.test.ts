import { afterEach, describe, expect, it } from 'vitest';
import { builtInAnswers, composeAnswer, openAiAnswers } from '../rig/answers.ts';
import type { AnswerPiece } from '../rig/answers.ts';
import { listen } from '../rig/listen.ts';
import { countInputTokens, priceOf, quoteFor, readRequest } from '../rig/quote.ts';
import { recordRequest } from '../rig/requests.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function request(content: unknown, rest: object = {}) {
  const messages = [{ role: 'user', content }];
  const fixed = { model: 'ambient/large', stream: true, is_paid: true, max_completion_tokens: 1000 };
  return readRequest(JSON.stringify({ ...fixed, messages, ...rest }));
}

async function collect(pieces: AsyncIterable<AnswerPiece>): Promise<string> {
  let text = '';
  for await (const piece of pieces) if (typeof piece === 'string') text += piece;
  return text;
}

describe('the built-in answers', () => {
  it('use the question, and say what they are', () => {
    const text = composeAnswer(request('Why is the sea salty?'));
    expect(text).toContain('Why is the sea salty?');
    expect(text).toContain('local test gateway');
  });

  it('use the title of the page where the request has one', () => {
    const text = composeAnswer(request('Page title: "Ten ways to fold a map"\n\nSummarise this page.'));
    expect(text).toContain('“Ten ways to fold a map”');
  });

  it('are the same for the same request, and end at the bound that was paid', async () => {
    const asked = request('Explain verifiable inference.', { max_completion_tokens: 12 });
    const speak = async () => collect(await builtInAnswers(0)(asked, new AbortController().signal));
    expect(await speak()).toBe(await speak());
    expect((await speak()).split(' ').length).toBeLessThanOrEqual(12);
  });
});

describe('answers of an OpenAI-compatible server', () => {
  async function upstream(status: number, events: string): Promise<{ url: string; bodies: string[] }> {
    const bodies: string[] = [];
    const server = await listen((message, response) => {
      void recordRequest(message).then(({ path, body }) => {
        if (path === '/v1/models') return response.end('{"data":[{"id":"llama"}]}');
        bodies.push(body);
        return response.writeHead(status).end(events);
      });
    }, 0);
    closers.push(() => server.close());
    return { url: `http://127.0.0.1:${server.port}/v1`, bodies };
  }
  const signal = new AbortController().signal;

  it('are passed on, with the bound and the first model of that server', async () => {
    const { url, bodies } = await upstream(
      200,
      'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\ndata: {"choices":[{"delta":{"content":"Hel"}}]}\n\ndata: {"choices":[{"delta":{"content":"lo"}}]}\n\ndata: [DONE]\n\n',
    );
    expect(await collect(await openAiAnswers(url)(request('Hi'), signal))).toBe('Hello');
    expect(JSON.parse(bodies[0] ?? '')).toEqual({
      model: 'llama',
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 1000,
      stream: true,
    });
  });

  it('are refused with 429 where that server fails or is not there', async () => {
    const { url } = await upstream(500, '');
    await expect(openAiAnswers(url)(request('Hi'), signal)).rejects.toMatchObject({ status: 429 });
    await expect(openAiAnswers('http://127.0.0.1:1/v1')(request('Hi'), signal)).rejects.toMatchObject({
      status: 429,
    });
  });
});

describe('the stated counting rule', () => {
  it('is 3 tokens, and 5 and its text for each message', () => {
    const text = 'Explain verifiable inference in one paragraph.';
    expect(countInputTokens([{ role: 'user', text }])).toBe(17);
    expect(countInputTokens([{ role: 'user', text: '' }])).toBe(8);
    expect(
      countInputTokens([
        { role: 'system', text },
        { role: 'user', text },
      ]),
    ).toBe(31);
  });

  it('counts text parts as their text', () => {
    expect(request([{ type: 'text', text: 'Hi' }]).inputTokens).toBe(request('Hi').inputTokens);
  });

  it('prices with one rounding up, and 50 micro-USDC of room', () => {
    const asked = request('Explain verifiable inference in one paragraph.', { max_completion_tokens: 1 });
    expect(priceOf(asked)).toBe(29n); // 23.8 + 4.4 = 28.2
    expect(quoteFor(asked).max_amount_micro_usdc).toBe(79);
  });

  it('makes the mini model cheaper and reserved tool calls dearer', () => {
    const large = request('Hi');
    expect(priceOf(request('Hi', { model: 'ambient/mini' }))).toBeLessThan(priceOf(large));
    expect(priceOf(request('Hi', { max_tool_calls: 2 }))).toBe(priceOf(large) + 2000n);
  });
});
