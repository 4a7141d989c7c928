import { x402Client } from '@x402/core/client';
import { decodePaymentSignatureHeader, encodePaymentRequiredHeader } from '@x402/core/http';
import type { PaymentRequired, SchemeNetworkClient } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment } from '@x402/fetch';
import { getAddress } from 'viem';
import { Failure } from '../core/failure.ts';
import { isJsonObject } from '../core/json.ts';
import type { EvmAuthorization } from '../core/ledger.ts';
import { decodeHeaderObject } from './base64.ts';
import { typedDataOf } from './evmGate.ts';
import { createGuardedFetch } from './guardedFetch.ts';
import type { Challenge, EvmOffer, Offer } from './offer.ts';
import { identifiedBy } from './paymentIdentifier.ts';
import type { OwnBlockhash } from './svmGate.ts';
import { pinnedSvmScheme } from './svmScheme.ts';

/** A request whose bytes are frozen. */
export interface FrozenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One payment, from the validated offer to the answer. */
export interface X402Payment {
  readonly offer: Offer;
  readonly challenge: Challenge;
  readonly account: string;
  readonly request: FrozenRequest;
  /** Of our own nodes; for an offer on Solana only. */
  readonly blockhash?: OwnBlockhash;
  /** What the row names this payment for a gateway that takes identifiers. */
  readonly identifier?: string;
  /** The message of an earlier attempt, asked for once more: the official client makes no new one. */
  readonly authorization?: EvmAuthorization;
  /**
   * Gets what the official client built: an EIP-712 message, for `readTypedData`, or a Solana transaction, for
   * `readTransaction`. Resolves to the signature, or to the signed transaction in base64. Called at most once.
   */
  sign(built: unknown): Promise<string>;
  /** Sends the request with its payment header. Called at most once. */
  send(request: FrozenRequest): Promise<Response>;
}

/**
 * Has the official client and fetch wrapper make and send one payment for one offer. Errors of `sign` and `send` come
 * out as they were thrown.
 *
 * @throws {Failure} unsafeOffer where the official client refuses the offer: nothing was signed; unexpected with `paid`
 *   unknown where it built something else than was agreed: signed, but not sent
 */
export async function payOverX402(payment: X402Payment): Promise<Response> {
  const { offer, challenge, request } = payment;
  const account = offer.kind === 'evm' ? getAddress(payment.account) : payment.account;
  // The wrapper flattens every error into text and reads the answer's headers: the real end is kept here.
  let asked = false;
  let signature: string | undefined;
  let response: Response | undefined;
  let failed: { readonly error: unknown } | undefined;
  const keepingError = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      failed = { error };
      throw error;
    }
  };

  const sign = async (built: unknown) => {
    if (asked) throw new Error('The x402 client asked for a second signature.');
    asked = true;
    signature = await keepingError(() => payment.sign(built));
    return signature;
  };
  const scheme = pinnedScheme(payment, account, sign);
  const required = identifiedBy(paymentRequired(offer, challenge, request.url), payment.identifier);
  const guardedFetch = createGuardedFetch({
    paymentRequired: required,
    async pay(header) {
      if (!isAsAgreed(header, offer, required, account, signature))
        throw new Error('The payment is not the one agreed.');
      const headers = { ...request.headers, 'PAYMENT-SIGNATURE': header };
      response = await keepingError(() => payment.send({ ...request, headers }));
      return response;
    },
  });
  const client = new x402Client().register(offer.network, scheme).setSpendControls(onlyThis(offer));

  try {
    // Without headers and body: the frozen ones go to `send`, not through the wrapper's clones.
    return await wrapFetchWithPayment(guardedFetch, client)(request.url, { method: 'POST' });
  } catch (cause) {
    if (response) return response;
    if (failed) throw failed.error;
    throw signature
      ? new Failure('unexpected', { phase: 'send', paid: 'unknown', cause })
      : new Failure('unsafeOffer', { phase: 'sign', detail: 'x402 client', cause });
  }
}

