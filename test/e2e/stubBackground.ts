import type { Browser } from 'webextension-polyfill';
import type { Json } from '../../src/core/json.ts';
import type { ChatRequest } from '../../src/protocol/page.ts';
import type { Frame } from '../../src/protocol/wire.ts';

/*
 * Plays a background for channel.test.ts: writes down every frame of a page and answers from a small script. What a
 * chat or a quote is to do stands in its first message.
 */
declare const chrome: Browser;

interface Log {
  starts: number;
  ports: number;
  frames: Frame[];
}

type Rest<F> = F extends Frame ? Omit<F, 'v'> : never;

/** Items of every answer. */
const total = 6;
const receipt = { id: 'receipt-1', amountUsdc: '0.004424', status: 'settled' };
const completion = {
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }],
  paidchat: { receiptId: receipt.id, amountUsdc: receipt.amountUsdc },
};

// One change after the other, so that none is lost.
let writing = Promise.resolve();

function note(change: (log: Log) => void): void {
  writing = writeAfter(writing, change);
}

async function writeAfter(earlier: Promise<void>, change: (log: Log) => void): Promise<void> {
  await earlier;
  const log = { starts: 0, ports: 0, frames: [], ...(await chrome.storage.session.get()) };
  change(log);
  await chrome.storage.session.set(log);
}

function chunks(from: number, to: number): Json {
  return Array.from({ length: to - from }, (_, at) => ({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content: `t${from + at} ` }, finish_reason: null }],
  }));
}

note((log) => {
  log.starts += 1;
});

// A reader wants to see all that has come so far.
chrome.runtime.onMessage.addListener((_message, _sender, respond) => {
  void writing.then(() => respond(null));
  return true;
});

chrome.runtime.onConnect.addListener((port) => {
  note((log) => {
    log.ports += 1;
  });
  /** Which call waits for which ask. */
  const asks = new Map<string, string>();
  const post = (frame: Rest<Frame>) => port.postMessage({ v: 1, ...frame });

  const stream = (id: string, from: number, to: number) => {
    for (let at = from; at < to; at += 2) {
      post({ id, kind: 'event', offset: at, event: chunks(at, Math.min(at + 2, to)) });
    }
    if (to === total) post({ id, kind: 'end', result: { receipt } });
  };

  const askWallet = (id: string, ask: Json): string => {
    const askId = crypto.randomUUID();
    asks.set(askId, id);
    post({ id: askId, kind: 'ask', ask });
    return askId;
  };

  const answerCall = ({ id, method, params }: Extract<Frame, { kind: 'call' }>) => {
    const {
      request,
      id: name,
      stream: wanted,
    } = params as {
      request?: ChatRequest;
      id?: string;
      stream?: boolean;
    };
    const content = request?.messages[0]?.content;
    const order = typeof content === 'string' ? content : '';
    switch (method) {
      case 'watch':
        post({ id, kind: 'notice', notice: { type: 'budgetlow', detail: {} } });
        break;
      case 'chat':
        if (wanted === false) {
          post({ id, kind: 'end', result: { completion, receipt } });
          break;
        }
        // "stop at 3" sends so much and then nothing, as if about to die.
        stream(id, 0, order.startsWith('stop at ') ? Number(order.slice(8)) : total);
        break;
      case 'quote':
        askWallet(id, JSON.parse(order) as Json);
        break;
      case 'availability':
        askWallet(id, { type: 'list' });
        break;
      case 'receipts.get': {
        // An ask that is withdrawn before the wallet answers.
        const askId = askWallet(id, { type: 'connect', wallet: name ?? '' });
        setTimeout(() => post({ id: askId, kind: 'cancel' }), 100);
        break;
      }
      case 'permission':
        post({
          id,
          kind: 'fail',
          error: { type: 'unauthorized', message: 'Not now.', phase: 'approve', paid: 'no', retryable: true },
        });
        break;
      default:
        post({ id, kind: 'end', result: [{ id: 'model-1', gateway: 'stub' }] });
    }
  };

  port.onMessage.addListener((message) => {
    const frame = message as Frame;
    note(({ frames }) => {
      frames.push(frame);
    });
    if (frame.kind === 'call') answerCall(frame);
    if (frame.kind === 'resume') stream(frame.id, frame.offset, total);
    const call = frame.kind === 'answer' ? asks.get(frame.id) : undefined;
    if (frame.kind === 'answer' && call !== undefined) {
      post({ id: call, kind: 'end', result: { ok: frame.ok, value: frame.value } });
    }
  });
});
