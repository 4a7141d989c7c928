import { x402Client } from '@x402/core/client';
import type { PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment } from '@x402/fetch';
import { privateKeyToAccount } from 'viem/accounts';
import type { PaidChat } from '../../src/inpage/types.ts';

declare const paidChat: PaidChat;

/** What the page saw of one answer. */
export interface Timing {
  /** From the call to the first token. */
  readonly firstTokenMs: number;
  /** For each token: from when the gateway wrote it to when the page had it. */
  readonly delaysMs: readonly number[];
}

/** Where the unguarded client asks, and with which key it pays. */
export interface Unguarded {
  readonly gatewayUrl: string;
  readonly privateKey: `0x${string}`;
}

const model = 'ambient/large';
const bound = 1000;

/** Asks through window.paidChat. */
export async function askPaidChat(question: string): Promise<Timing> {
  const record = startRecord();
  const messages = [{ role: 'user' as const, content: question }];
  const stream = await paidChat.chat.completions.create({ model, messages, max_tokens: bound, stream: true });
  for await (const chunk of stream) record.take(chunk.choices[0]?.delta.content ?? '');
  return record.timing();
}

/** Asks as JumpGate's documentation shows it, in the page and with no guard. */
export async function askUnguarded({ gatewayUrl, privateKey }: Unguarded, question: string): Promise<Timing> {
  const record = startRecord();
  const request = {
    model,
    messages: [{ role: 'user', content: question }],
    stream: true,
    is_paid: true,
    max_completion_tokens: bound,
  };
  const url = `${gatewayUrl}/paid/chat/v2`;
  const quoted = await fetch(`${url}/quote`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...request, max_tool_calls: 0 }),
  });
  if (!quoted.ok) throw new Error(await quoted.text());
  const quote: { headers: Record<string, string>; max_amount_micro_usdc: number } = await quoted.json();
  const most = BigInt(quote.max_amount_micro_usdc);
  const client = new x402Client();
  client.registerPolicy((_version: number, offers: PaymentRequirements[]) =>
    offers.filter(({ amount }) => BigInt(amount) <= most),
  );
  client.register('eip155:8453', new ExactEvmScheme(privateKeyToAccount(privateKey)));
  const response = await wrapFetchWithPayment(fetch, client)(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...quote.headers },
    body: JSON.stringify(request),
  });
  if (!response.ok) throw new Error(await response.text());
  for await (const frame of readSse(response)) record.take(frame.Content?.choices[0]?.delta.content ?? '');
  return record.timing();
}

interface ContentFrame {
  readonly Content?: { readonly choices: readonly { readonly delta: { readonly content?: string } }[] };
}

/** The documentation's reader: whole frames, split at empty lines. */
async function* readSse(response: Response): AsyncGenerator<ContentFrame> {
  const reader = response.body?.getReader();
  if (!reader) throw new Error('Response body is not readable.');
  const decoder = new TextDecoder();
  let buffer = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += decoder.decode(value, { stream: true });
    const frames = buffer.split(/\r?\n\r?\n/);
    buffer = frames.pop() ?? '';
    for (const frame of frames) {
      const data = frame
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n');
      if (data !== '' && data !== '[DONE]') yield JSON.parse(data);
    }
  }
}

/** Each token of the bench is the moment it was written at, and a space. */
function startRecord() {
  const askedAt = now();
  const delaysMs: number[] = [];
  let firstTokenMs: number | undefined;
  return {
    take(text: string): void {
      const at = now();
      for (const stamp of text.split(' ')) {
        if (stamp === '') continue;
        firstTokenMs ??= at - askedAt;
        delaysMs.push(at - Number(stamp));
      }
    },
    timing(): Timing {
      if (firstTokenMs === undefined) throw new Error('No token came.');
      return { firstTokenMs, delaysMs };
    },
  };
}

/** Unix milliseconds with fractions, as the gateway on the same machine counts them. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
