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
});