/** The official scheme of the offer's chain, given a copy of the offer with our own pins. */
function pinnedScheme(
  { offer, blockhash, authorization }: X402Payment,
  account: string,
  sign: (built: unknown) => Promise<string>,
): SchemeNetworkClient {
  if (offer.kind === 'evm' && authorization) return sameMessageScheme(authorization, offer, sign);
  if (offer.kind === 'evm') return pinnedEvmScheme(offer, getAddress(account), sign);
  if (!blockhash) throw new TypeError('A payment on Solana needs a blockhash.');
  return pinnedSvmScheme(offer, account, blockhash, sign);
}

/** With a signer that can do nothing but this. */
function pinnedEvmScheme(
  offer: EvmOffer,
  address: `0x${string}`,
  sign: (typedData: unknown) => Promise<string>,
): SchemeNetworkClient {
  const official = new ExactEvmScheme({
    address,
    signTypedData: async (typedData) => (await sign(typedData)) as `0x${string}`,
  });
  const { network, domainName, domainVersion } = offer.usdc;
  const copy = {
    scheme: 'exact',
    network,
    asset: offer.asset,
    amount: offer.amount.toString(),
    payTo: offer.payTo,
    maxTimeoutSeconds: offer.maxTimeoutSeconds,
    extra: { name: domainName, version: domainVersion },
  };
  return { scheme: 'exact', createPaymentPayload: (version) => official.createPaymentPayload(version, copy) };
}

/** The payload of a message that is known already, as the official scheme makes it. */
function sameMessageScheme(
  authorization: EvmAuthorization,
  { usdc }: EvmOffer,
  sign: (typedData: unknown) => Promise<string>,
): SchemeNetworkClient {
  return {
    scheme: 'exact',
    createPaymentPayload: async (x402Version) => ({
      x402Version,
      payload: { authorization, signature: await sign(typedDataOf(authorization, usdc)) },
    }),
  };
}

/** The validated challenge with the chosen offer alone, so that the official client has nothing to choose. */
function paymentRequired(offer: Offer, { raw }: Challenge, requestUrl: string): PaymentRequired {
  return { ...raw, resource: raw.resource ?? { url: requestUrl }, accepts: [offer.accepted] };
}

/** The same as the gateway's header, for `readChallenge`. */
export function challengeHeader(offer: Offer, challenge: Challenge, requestUrl: string): string {
  return encodePaymentRequiredHeader(paymentRequired(offer, challenge, requestUrl));
}

/** Replaces the official limit of one dollar: the caps are ours, and this payment is for this amount only. */
function onlyThis({ network, accepted, amount }: Offer) {
  return { allowedAssets: [{ network, asset: accepted.asset, maxAmountPerPayment: amount.toString() }] };
}

/** Whether what is about to leave echoes the gateway's offer untouched and carries our identifier and what was signed. */
function isAsAgreed(
  header: string,
  offer: Offer,
  required: PaymentRequired,
  account: string,
  signature: string | undefined,
): boolean {
  const { accepted, payload, extensions } = decodePaymentSignatureHeader(header);
  if (JSON.stringify(accepted) !== JSON.stringify(offer.accepted)) return false;
  if (JSON.stringify(extensions) !== JSON.stringify(required.extensions)) return false;
  if (offer.kind === 'svm') return payload['transaction'] === signature;
  const { authorization } = payload;
  return (
    payload['signature'] === signature &&
    isJsonObject(authorization) &&
    authorization['from'] === account &&
    authorization['to'] === offer.payTo &&
    authorization['value'] === offer.amount.toString()
  );
}

/** What a gateway says about a payment: its word can confirm one, never free it. */
export interface X402Receipt {
  readonly success: boolean;
  /** The transaction's hash or signature. */
  readonly transaction?: string;
  /** CAIP-2. */
  readonly network?: string;
}

/**
 * The receipt in the `PAYMENT-RESPONSE` header (x402 specification v2, SettlementResponse).
 *
 * @returns undefined where there is none, or none that can be read
 */
export function readReceipt(headers: Headers): X402Receipt | undefined {
  const header = headers.get('PAYMENT-RESPONSE');
  const receipt = header === null ? undefined : decodeHeaderObject(header);
  if (typeof receipt?.['success'] !== 'boolean') return undefined;
  const { success, transaction, network } = receipt;
  return {
    success,
    ...(isText(transaction, /^[0-9A-Za-z]{1,128}$/) ? { transaction } : {}),
    ...(isText(network, /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,64}$/) ? { network } : {}),
  };
}

function isText(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value);
}
