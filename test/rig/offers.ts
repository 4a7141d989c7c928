import { x402ResourceServer } from '@x402/core/server';
import type { FacilitatorClient } from '@x402/core/server';
import { encodePaymentRequiredHeader } from '@x402/core/http';
import type { Network, PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { registerExactEvmScheme } from '@x402/evm/exact/server';
import { registerExactSvmScheme } from '@x402/svm/exact/server';
import { baseNetwork } from './facilitator.ts';
import type { Faults } from './faults.ts';
import type { Identifiers } from './identifiers.ts';
import { strangerAddress } from './keys.ts';
import { priceOf } from './quote.ts';
import type { RigRequest } from './quote.ts';
import { twistSolana } from './solana/offer.ts';
import { usdcAddress } from './usdc.ts';

/** A chain on which the gateway takes USDC. */
export interface PaymentOption {
  readonly network: Network;
  readonly asset: string;
  readonly payTo: string;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Base USDC, as JumpGate offers it; or the same contract's on another chain. */
export function evmOption(payTo: string, network: Network = baseNetwork): PaymentOption {
  return {
    network,
    asset: usdcAddress,
    payTo,
    extra: { name: 'USD Coin', version: '2' },
  };
}

/** What the gateway asks for, and whether a payment is for it. */
export interface Offers {
  readonly server: x402ResourceServer;
  /** The value of a PAYMENT-REQUIRED header. */
  challenge(request: RigRequest, resourceUrl: string, error?: string): Promise<string>;
  /** The offer that a payment accepted, if the gateway makes it. */
  match(request: RigRequest, payload: PaymentPayload): Promise<PaymentRequirements | undefined>;
  /** A payment was settled. */
  paid(): void;
}

/** Seconds that JumpGate gives a signature. */
const validSeconds = 300;
const tenYears = 315_360_000;

/** The challenge side of the gateway, on the official resource server. */
export async function createOffers(
  facilitator: FacilitatorClient,
  options: readonly PaymentOption[],
  faults: Faults,
  identifiers: Identifiers | undefined,
): Promise<Offers> {
  const server = new x402ResourceServer(facilitator);
  registerExactEvmScheme(server);
  registerExactSvmScheme(server);
  await server.initialize();

  /** What faults made the gateway offer: it takes such payments, as a hostile gateway would. */
  const twisted: PaymentRequirements[] = [];
  let firstPriceSeen = false;

  const rising = () => {
    const active = faults.active().has('priceChangedBetween');
    if (!active) firstPriceSeen = false;
    return active;
  };

  const honest = (request: RigRequest) => {
    const price = priceOf(request);
    const amount = rising() && firstPriceSeen ? (price * 101n) / 100n : price;
    return server.buildPaymentRequirementsFromOptions(
      options.map(({ network, asset, payTo, extra }) => ({
        scheme: 'exact',
        network,
        payTo,
        price: { asset, amount: String(amount), extra: { ...extra } },
        maxTimeoutSeconds: validSeconds,
      })),
      undefined,
    );
  };

  return {
    server,
    async challenge(request, resourceUrl, error) {
      const made = await honest(request);
      firstPriceSeen = rising();
      const change = twist(faults, request) ?? twistSolana(faults, made);
      const offered = change === undefined ? made : made.map((offer) => ({ ...offer, ...change(offer) }));
      if (change !== undefined) twisted.push(...offered);
      const url = faults.take('otherResource') ? 'https://elsewhere.example/paid/chat/v2' : resourceUrl;
      const resource = { url, description: 'Chat completion', mimeType: 'text/event-stream' };
      return encodePaymentRequiredHeader(
        await server.createPaymentRequiredResponse(offered, resource, error, identifiers?.extension),
      );
    },
    async match(request, payload) {
      return server.findMatchingRequirements([...(await honest(request)), ...twisted], payload);
    },
    paid() {
      if (rising() && firstPriceSeen) faults.take('priceChangedBetween');
      firstPriceSeen = false;
    },
  };
}

/** What a fault makes of an offer. */
export type Change = (offer: PaymentRequirements) => Partial<PaymentRequirements>;

/** The faults that alter what is asked. */
function twist(faults: Faults, request: RigRequest): Change | undefined {
  if (faults.take('priceAboveQuote')) return () => ({ amount: String(priceOf(request) + 51n) });
  if (faults.take('otherPayee')) return () => ({ payTo: strangerAddress });
  if (faults.take('otherNetwork'))
    return () => ({ network: 'eip155:84532', asset: '0x036CbD53842c5426634e7929541eC2318f3dCF7e' });
  if (faults.take('otherAsset')) return () => ({ asset: '0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb' });
  if (faults.take('longTimeout')) return () => ({ maxTimeoutSeconds: tenYears });
  if (faults.take('permit2'))
    return (offer) => ({ extra: { ...offer.extra, assetTransferMethod: 'permit2' } });
  return undefined;
}
