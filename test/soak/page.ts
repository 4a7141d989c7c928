import type { ChatRequest, PaidChat, PaidChatError, Receipt } from '../../src/inpage/types.ts';
import { answerEvent, requestEvent } from '../rig/wallet/options.ts';

declare const paidChat: PaidChat;
/** The soak's ear in each of its pages. */
declare const soakHears: (json: string) => void;

/** What a page knows of one question when it is over. */
export interface Outcome {
  readonly text: string;
  readonly receipt?: Receipt;
  readonly error?: Partial<Pick<PaidChatError, 'code' | 'paid' | 'phase' | 'message' | 'receiptId'>>;
}

/** What a page tells the soak. */
export type Said =
  | { readonly kind: 'asked'; readonly method: string; readonly params: unknown }
  | { readonly kind: 'answered'; readonly method: string; readonly ok: boolean }
  | { readonly kind: 'text'; readonly question: string }
  | { readonly kind: 'end'; readonly question: string; readonly outcome: Outcome };

let onClick: (() => void) | undefined;

/** Listens to what the page's wallet is asked, and makes the whole page a button. */
export function start(): void {
  addEventListener(requestEvent, (event) => {
    if (!(event instanceof CustomEvent)) return;
    const { method, params } = Object(event.detail) as { method: string; params: unknown };
    say({ kind: 'asked', method, params });
  });
  addEventListener(answerEvent, (event) => {
    if (!(event instanceof CustomEvent)) return;
    const { method, ok } = Object(event.detail) as { method: string; ok: boolean };
    say({ kind: 'answered', method, ok });
  });
  addEventListener('click', () => {
    onClick?.();
    onClick = undefined;
  });
}

/** Asks at once, as a script does. */
export function ask(question: string, request: ChatRequest): void {
  void converse(question, request);
}

/** Asks when the page is clicked. */
export function askOnClick(question: string, request: ChatRequest): void {
  onClick = () => ask(question, request);
}

async function converse(question: string, request: ChatRequest): Promise<void> {
  let text = '';
  try {
    const stream = await paidChat.chat.completions.create({ ...request, stream: true });
    for await (const chunk of stream) {
      if (text === '') say({ kind: 'text', question });
      text += chunk.choices[0]?.delta.content ?? '';
    }
    say({ kind: 'end', question, outcome: { text, receipt: await stream.receipt } });
  } catch (thrown) {
    const { code, paid, phase, message, receiptId } = thrown as PaidChatError;
    const error = { code, paid, phase, message, ...(receiptId === undefined ? {} : { receiptId }) };
    say({ kind: 'end', question, outcome: { text, error } });
  }
}

function say(said: Said): void {
  soakHears(JSON.stringify(said));
}
