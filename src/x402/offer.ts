import type { PaymentRequired, PaymentRequirements, ResourceInfo } from '@x402/core/types';
import { getAddress, isAddress, zeroAddress } from 'viem';
import { usdcOn } from '../core/assets.ts';
import type { EvmNetwork, EvmUsdc, Network, SvmNetwork, SvmUsdc, Usdc } from '../core/assets.ts';
import { Failure } from '../core/failure.ts';
import { isJsonObject } from '../core/json.ts';
import { parseMicroUsdc } from '../core/money.ts';
import type { MicroUsdc } from '../core/money.ts';
import { decodeHeaderObject } from './base64.ts';
import { keptExtensions } from './paymentIdentifier.ts';
import { isSvmAddress } from './svmMessage.ts';

interface OfferFacts {
  readonly amount: MicroUsdc;
  readonly maxTimeoutSeconds: number;
  /** The gateway's own object, untouched and frozen: servers compare the echo of it exactly. */
  readonly accepted: PaymentRequirements;
}

/** An offer to be paid by an EIP-3009 authorization. */
export interface EvmOffer extends OfferFacts {
  readonly kind: 'evm';
  /** The money, as we know it. */
  readonly usdc: EvmUsdc;
  readonly network: EvmNetwork;
  readonly asset: `0x${string}`;
  /** Checksummed. */
  readonly payTo: `0x${string}`;
}

/** An offer to be paid by a Solana transaction, whose fees somebody else pays. */
export interface SvmOffer extends OfferFacts {
  readonly kind: 'svm';
  readonly usdc: SvmUsdc;
  readonly network: SvmNetwork;
  readonly asset: string;
  /** The payee itself, not its token account. */
  readonly payTo: string;
  readonly feePayer: string;
  /** Where the gateway wants a memo of its own; else it is random. */
  readonly memo?: string;
}

/** One way to pay that passed every gate which does not depend on the request. */
export type Offer = EvmOffer | SvmOffer;

/** A 402 of x402 v2, read strictly. */
export interface Challenge {
  readonly x402Version: 2;
  /** What the official client gets: the gateway's words, without the extensions we do not know. */
  readonly raw: Omit<PaymentRequired, 'resource'> & { readonly resource?: ResourceInfo };
  /** In USDC on a chain we know. */
  readonly offers: readonly Offer[];
  /** What was wrong with the offers that claim to be such and are not: names of fields. */
  readonly refused: readonly string[];
  /** The gateway's clock when it answered, Unix milliseconds. */
  readonly serverTimeMs?: number;
}

/** What an offer has to fit. */
export interface OfferWishes {
  readonly requestUrl: string;
  /** Undefined where nothing was quoted before: the offer is the price then, for the limits to judge. */
  readonly maxAmount: MicroUsdc | undefined;
  /** The person's choice first. */
  readonly networks: readonly Network[];
}

/** The shortest and the longest time that an authorization may be valid, in seconds. */
const timeoutSeconds = { min: 60, max: 600 } as const;

const maxOffers = 16;

/**
 * Reads a `PAYMENT-REQUIRED` header (x402 specification v2, PaymentRequired): at most 16 KiB of standard base64 JSON
 * with at most 16 offers.
 *
 * @param assets the only money that an offer may be in
 * @throws {Failure} noChallenge for what is not such a header, unsafeOffer for one that is built to mislead
 */
export function readChallenge(
  headerValue: string,
  assets: readonly Usdc[],
  serverTimeMs?: number,
): Challenge {
  const decoded = decodeHeaderObject(headerValue);
  if (!decoded) throw new Failure('noChallenge', { detail: 'PAYMENT-REQUIRED' });
  const { x402Version, accepts, resource, error, extensions } = decoded;
  if (x402Version !== 2) throw new Failure('noChallenge', { detail: 'x402Version' });
  if (!Array.isArray(accepts) || accepts.length === 0 || !accepts.every(isRequirements)) {
    throw new Failure('noChallenge', { detail: 'accepts' });
  }
  if (accepts.length > maxOffers) throw new Failure('unsafeOffer', { detail: 'accepts' });
  if (resource !== undefined && !isResource(resource)) {
    throw new Failure('unsafeOffer', { detail: 'resource' });
  }
  const read = accepts.map((accepted) => readOffer(accepted, assets));
  return {
    x402Version: 2,
    raw: {
      x402Version: 2,
      ...(typeof error === 'string' ? { error } : {}),
      ...(resource === undefined ? {} : { resource }),
      accepts,
      ...keptExtensions(extensions),
    },
    offers: read.filter((offer) => typeof offer === 'object'),
    refused: read.filter((offer) => typeof offer === 'string'),
    ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
  };
}

/**
 * The offers to choose from: of each of the wished networks that has one the cheapest, in their order.
 *
 * @throws {Failure} noUsableOffer, aboveQuote, or unsafeOffer where one claims to be in our money and is not
 */
