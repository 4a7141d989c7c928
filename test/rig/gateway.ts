import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FacilitatorClient } from '@x402/core/server';
import type { Network } from '@x402/core/types';
import { builtInAnswers, openAiAnswers } from './answers.ts';
import type { AnswerSource } from './answers.ts';
import { control } from './control.ts';
import type { Dialect } from './dialect.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { createHold } from './hold.ts';
import type { Hold } from './hold.ts';
import { createIdentifiers } from './identifiers.ts';
import type { IdentifierUse } from './identifiers.ts';
import { jumpGateDialect } from './jumpGateDialect.ts';
import { listen } from './listen.ts';
import { evmOption, createOffers } from './offers.ts';
import type { PaymentOption } from './offers.ts';
import { Refusal } from './quote.ts';
import { allowEveryOrigin, json, sendFailure } from './reply.ts';
import { recordRequest } from './requests.ts';
import type { RecordedRequest } from './requests.ts';
import { sell } from './sale.ts';
import type { Shop } from './sale.ts';

/** How the gateway runs. */
export interface GatewayOptions {
  /** How it speaks. JumpGate where absent. */
  readonly dialect?: Dialect;
  /** Switches that it shares with another. */
  readonly faults?: Faults;
  readonly hold?: Hold;
  /** Who verifies and settles. */
  readonly facilitator: FacilitatorClient;
  /** Who is paid on Base. */
  readonly payee: string;
  /** Which chain stands in for Base. */
  readonly network?: Network;
  /** What is offered beside Base. */
  readonly alsoOn?: readonly PaymentOption[];
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** `first`: the receipt is in the headers. `while-streaming`: the answer starts at once and there is no receipt. */
  readonly settle?: 'first' | 'while-streaming';
  /** Whether payments name themselves, and are answered in full when they come again. Absent: they do not. */
  readonly identifiers?: IdentifierUse;
  /** An OpenAI-compatible server, http://localhost:11434/v1, or a source of our own. Absent: the built-in generator. */
  readonly answersFrom?: string | AnswerSource;
  /** Between two tokens of the built-in generator. */
  readonly tokenDelayMs?: number;
}

/** A running gateway. */
export interface RigGateway {
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  readonly hold: Hold;
  /** Everything that arrived, preflights included, in order. */
  readonly requests: readonly RecordedRequest[];
  /** The other origin, to which the `redirect` fault leads, and what it got. */
  readonly elsewhere: { readonly url: string; readonly requests: readonly RecordedRequest[] };
  /** The first request, past or to come, that fits. */
  seen(fits: (request: RecordedRequest) => boolean): Promise<RecordedRequest>;
  /** Tells of each request as it arrives. @returns the undo */
  watch(listener: (request: RecordedRequest) => void): () => void;
  stop(): Promise<void>;
}

/** Starts the gateway, and the other origin that its redirects lead to. */
export async function startGateway(options: GatewayOptions): Promise<RigGateway> {
  const { dialect = jumpGateDialect, faults = createFaults(), hold = createHold() } = options;
  const elsewhere = await startElsewhere();
  const identifiers = options.identifiers && createIdentifiers(options.identifiers);
  const shop: Shop = {
    dialect,
    ...(identifiers && { identifiers }),
    offers: await createOffers(
      options.facilitator,
      [...(options.alsoOn ?? []), evmOption(options.payee, options.network)],
      faults,
      identifiers,
    ),
    answers: answersOf(options),
    settle: options.settle ?? 'first',
    elsewhereUrl: elsewhere.url,
    faults,
    hold,
  };
  const requests: RecordedRequest[] = [];
  const watchers = new Set<(request: RecordedRequest) => void>();

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await recordRequest(message);
    allowEveryOrigin(request, response);
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    if (request.path.startsWith('/rig/')) {
      if (request.method !== 'OPTIONS') json(response, 200, control(request, faults, hold));
      return;
    }
    requests.push(request);
    for (const watcher of watchers) watcher(request);
    if (request.method === 'OPTIONS') return;
    if (request.method === 'POST' && request.path === dialect.chatPath) return sell(shop, request, response);
    if (!dialect.other(request, response, faults))
      throw new Refusal(404, `there is nothing at ${request.path}`);
  }

  const server = await listen((message, response) => {
    respond(message, response).catch((error: unknown) => sendFailure(response, error));
  }, options.port ?? 0).catch(async (error: unknown) => {
    await elsewhere.stop();
    throw error;
  });

  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    faults,
    hold,
    requests,
    elsewhere,
    seen: (fits) =>
      new Promise((resolve) => {
        const past = requests.find(fits);
        if (past !== undefined) return resolve(past);
        const watcher = (request: RecordedRequest) => {
          if (!fits(request)) return;
          watchers.delete(watcher);
          resolve(request);
        };
        watchers.add(watcher);
      }),
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    async stop() {
      hold.release();
      await Promise.all([server.close(), elsewhere.stop()]);
    },
  };
}

function answersOf({ answersFrom, tokenDelayMs = 25 }: GatewayOptions): AnswerSource {
  if (answersFrom === undefined) return builtInAnswers(tokenDelayMs);
  return typeof answersFrom === 'string' ? openAiAnswers(answersFrom) : answersFrom;
}

async function startElsewhere() {
  const requests: RecordedRequest[] = [];
  const respond = async (message: IncomingMessage, response: ServerResponse) => {
    const request = await recordRequest(message);
    requests.push(request);
    allowEveryOrigin(request, response);
    response.end('This is another origin.');
  };
  const server = await listen((message, response) => {
    respond(message, response).catch((error: unknown) => sendFailure(response, error));
  }, 0);
  return { url: `http://127.0.0.1:${server.port}`, requests, stop: () => server.close() };
}
