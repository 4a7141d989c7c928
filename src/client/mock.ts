import type { Paid, Phase } from '../core/errorCodes.ts';
import { baseURL, mockFetch } from './mockFetch.ts';
import type {
  ChatChunk,
  ChatCompletion,
  ChatOptions,
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

const overMaxSpend: Fault = {
  code: 4921,
  type: 'price_changed',
  phase: 'quote',
  paid: 'no',
  message: 'More than maxSpend.',
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

  const target = new EventTarget();
  const tell = (type: string, detail: unknown) => target.dispatchEvent(new CustomEvent(type, { detail }));
  const fail = ({ message, ...facts }: Fault) =>
    Object.assign(new Error(message), { name: 'PaidChatError', retryable: false, ...facts });
  const aborted = (phase: Phase, paid: Paid) =>
    Object.assign(new DOMException('The call was stopped.', 'AbortError'), { phase, paid });
  const pay = (model: string, { signal, maxSpend }: ChatOptions): Receipt => {
    if (signal?.aborted) throw aborted('approve', 'no');
    if (fault?.paid === 'no') throw fail(fault);
    if (maxSpend !== undefined && Number(maxSpend) < Number(amountUsdc)) throw fail(overMaxSpend);
    const id = `mock-${receipts.length + 1}`;
    const network = 'eip155:8453';
    const receipt = { id, amountUsdc, network, gateway: 'mock', model, status: 'settled' as const, at: 0 };
    receipts.push(receipt);
    tell('payment', { receiptId: id, amountUsdc, status: receipt.status });
    return receipt;
  };
  const permission = async () => ({ state: granted ? 'granted' : 'prompt', autoApprove: granted }) as const;

  const create = async ({ model = 'mock', stream }: ChatRequest, given: ChatOptions = {}) => {
    const receipt = pay(model, given);
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
        if (given.signal?.aborted) throw aborted('stream', 'yes');
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

  const models = async () => [{ id: 'mock', gateway: 'mock' }];
  const chat = { completions: { create } } as PaidChat['chat'];

  return Object.assign(target, {
    isPaidChat: true,
    version: '0.0.0',
    apiVersion: 1,
    baseURL,
    availability: async () => (granted ? 'available' : 'needs-permission'),
    permission,
    async requestPermission() {
      if (!granted) throw fail(faults.denied);
      return permission();
    },
    async revoke() {
      granted = false;
      tell('permissionchange', await permission());
    },
    models,
    quote: async ({ model = 'mock' }: ChatRequest) => ({
      id: 'mock-quote',
      model,
      gateway: 'mock',
      amountUsdc,
      maxAmountUsdc: amountUsdc,
      maxOutputTokens: 1024,
      expiresAt: Number.MAX_SAFE_INTEGER,
    }),
    chat,
    fetch: mockFetch({ chat, models }),
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
