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
import type { Challenge, Offer } from './offer.ts';

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
  readonly account: `0x${string}`;
  readonly request: FrozenRequest;
  /** The message of an earlier attempt, asked for once more: the official client makes no new one. */
  readonly authorization?: EvmAuthorization;
  /** Gets the official client's EIP-712 message, for `readTypedData`; resolves to the signature. Called at most once. */
  sign(typedData: unknown): Promise<`0x${string}`>;
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
  const account = getAddress(payment.account);
  // The wrapper flattens every error into text and reads the answer's headers: the real end is kept here.
  let asked = false;
  let signature: `0x${string}` | undefined;
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

  const sign = async (typedData: unknown) => {
    if (asked) throw new Error('The x402 client asked for a second signature.');
    asked = true;
    signature = await keepingError(() => payment.sign(typedData));
    return signature;
  };
  const scheme = payment.authorization
    ? sameMessageScheme(payment.authorization, offer, sign)
    : pinnedScheme(offer, account, sign);
  const guardedFetch = createGuardedFetch({
    paymentRequired: paymentRequired(offer, challenge, request.url),
    async pay(header) {
      if (!isAsAgreed(header, offer, account, signature))
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

/** The official scheme, given a copy of the offer with our own pins and a signer that can do nothing but this. */
function pinnedScheme(
  offer: Offer,
  address: `0x${string}`,
  signTypedData: (typedData: unknown) => Promise<`0x${string}`>,
): SchemeNetworkClient {
  const official = new ExactEvmScheme({ address, signTypedData });
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
  { usdc }: Offer,
  sign: (typedData: unknown) => Promise<`0x${string}`>,
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

/** Whether what is about to leave echoes the gateway's offer untouched and carries what was signed. */
function isAsAgreed(header: string, offer: Offer, account: string, signature: string | undefined): boolean {
  const { accepted, payload } = decodePaymentSignatureHeader(header);
  const { authorization } = payload;
  return (
    JSON.stringify(accepted) === JSON.stringify(offer.accepted) &&
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
