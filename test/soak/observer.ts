import { setTimeout as wait } from 'node:timers/promises';
import { panelSite } from '../../src/core/site.ts';
import type { AnswerSource } from '../rig/answers.ts';
import type { RecordedRequest } from '../rig/requests.ts';
import type { Origin, Told } from './judge.ts';
import { siteOf } from './life.ts';
import { createMarks } from './marks.ts';
import type { Marks } from './marks.ts';
import { markInHeader, markOf, readWalletRequest } from './marksOf.ts';
import type { WalletRequest } from './marksOf.ts';
import type { Said } from './page.ts';

/** The host whose tab signs for the side panel, and which asks nothing itself. */
export const panelHost = 'beside';

/** Watches a soak from outside the extension: pages, wallets and the gateway. */
export interface Observer {
  readonly marks: Marks;
  /** By nonce or memo. */
  readonly origins: ReadonlyMap<string, Origin>;
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
/** What wallets are asked, on either chain. */
const connecting = ['eth_requestAccounts', 'standard:connect'];
const signing = ['eth_signTypedData_v4', 'solana:signTransaction'];
const pieces = 14;
const pieceMs = 20;

/** @param steal - charges what a page's wallet was asked to sign, so much later */
export function createObserver(steal: (asked: WalletRequest, afterMs: number) => void): Observer {
  const marks = createMarks();
  const origins = new Map<string, Origin>();
  const told: Told[] = [];
  const current = new Map<
    string,
    { readonly question: string; readonly stealsAfterMs: number | undefined }
  >();

  const note = (mark: string, host: string, question: string, stolen = false) => {
    if (origins.has(mark)) return;
    origins.set(mark, { site: host === panelHost ? panelSite : siteOf(host), question, stolen });
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
          if (connecting.includes(said.method)) marks.note(question, 'connect');
          const asked = readWalletRequest(said.method, said.params);
          if (asked === undefined) return;
          const afterMs = now?.stealsAfterMs;
          note(markOf(asked), host, question, afterMs !== undefined);
          marks.note(question, 'sign');
          if (afterMs !== undefined) steal(asked, afterMs);
          return;
        }
        case 'answered':
          if (signing.includes(said.method) && said.ok) marks.note(question, 'signed');
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
      if (payment !== undefined) note(markInHeader(payment), host, question);
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
