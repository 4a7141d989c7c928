import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { mockPaidChat } from '../../src/client/mock.ts';
import type { ChatRequest } from '../../src/inpage/types.ts';
import { rejectionOf } from '../inpage/fakeBridge.ts';

const request: ChatRequest = { messages: [{ role: 'user', content: 'Why?' }] };

/** Reads a streamed answer as far as it comes. */
async function read(paidChat: ReturnType<typeof mockPaidChat>) {
  const stream = await paidChat.chat.completions.create({ ...request, stream: true });
  let text = '';
  try {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    return { text, receipt: await stream.receipt };
  } catch (error) {
    return { text, error: error as Record<string, unknown> };
  }
}

describe('the mock', () => {
  it('answers in words, in one piece and over fetch, each with a receipt', async () => {
    const paidChat = mockPaidChat({ answer: 'Because it is.', amountUsdc: '0.01' });
    expect(await paidChat.availability()).toBe('available');
    expect(await read(paidChat)).toMatchObject({ text: 'Because it is.', receipt: { amountUsdc: '0.01' } });
    const whole = await paidChat.chat.completions.create({ ...request, stream: false });
    expect(whole.choices[0]?.message.content).toBe('Because it is.');
    const url = `${paidChat.baseURL}/chat/completions`;
    const response = await paidChat.fetch(url, { method: 'POST', body: JSON.stringify(request) });
    expect(await response.json()).toMatchObject({ paidchat: { amountUsdc: '0.01' } });
    expect(await paidChat.receipts.list()).toHaveLength(3);
  });

  it.each([
    ['denied', 4001],
    ['overLimit', -32005],
  ] as const)('of a visitor who is %s fails before anything is paid', async (behaviour, code) => {
    const paidChat = mockPaidChat({ behaviour });
    const error = await rejectionOf(paidChat.chat.completions.create({ ...request, stream: true }));
    expect(error).toMatchObject({ name: 'PaidChatError', code, paid: 'no' });
    expect(await paidChat.receipts.list()).toEqual([]);
  });

  it('breaks an answer off that was paid', async () => {
    const { text, error } = await read(mockPaidChat({ behaviour: 'dropped', answer: 'One two three.' }));
    expect(text).toBe('One');
    expect(error).toMatchObject({ paid: 'yes', phase: 'stream' });
  });

  it('grants, gives back and refuses as the real one does', async () => {
    const paidChat = mockPaidChat();
    expect(await paidChat.requestPermission()).toMatchObject({ state: 'granted' });
    await paidChat.revoke();
    expect(await paidChat.permission()).toMatchObject({ state: 'prompt' });
    await rejectionOf(mockPaidChat({ behaviour: 'denied' }).requestPermission());
  });

  it('says what is paid in an event, and that a permission was given back', async () => {
    const paidChat = mockPaidChat();
    const heard: unknown[] = [];
    paidChat.addEventListener('payment', ({ detail }) => heard.push(detail.receiptId));
    paidChat.addEventListener('permissionchange', ({ detail }) => heard.push(detail.state));
    await read(paidChat);
    await paidChat.revoke();
    expect(heard).toEqual(['mock-1', 'prompt']);
  });

  it('stops for a signal and for maxSpend, and says what was paid until then', async () => {
    const paidChat = mockPaidChat({ answer: 'One two three.' });
    const { completions } = paidChat.chat;
    const early = completions.create({ ...request, stream: true }, { signal: AbortSignal.abort() });
    expect(await rejectionOf(early)).toMatchObject({ name: 'AbortError', paid: 'no' });
    const dear = completions.create({ ...request, stream: false }, { maxSpend: '0.001' });
    expect(await rejectionOf(dear)).toMatchObject({ type: 'price_changed', paid: 'no' });
    expect(await paidChat.receipts.list()).toEqual([]);
    const stop = new AbortController();
    const stream = await completions.create({ ...request, stream: true }, { signal: stop.signal });
    const words = stream[Symbol.asyncIterator]();
    await words.next();
    stop.abort();
    expect(await rejectionOf(words.next())).toMatchObject({ name: 'AbortError', paid: 'yes' });
  });
});

describe('the mock over fetch', () => {
  const clientOf = ({ baseURL, fetch }: ReturnType<typeof mockPaidChat>) =>
    new OpenAI({ apiKey: 'paidchat', baseURL, fetch, dangerouslyAllowBrowser: true });
  const messages = [{ role: 'user' as const, content: 'Why?' }];

  it('answers the OpenAI SDK, whole and streamed, and lists its models', async () => {
    const client = clientOf(mockPaidChat({ answer: 'Because it is.' }));
    const whole = await client.chat.completions.create({ model: 'mock', messages });
    expect(whole.choices[0]?.message.content).toBe('Because it is.');
    let text = '';
    const stream = await client.chat.completions.create({ model: 'mock', messages, stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Because it is.');
    expect((await client.models.list()).data).toMatchObject([{ id: 'mock' }]);
  });

  it('streams to the AI SDK', async () => {
    const { baseURL, fetch } = mockPaidChat({ answer: 'Because it is.' });
    const provider = createOpenAICompatible({ name: 'paidchat', baseURL, fetch });
    const { text } = streamText({ model: provider('mock'), prompt: 'Why?' });
    expect(await text).toBe('Because it is.');
  });

  it.each(['denied', 'overLimit', 'dropped'] as const)(
    'fails a visitor who is %s with a 402 that no SDK repeats',
    async (behaviour) => {
      const paidChat = mockPaidChat({ behaviour });
      const failed = clientOf(paidChat).chat.completions.create({ model: 'mock', messages });
      expect(await rejectionOf(failed)).toMatchObject({ status: 402 });
      expect(await paidChat.receipts.list()).toHaveLength(behaviour === 'dropped' ? 1 : 0);
    },
  );

  it('breaks a stream off with an event, as the real one does', async () => {
    const client = clientOf(mockPaidChat({ behaviour: 'dropped', answer: 'One two.' }));
    const stream = await client.chat.completions.create({ model: 'mock', messages, stream: true });
    const chunks = stream[Symbol.asyncIterator]();
    await chunks.next();
    expect(await rejectionOf(chunks.next())).toMatchObject({
      message: expect.stringContaining('Broke off.'),
    });
  });

  it('says 400 to what is no JSON, 404 to other routes, and takes a Request', async () => {
    const { baseURL, fetch } = mockPaidChat();
    const url = `${baseURL}/chat/completions`;
    const statuses = await Promise.all([
      fetch(url, { method: 'POST', body: 'no' }),
      fetch(`${baseURL}/responses`, { method: 'POST', body: '{}' }),
      fetch(new Request(url, { method: 'POST', body: JSON.stringify({ messages }) })),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([400, 404, 200]);
    expect(statuses.map(({ headers }) => headers.get('x-should-retry'))).toEqual(['false', 'false', null]);
    expect(statuses[2]?.headers.get('x-paidchat-receipt')).toBe('mock-1');
    const dear = {
      method: 'POST',
      body: JSON.stringify({ messages }),
      headers: { 'x-paidchat-max-spend': '0' },
    };
    expect((await fetch(url, dear)).status).toBe(402);
  });
});
