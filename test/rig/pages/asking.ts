import type { ChatRequest, PaidChat, PaidChatError, Receipt } from '../../../src/inpage/types.ts';
import { find } from './find.ts';

declare const paidChat: PaidChat;

const form = find('form', HTMLFormElement);
const question = find('question', HTMLTextAreaElement);
const bound = find('bound', HTMLSelectElement);
const ask = find('ask', HTMLButtonElement);
const stop = find('stop', HTMLButtonElement);
const answer = find('answer', HTMLElement);
const text = find('text', HTMLElement);
const receiptLine = find('receipt', HTMLElement);

let stopping = new AbortController();

/** The three lines that the page shows, between what they say to the person. */
async function run(): Promise<void> {
  stopping = new AbortController();
  text.textContent = '';
  receiptLine.textContent = '';
  say('busy', 'Asking for the price, then for your approval…');
  const chosen = new FormData(form);
  // The page for real gateways has no such list.
  const model = chosen.get('model');
  const request = {
    model: typeof model === 'string' ? model : 'ambient/large',
    messages: [{ role: 'user', content: question.value }],
    max_tokens: Number(bound.value),
  } as const;
  const receipt = await (chosen.get('form') === 'whole' ? askWhole(request) : askStreamed(request));
  receiptLine.textContent = `Paid ${receipt.amountUsdc} USDC (${receipt.status}) at ${new Date(receipt.at).toLocaleTimeString()}, receipt ${receipt.id}`;
  say('done', text.textContent === '' ? 'Done, and the answer was empty.' : 'Done.');
}

async function askStreamed(request: ChatRequest): Promise<Receipt> {
  const { signal } = stopping;
  const stream = await paidChat.chat.completions.create({ ...request, stream: true }, { signal });
  for await (const chunk of stream) {
    if (text.textContent === '') say('busy', 'Streaming…');
    text.textContent += chunk.choices[0]?.delta.content ?? '';
  }
  return stream.receipt;
}

async function askWhole(request: ChatRequest): Promise<Receipt> {
  const { signal } = stopping;
  const { choices, paidchat } = await paidChat.chat.completions.create(
    { ...request, stream: false },
    { signal },
  );
  text.textContent = choices[0]?.message.content ?? '';
  return paidChat.receipts.get(paidchat.receiptId);
}

function say(state: 'idle' | 'busy' | 'done' | 'failed', words: string): void {
  const status = find('status', HTMLElement);
  status.dataset['state'] = state;
  status.textContent = words;
}

const paidWords = {
  no: 'Nothing was paid.',
  yes: 'It was paid.',
  unknown: 'Whether it was paid is being checked on the chain.',
};

type Failure = { readonly name?: string } & Partial<Pick<PaidChatError, 'message' | 'code' | 'paid'>>;

function sayFailure(error: unknown): void {
  const { name, message, code, paid }: Failure = Object(error);
  // Many of the sentences say it already.
  const isSaid = /\bpaid\b/u.test(message ?? '');
  const ending = paid === undefined || isSaid ? '' : ` ${paidWords[paid]}`;
  if (name === 'AbortError') say('failed', paid === undefined ? 'Stopped.' : `Stopped. ${paidWords[paid]}`);
  else say('failed', `${message ?? String(error)}${ending}${code === undefined ? '' : ` (${code})`}`);
}

async function submit(onEnd: () => void): Promise<void> {
  busy(true);
  try {
    await run();
  } catch (error) {
    sayFailure(error);
  } finally {
    busy(false);
    onEnd();
  }
}

function busy(is: boolean): void {
  ask.disabled = is;
  stop.hidden = !is;
  answer.setAttribute('aria-busy', String(is));
}

function showWhetherInstalled(): void {
  const missing = !('paidChat' in window);
  find('missing', HTMLElement).hidden = !missing;
  ask.disabled = missing;
}

/**
 * Makes the form ask.
 * @param onEnd - a question has come to its end, whatever it is
 * @returns says where a question stands, while there is one
 */
export function startAsking(onEnd: () => void): (words: string) => void {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(onEnd);
  });
  stop.addEventListener('click', () => stopping.abort());
  window.addEventListener('paidChat#initialized', showWhetherInstalled);
  showWhetherInstalled();
  return (words) => {
    if (ask.disabled) say('busy', words);
  };
}
