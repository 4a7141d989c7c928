import { setTimeout as wait } from 'node:timers/promises';
import { decodePaymentSignatureHeader } from '@x402/core/http';
import type { Hex } from 'viem';
import { panelSite } from '../../src/core/site.ts';
import type { AnswerSource } from '../rig/answers.ts';
import type { RecordedRequest } from '../rig/requests.ts';
import type { TypedData } from '../rig/wallet/provider.ts';
import type { Origin, Told } from './judge.ts';
import { siteOf } from './life.ts';
import { createMarks } from './marks.ts';
import type { Marks } from './marks.ts';
import type { Said } from './page.ts';

/** The host whose tab signs for the side panel, and which asks nothing itself. */
export const panelHost = 'beside';

/** Watches a soak from outside the extension: pages, wallets and the gateway. */
export interface Observer {
  readonly marks: Marks;
  readonly origins: ReadonlyMap<Hex, Origin>;
  readonly told: readonly Told[];
  /** The next question that the host's wallet will hear of, and when its signature is stolen. */
  begin(host: string, question: string, stealsAfterMs: number | undefined): void;
  readonly heard: (host: string, said: Said) => void;
  readonly gatewaySaw: (request: RecordedRequest) => void;
  /** A short answer, slow enough to be killed in. */
  readonly answers: AnswerSource;
}

/** How the observer speaks of a question in what it sends. */
export function wordsOf(question: string, host: string): string {
  return `Question ${question} of ${host}.`;
}

const questionWords = /Question (q\d+) of ([a-z0-9]+)\./;
const pieces = 14;
const pieceMs = 20;

/** @param steal - charges what a page's wallet was asked to sign, so much later */
export function createObserver(steal: (typedData: TypedData, afterMs: number) => void): Observer {
  const marks = createMarks();
  const origins = new Map<Hex, Origin>();
  const told: Told[] = [];
  const current = new Map<
    string,
    { readonly question: string; readonly stealsAfterMs: number | undefined }
  >();

  const note = (nonce: Hex, host: string, question: string, stolen = false) => {
    if (origins.has(nonce)) return;
    origins.set(nonce, { site: host === panelHost ? panelSite : siteOf(host), question, stolen });
  };

  return {
    marks,
    origins,
    told,
    begin: (host, question, stealsAfterMs) => void current.set(host, { question, stealsAfterMs }),
    heard(host, said) {
      const now = current.get(host);
      const question = 'question' in said ? said.question : (now?.question ?? '');
      switch (said.kind) {
        case 'asked': {
          if (said.method === 'eth_requestAccounts') marks.note(question, 'connect');
          if (said.method !== 'eth_signTypedData_v4') return;
          const typedData = JSON.parse(String((said.params as unknown[])[1])) as TypedData;
          const afterMs = now?.stealsAfterMs;
          note(typedData.message['nonce'] as Hex, host, question, afterMs !== undefined);
          marks.note(question, 'sign');
          if (afterMs !== undefined) steal(typedData, afterMs);
          return;
        }
        case 'answered':
          if (said.method === 'eth_signTypedData_v4' && said.ok) marks.note(question, 'signed');
          return;
        case 'text':
          return marks.note(question, 'text');
        case 'end':
          told.push({ question, outcome: said.outcome });
          return marks.note(question, 'end');
      }
    },
    gatewaySaw({ path, body, headers }) {
      const [, question, host] = questionWords.exec(body) ?? [];
      if (question === undefined || host === undefined) return;
      const payment = headers['payment-signature'];
      if (path.endsWith('/quote')) marks.note(question, 'quote');
      else marks.note(question, payment === undefined ? 'challenge' : 'paid');
      if (payment !== undefined) note(nonceOf(payment), host, question);
    },
    answers(request, signal) {
      const question = questionWords.exec(request.messages.at(-1)?.text ?? '')?.[1] ?? '';
      marks.note(question, 'answering');
      async function* speak() {
        marks.note(question, 'streaming');
        for (let piece = 0; piece < pieces; piece += 1) {
          yield `word ${piece} `;
          await wait(pieceMs, undefined, { signal });
        }
      }
      return Promise.resolve(speak());
    },
  };
}

function nonceOf(header: string): Hex {
  const { payload } = decodePaymentSignatureHeader(header);
  return (payload as { authorization: { nonce: Hex } }).authorization.nonce;
}
