import { x402Client } from '@x402/core/client';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment } from '@x402/fetch';
import { privateKeyToAccount } from 'viem/accounts';
import type { RigGateway } from '../rig/gateway.ts';
import type { quoteFor } from '../rig/quote.ts';

/** The request of JumpGate's documentation. */
export const documentedRequest = {
  model: 'ambient/large',
  messages: [{ role: 'user', content: 'Explain verifiable inference in one paragraph.' }],
  stream: true,
  is_paid: true,
  max_completion_tokens: 1000,
};

/** What the quote endpoint answers. */
type RigQuote = ReturnType<typeof quoteFor>;

/** The client of JumpGate's documentation: the official wrapper over plain fetch, with no guard of ours. */
export function unguardedClient(gateway: RigGateway, privateKey: `0x${string}`) {
  const client = new x402Client();
  client.register('eip155:8453', new ExactEvmScheme(privateKeyToAccount(privateKey)));
  const payingFetch = wrapFetchWithPayment(fetch, client);
  const post = (headers: Record<string, string> = {}, body: object = documentedRequest): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(body),
  });
  const quote = async (): Promise<RigQuote> => {
    const response = await fetch(
      `${gateway.url}/paid/chat/v2/quote`,
      post({}, { ...documentedRequest, max_tool_calls: 0 }),
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    quote,
    /** Without any payment. */
    async ask(headers?: Record<string, string>): Promise<Response> {
      return fetch(`${gateway.url}/paid/chat/v2`, post(headers ?? (await quote()).headers));
    },
    /** Quotes, pays and returns the answer as it comes. */
    async pay(signal?: AbortSignal): Promise<Response> {
      const { headers } = await quote();
      return payingFetch(`${gateway.url}/paid/chat/v2`, {
        ...post(headers),
        ...(signal !== undefined && { signal }),
      });
    },
    /** Sends the last payment's bytes once more. */
    async resend(): Promise<Response> {
      const last = gateway.requests.findLast(({ headers }) => headers['payment-signature'] !== undefined);
      const { headers } = await quote();
      return fetch(
        `${gateway.url}/paid/chat/v2`,
        post({ ...headers, 'payment-signature': last?.headers['payment-signature'] ?? '' }),
      );
    },
  };
}

/** The `data` of every event of an answer. */
export function dataOf(text: string): string[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6));
}

/** The text of every Content frame. */
export function contentOf(text: string): string {
  return dataOf(text)
    .filter((data) => data.startsWith('{"Content"'))
    .map((data): { Content: { choices: { delta: { content: string } }[] } } => JSON.parse(data))
    .map(({ Content }) => Content.choices[0]?.delta.content ?? '')
    .join('');
}
