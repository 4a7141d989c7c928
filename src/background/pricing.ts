import { sha256, toBytes } from 'viem';
import { usdcByNetwork } from '../core/assets.ts';
import type { Network } from '../core/assets.ts';
import { Failure } from '../core/failure.ts';
import type { Gateway } from '../core/gateways.ts';
import type { MicroUsdc } from '../core/money.ts';
import { buildBody, challenge as askChallenge, paidRequest, quote as askQuote } from '../gateway/jumpgate.ts';
import type { GatewayQuote } from '../gateway/jumpgate.ts';
import type { ChatRequest } from '../protocol/page.ts';
import { chooseOffer, readChallenge } from '../x402/offer.ts';
import type { Challenge, Offer } from '../x402/offer.ts';
import type { FrozenRequest } from '../x402/payload.ts';
import type { Deps } from './deps.ts';

/** One exact request with its price: what a card shows, a reservation holds and a signature pays. */
export interface Priced {
  readonly gateway: Gateway;
  readonly model: string;
  readonly quote: GatewayQuote;
  readonly challenge: Challenge;
  readonly offer: Offer;
  /** The bytes are frozen: the same for challenge and payment. */
  readonly request: FrozenRequest;
  /** SHA-256 of the body, hex. */
  readonly bodyDigest: string;
  readonly pricedAtMs: number;
}

/** A price older than this is asked for again before it is agreed to or signed. */
export const freshMs = 60_000;

const networks = Object.keys(usdcByNetwork) as Network[];

/** The gateway a call names, or the site's, or the default one. */
export function gatewayOf(
  deps: Pick<Deps, 'gateways'>,
  named: string | undefined,
  ofSite: string | undefined,
): Gateway {
  const [first] = deps.gateways;
  if (named === undefined) return deps.gateways.find(({ id }) => id === ofSite) ?? first;
  const gateway = deps.gateways.find(({ id }) => id === named);
  if (!gateway) throw new Failure('unknownGateway');
  return gateway;
}

/** SHA-256 of the very bytes that this request is sent as, hex. */
export function digestOf(chat: ChatRequest, gateway: Gateway): string {
  return digest(buildBody(chat, gateway).body);
}

/**
 * Quotes the request, fetches its challenge and picks the one offer to pay; every offer gate is behind this.
 *
 * @param maxAmount the least of what the page, its quote and nobody else allow; undefined: the gateway's quote bounds it
 */
export async function price(
  deps: Pick<Deps, 'http' | 'clock' | 'ledger' | 'policies'>,
  gateway: Gateway,
  chat: ChatRequest,
  maxAmount: MicroUsdc | undefined,
  signal: AbortSignal,
): Promise<Priced> {
  const { http, ledger, policies, clock } = deps;
  const bodies = buildBody(chat, gateway);
  const quote = await askQuote(http, gateway, bodies, signal);
  const request = paidRequest(gateway, bodies.body, quote.headers);
  const { header, dateMs } = await askChallenge(http, gateway, bodies.body, quote.headers, signal);
  if (dateMs !== undefined) await ledger.noteSeenTime(dateMs);
  const challenge = readChallenge(header, dateMs);
  const offer = chooseOffer(challenge, { requestUrl: request.url, maxAmount: quote.maxAmount, networks });
  if (maxAmount !== undefined && offer.amount > maxAmount) throw new Failure('overMaxSpend');
  const pinned = await policies.pinnedPayees(gateway.id, offer.network);
  if (pinned.length > 0 && !pinned.includes(offer.payTo)) throw new Failure('otherPayee');
  return {
    gateway,
    model: bodies.model,
    quote,
    challenge,
    offer,
    request,
    bodyDigest: digest(request.body),
    pricedAtMs: clock.nowMs(),
  };
}

function digest(body: string): string {
  return sha256(toBytes(body)).slice(2);
}
