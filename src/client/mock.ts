import type {
  ChatChunk,
  ChatCompletion,
  ChatRequest,
  PaidChat,
  PaidChatError,
  Receipt,
} from '../inpage/types.ts';

/**
 * How the visitor and the gateway behave: `granted` answers; `denied` refuses the card; `overLimit` has used the limit
 * up; `dropped` breaks the answer off after it was paid.
 */
export type MockBehaviour = 'granted' | 'denied' | 'overLimit' | 'dropped';

/** What a mock says and costs. */
export interface MockOptions {
  readonly behaviour?: MockBehaviour;
  /** The text of every answer. */
  readonly answer?: string;
  readonly amountUsdc?: string;
}

type Fault = Pick<PaidChatError, 'code' | 'type' | 'phase' | 'paid'> & { readonly message: string };

const faults: Readonly<Record<Exclude<MockBehaviour, 'granted'>, Fault>> = {
  denied: { code: 4001, type: 'user_rejected', phase: 'approve', paid: 'no', message: 'Not allowed.' },
  overLimit: { code: -32005, type: 'limit_exceeded', phase: 'approve', paid: 'no', message: 'Over a limit.' },
  dropped: { code: 4900, type: 'disconnected', phase: 'stream', paid: 'yes', message: 'Broke off.' },
};

/**
 * A `window.paidChat` for unit tests: the same shapes and errors, no browser, wallet or money.
 *
 * @example
 * vi.stubGlobal('paidChat', mockPaidChat({ behaviour: 'denied' }));
 */
export function mockPaidChat(options: MockOptions = {}): PaidChat {
  const { behaviour = 'granted', answer = 'An answer.', amountUsdc = '0.004424' } = options;
  const fault = behaviour === 'granted' ? undefined : faults[behaviour];
  const receipts: Receipt[] = [];
  let granted = behaviour !== 'denied';

  const fail = ({ message, ...facts }: Fault) =>
    Object.assign(new Error(message), { name: 'PaidChatError', retryable: false, ...facts });
  const pay = (model: string): Receipt => {
    if (fault?.paid === 'no') throw fail(fault);
    const id = `mock-${receipts.length + 1}`;
    const network = 'eip155:8453';
    const receipt = { id, amountUsdc, network, gateway: 'mock', model, status: 'settled' as const, at: 0 };
    receipts.push(receipt);
    return receipt;
  };
  const permission = async () => ({ state: granted ? 'granted' : 'prompt', autoApprove: granted }) as const;

  const create = async ({ model = 'mock', stream }: ChatRequest) => {
    const receipt = pay(model);
    const facts = { id: receipt.id, created: 0, model };
    const paidchat = { receiptId: receipt.id, amountUsdc };
    if (!stream) {
      if (fault) throw fail(fault);
      const message = { role: 'assistant' as const, content: answer };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      return { ...facts, object: 'chat.completion', choices, paidchat } satisfies ChatCompletion;
    }
    const chunk = (content: string, finish_reason: string | null, rest: object = {}): ChatChunk => ({
      ...facts,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content }, finish_reason }],
      ...rest,
    });
    async function* chunks() {
      for (const word of answer.match(/\s*\S+/g) ?? []) {
        yield chunk(word, null);
        if (fault) throw fail(fault);
      }
      yield chunk('', 'stop', { paidchat });
    }
    const paid = fault ? Promise.reject(fail(fault)) : Promise.resolve(receipt);
    paid.catch(() => undefined);
    const encoder = new TextEncoder();
    return {
      receipt: paid,
      [Symbol.asyncIterator]: chunks,
      toReadableStream() {
        const iterator = chunks();
        return new ReadableStream<Uint8Array>({
          async pull(controller) {
            const { value, done } = await iterator.next();
            if (done) controller.close();
            else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
          },
        });
      },
    };
  };

  return Object.assign(new EventTarget(), {
    isPaidChat: true,
    version: '0.0.0',
    apiVersion: 1,
    baseURL: 'https://paidchat.invalid/v1',
    availability: async () => (granted ? 'available' : 'needs-permission'),
    permission,
    async requestPermission() {
      if (!granted) throw fail(faults.denied);
      return permission();
    },
    async revoke() {
      granted = false;
    },
    models: async () => [{ id: 'mock', gateway: 'mock' }],
    quote: async ({ model = 'mock' }: ChatRequest) => ({
      id: 'mock-quote',
      model,
      gateway: 'mock',
      amountUsdc,
      maxAmountUsdc: amountUsdc,
      maxOutputTokens: 1024,
      expiresAt: Number.MAX_SAFE_INTEGER,
    }),
    chat: { completions: { create } },
    async fetch(_input: RequestInfo | URL, init?: RequestInit) {
      try {
        const text = typeof init?.body === 'string' ? init.body : '';
        const request = JSON.parse(text) as ChatRequest;
        return Response.json(await create({ ...request, stream: false }));
      } catch (thrown) {
        const { message, ...error } = thrown as PaidChatError;
        return Response.json({ error: { message, ...error } }, { status: 402 });
      }
    },
    receipts: {
      async get(id: string) {
        const found = receipts.find((receipt) => receipt.id === id);
        if (!found) throw fail({ ...faults.denied, code: -32602, type: 'invalid_params', phase: 'validate' });
        return found;
      },
      list: async () => receipts.toReversed(),
    },
  }) as unknown as PaidChat;
}