export function waysToPay(
  challenge: Challenge,
  { requestUrl, maxAmount, networks }: OfferWishes,
): readonly [Offer, ...Offer[]] {
  const { resource } = challenge.raw;
  if (resource && !isSameUrl(resource.url, requestUrl)) {
    throw new Failure('unsafeOffer', { detail: 'resource' });
  }
  const cheapest = networks.flatMap((wished) => {
    const there = challenge.offers.filter(({ network }) => network === wished);
    return there.toSorted((a, b) => (a.amount < b.amount ? -1 : 1)).slice(0, 1);
  });
  const [first, ...others] = cheapest.filter(({ amount }) => maxAmount === undefined || amount <= maxAmount);
  if (first) return [first, ...others];
  if (cheapest.length > 0) throw new Failure('aboveQuote');
  const [flaw] = challenge.refused;
  throw flaw === undefined ? new Failure('noUsableOffer') : new Failure('unsafeOffer', { detail: flaw });
}

/** Whether the person who agreed to `agreed` has agreed to `renewed` too: nobody else is paid and nothing costs more. */
export function sameTerms(agreed: Offer, renewed: Offer): boolean {
  return (
    agreed.payTo === renewed.payTo &&
    agreed.network === renewed.network &&
    agreed.asset === renewed.asset &&
    renewed.amount <= agreed.amount
  );
}

/** @returns the offer, the name of the field that is wrong with it, or nothing where it is not in our money at all */
function readOffer(accepted: PaymentRequirements, assets: readonly Usdc[]): Offer | string | undefined {
  if (accepted.scheme !== 'exact') return undefined;
  const usdc = usdcOn(assets, accepted.network);
  if (usdc === undefined || !isAsset(accepted.asset, usdc)) return undefined;
  const { maxTimeoutSeconds } = accepted;
  const amount = parseMicroUsdc(accepted.amount);
  if (amount === undefined || amount === 0n) return 'amount';
  if (!Number.isInteger(maxTimeoutSeconds)) return 'maxTimeoutSeconds';
  if (maxTimeoutSeconds < timeoutSeconds.min || maxTimeoutSeconds > timeoutSeconds.max) {
    return 'maxTimeoutSeconds';
  }
  const facts = { amount, maxTimeoutSeconds, accepted };
  return usdc.kind === 'evm' ? readEvmOffer(usdc, facts) : readSvmOffer(usdc, facts);
}

function isAsset(asset: string, usdc: Usdc): boolean {
  return usdc.kind === 'evm' ? usdc.asset.toLowerCase() === asset.toLowerCase() : usdc.asset === asset;
}

function readEvmOffer(usdc: EvmUsdc, facts: OfferFacts): EvmOffer | string {
  const { payTo, extra } = facts.accepted;
  if (!isAddress(payTo) || payTo === zeroAddress) return 'payTo';
  const flaw = flawOfExtra(extra, usdc);
  if (flaw !== undefined) return flaw;
  const { network, asset } = usdc;
  return { kind: 'evm', usdc, network, asset, payTo: getAddress(payTo), ...facts };
}

/** What else `extra` may bring, such as a blockhash and a height of the gateway's own, is echoed and never used. */
function readSvmOffer(usdc: SvmUsdc, facts: OfferFacts): SvmOffer | string {
  const { payTo, extra } = facts.accepted;
  if (!isSvmAddress(payTo)) return 'payTo';
  if (!isJsonObject(extra)) return 'extra';
  const { feePayer, memo, paymentFlow = 'authorization' } = extra;
  if (!isSvmAddress(feePayer)) return 'feePayer';
  if (paymentFlow !== 'authorization' && paymentFlow !== 'upfront') return 'paymentFlow';
  if (memo !== undefined && memo !== '' && !isMemo(memo)) return 'memo';
  const { network, asset } = usdc;
  const named = isMemo(memo) ? { memo } : {};
  return { kind: 'svm', usdc, network, asset, payTo, feePayer, ...named, ...facts };
}

/** Printable ASCII, so that it reads the same in every node's list of memos. */
function isMemo(memo: unknown): memo is string {
  return typeof memo === 'string' && /^[\x20-\x7e]{1,256}$/.test(memo);
}

/** A gateway that names another domain would refuse what is signed for ours: told apart before anything is held. */
function flawOfExtra(extra: unknown, usdc: EvmUsdc): string | undefined {
  if (extra === undefined || extra === null) return undefined;
  if (!isJsonObject(extra)) return 'extra';
  const { assetTransferMethod = 'eip3009', paymentFlow = 'authorization', name, version } = extra;
  if (assetTransferMethod !== 'eip3009') return 'assetTransferMethod';
  // Both take the same authorization; they differ in when the gateway settles it.
  if (paymentFlow !== 'authorization' && paymentFlow !== 'upfront') return 'paymentFlow';
  if (name !== undefined && name !== usdc.domainName) return 'extra.name';
  if (version !== undefined && version !== usdc.domainVersion) return 'extra.version';
  return undefined;
}

function isRequirements(value: unknown): value is PaymentRequirements {
  if (!isJsonObject(value)) return false;
  const { scheme, network, asset, amount, payTo, maxTimeoutSeconds } = value;
  return (
    [scheme, network, asset, payTo].every((field) => typeof field === 'string') &&
    // The type of these two is a gate of its own: a number here is a hostile encoding, not another protocol.
    amount !== undefined &&
    maxTimeoutSeconds !== undefined
  );
}

function isResource(value: unknown): value is ResourceInfo {
  return isJsonObject(value) && typeof value['url'] === 'string';
}

function isSameUrl(given: string, requestUrl: string): boolean {
  return URL.canParse(given) && new URL(given).href === new URL(requestUrl).href;
}
