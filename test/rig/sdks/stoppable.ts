import OpenAI from 'openai';
import type { PaidChat, PaidChatError } from '../../../src/inpage/types.ts';
import { bound, model, question } from './scenario.ts';

declare const paidChat: PaidChat;

/** A streamed question that its caller can stop at any moment. */
export interface Stoppable {
  readonly stop: () => void;
  /** All that has come. */
  text: string;
  /** What it ended with; no name where nothing was thrown. */
  readonly end: Promise<Partial<Pick<PaidChatError, 'name' | 'message' | 'paid' | 'phase'>>>;
}

type Ask = (signal: AbortSignal, say: (text: string) => void) => Promise<void>;

const request = {
  model,
  messages: [{ role: 'user' as const, content: question }],
  max_tokens: bound,
  stream: true as const,
};

/** The ways that a page has to ask. */
const ways = {
  async create(signal, say) {
    const stream = await paidChat.chat.completions.create(request, { signal });
    for await (const chunk of stream) say(chunk.choices[0]?.delta.content ?? '');
  },
  async fetch(signal, say) {
    const init = { method: 'POST', body: JSON.stringify(request), signal };
    const { body } = await paidChat.fetch(`${paidChat.baseURL}/chat/completions`, init);
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read())
      say(read.value);
  },
  async openai(signal, say) {
    const { baseURL, fetch } = paidChat;
    const client = new OpenAI({ apiKey: 'paidchat', baseURL, fetch, dangerouslyAllowBrowser: true });
    const stream = await client.chat.completions.create(request, { signal });
    for await (const chunk of stream) say(chunk.choices[0]?.delta.content ?? '');
  },
} satisfies Record<string, Ask>;

/** The name of one. */
export type Way = keyof typeof ways;

/** Asks. @param stopped whether its caller has stopped it before it begins */
export function askStoppably(way: Way, stopped: boolean): Stoppable {
  const stopper = new AbortController();
  if (stopped) stopper.abort();
  const asked: Stoppable = {
    stop: () => stopper.abort(),
    text: '',
    end: Promise.resolve().then(async () => {
      try {
        await ways[way](stopper.signal, (more) => {
          asked.text += more;
        });
        return {};
      } catch (thrown) {
        const { name, message, paid, phase } = thrown as PaidChatError;
        return { name, message, paid, phase };
      }
    }),
  };
  return asked;
}
