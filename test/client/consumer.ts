// What a site developer writes against the package; type-checked by package.test.ts, never run.
import { getPaidChat } from 'paidchat';
import type { ChatChunk, ChatCompletion, PaidChat, PaidChatError, Receipt } from 'paidchat';
import { mockPaidChat } from 'paidchat/mock';

const found = await getPaidChat({ timeoutMs: 100 });
if (found.status === 'missing') {
  found.reason satisfies 'worker' | 'iframe' | 'insecure' | 'not-installed';
  // @ts-expect-error there is no paidChat where it is missing
  void found.paidChat;
} else {
  const { paidChat } = found;
  const messages = [{ role: 'user', content: 'Why?' }] as const;
  const stream = await paidChat.chat.completions.create({ messages, stream: true }, { maxSpend: '0.01' });
  for await (const chunk of stream) chunk satisfies ChatChunk;
  (await stream.receipt) satisfies Receipt;
  (await paidChat.chat.completions.create({ messages })) satisfies ChatCompletion;
  // @ts-expect-error an amount is text: numbers round
  await paidChat.chat.completions.create({ messages }, { maxSpend: 0.01 });
  // @ts-expect-error a role that there is not
  await paidChat.chat.completions.create({ messages: [{ role: 'robot', content: '' }] });
  paidChat.addEventListener('payment', ({ detail }) => detail.status satisfies Receipt['status']);
  // @ts-expect-error a frozen object
  paidChat.version = '2';
}
const { paidChat } = window;
paidChat satisfies PaidChat | undefined;
mockPaidChat({ behaviour: 'denied' }) satisfies PaidChat;
// @ts-expect-error a behaviour that there is not
mockPaidChat({ behaviour: 'generous' });

export function paidFor(error: PaidChatError): boolean {
  error.paid satisfies 'no' | 'yes' | 'unknown';
  return error.paid === 'yes';
}
