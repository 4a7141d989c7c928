import type { Network } from '../../core/assets.ts';
import { Failure } from '../../core/failure.ts';
import type { Gateway } from '../../core/gateways.ts';
import type { MicroUsdc } from '../../core/money.ts';
import { askChallenge } from '../../gateway/challenge.ts';
import { clientOf } from '../../gateway/clients.ts';
import type { FrozenChat, GatewayQuote } from '../../gateway/gatewayClient.ts';
import { judgePayee } from '../../core/payees.ts';
import type { NewPayee } from '../../core/payees.ts';
import { digestOf } from './digest.ts';
import type { ChatRequest } from '../../protocol/page.ts';
import { readChallenge, waysToPay } from '../../x402/offer.ts';
import type { Challenge, Offer } from '../../x402/offer.ts';
import type { FrozenRequest } from '../../x402/payload.ts';
import type { Deps } from '../deps.ts';

/** What one exact request costs. */
export interface Price {
  readonly amount: MicroUsdc;
  /** The most that a challenge may ask for; absent where the gateway promises none. */
  readonly maxAmount?: MicroUsdc;
  /** Absent where the gateway does not say. */
  readonly inputTokens?: number;
  readonly maxOutputTokens: number;
}

/** One exact request with its price: what a card shows, a reservation holds and a signature pays. */
export interface Priced {
  readonly gateway: Gateway;
  readonly model: string;
  readonly price: Price;
  readonly challenge: Challenge;
  readonly offer: Offer;
  /** What it could be paid by, one offer for each chain that is wished, this one among them. */
  readonly ways: readonly Offer[];
  /** Set where the offer's payee is not one that this gateway was paid at before: only the person lets it be paid. */
  readonly newPayee: NewPayee | undefined;
  /** The bytes are frozen: the same for challenge and payment. */
  readonly request: FrozenRequest;
  /** SHA-256 of the body, hex. */
  readonly bodyDigest: string;
  /** Other ways to pay that stood beside it, which are not used. */
  readonly alsoOffered: readonly string[];
  readonly pricedAtMs: number;
}

/** A price older than this is asked for again before it is agreed to or signed. */
export const freshMs = 60_000;

/** What a request is sent as, for a quote and for the digest of its very bytes. */
export async function freeze(
  chat: ChatRequest,
  gateway: Gateway,
): Promise<FrozenChat & { readonly bodyDigest: string }> {
  const frozen = clientOf(gateway).freeze(chat, gateway);
  return { ...frozen, bodyDigest: await digestOf(frozen.body) };
}

type PricingDeps = Pick<Deps, 'http' | 'clock' | 'ledger' | 'policies' | 'configured'>;

/** What the request costs, without more than that: the gateway's quote, or the price in its challenge. */
export async function quoteOf(
  deps: PricingDeps,
  gateway: Gateway,
  chat: ChatRequest,
  signal: AbortSignal,
): Promise<Price> {
  const client = clientOf(gateway);
  const frozen = client.freeze(chat, gateway);
  const quote = await client.quote?.(deps.http, gateway, frozen, signal);
  return quote ?? (await price(deps, gateway, chat, undefined, signal)).price;
}

/**
 * Quotes the request, fetches its challenge and picks the one offer to pay; every offer gate is behind this.
 *
 * @param maxAmount the least of what the page, its quote and nobody else allow; undefined: the gateway's quote bounds it
 * @param wished what the page has wallets for, the preferred one first; waited for only when the offers are there
 */
export async function price(
  deps: PricingDeps,
  gateway: Gateway,
  chat: ChatRequest,
  maxAmount: MicroUsdc | undefined,
  signal: AbortSignal,
  wished?: readonly Network[] | Promise<readonly Network[]>,
): Promise<Priced> {
  const { http, ledger, policies, clock, configured } = deps;
  const client = clientOf(gateway);
  const frozen = await freeze(chat, gateway);
  const quote = await client.quote?.(http, gateway, frozen, signal);
  const request = client.request(gateway, frozen, quote);
  const payable = configured.payable().map(({ network }) => network);
  // Read while the gateway answers; on which of the few networks its offer will be is not known yet.
  const payees = Promise.all(
    payable.map(async (network) => [network, await policies.payees(gateway.id, network)] as const),
  );
  payees.catch(() => undefined);
  const { header, dateMs, alsoOffered } = await askChallenge(http, request, signal);
  if (dateMs !== undefined) await ledger.noteSeenTime(dateMs);
  const assets = configured.payable();
  const challenge = readChallenge(header, assets, dateMs);
  const wishes = {
    requestUrl: request.url,
    maxAmount: quote?.maxAmount,
    networks: (await wished) ?? payable,
  };
  const ways = waysToPay(challenge, wishes).filter(
    ({ amount }) => maxAmount === undefined || amount <= maxAmount,
  );
  const [offer] = ways;
  if (!offer) throw new Failure('overMaxSpend');
  const known =
    new Map(await payees).get(offer.network) ?? (await policies.payees(gateway.id, offer.network));
  return {
    gateway,
    model: frozen.model,
    price: priceOf(quote, offer, frozen),
    challenge,
    offer,
    ways,
    newPayee: judgePayee(known, offer.payTo, gateway.baseUrl),
    request,
    bodyDigest: frozen.bodyDigest,
    alsoOffered,
    pricedAtMs: clock.nowMs(),
  };
}

/**
 * The same request at the same time, paid on another of its chains.
 *
 * @returns undefined where it cannot be paid there
 */
export async function priceOn(
  { policies }: Pick<Deps, 'policies'>,
  priced: Priced,
  network: Network,
): Promise<Priced | undefined> {
  const offer = priced.ways.find((way) => way.network === network);
  if (!offer) return undefined;
  const { gateway, price: quoted } = priced;
  const known = await policies.payees(gateway.id, network);
  return {
    ...priced,
    offer,
    price: quoted.maxAmount === undefined ? { ...quoted, amount: offer.amount } : quoted,
    newPayee: judgePayee(known, offer.payTo, gateway.baseUrl),
  };
}

/** Where nothing was quoted, the offer is the price. */
function priceOf(quote: GatewayQuote | undefined, { amount }: Offer, { maxOutputTokens }: FrozenChat): Price {
  return quote ?? { amount, maxOutputTokens };
}
