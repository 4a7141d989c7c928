import type { PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { privateKeyToAccount } from 'viem/accounts';
import { pinnedAssets } from '../../src/core/assets.ts';
import { microUsdc } from '../../src/core/money.ts';
import { waysToPay, readChallenge } from '../../src/x402/offer.ts';
import type { Offer } from '../../src/x402/offer.ts';

/** Where the fixtures ask and pay. */
export const requestUrl = 'https://jumpgate.ambient.xyz/paid/chat/v2';

/** A key that holds nothing anywhere. */
export const payer = privateKeyToAccount(
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
);

/** Somebody else's key. */
export const stranger = privateKeyToAccount(
  '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
);

/** Who is paid. */
export const payee = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

/** JumpGate's offer for its documented example. */
export const baseAccepted: PaymentRequirements = {
  scheme: 'exact',
  network: 'eip155:8453',
  asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
  amount: '4424',
  payTo: payee,
  maxTimeoutSeconds: 300,
  extra: { name: 'USD Coin', version: '2' },
};

/** JumpGate's other offer, which is for Solana. */
export const solanaAccepted: PaymentRequirements = {
  scheme: 'exact',
  network: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
  asset: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
  amount: '4424',
  payTo: '2wKupLR9q6wXYppw8Gr2NvWxKBUqm4PPJKkQfoxHDBg4',
  maxTimeoutSeconds: 300,
  extra: { feePayer: '2wKupLR9q6wXYppw8Gr2NvWxKBUqm4PPJKkQfoxHDBg4' },
};

/** A whole 402, as JumpGate sends it. */
export const honestChallenge: PaymentRequired = {
  x402Version: 2,
  error: 'Payment required',
  resource: { url: requestUrl, description: 'Chat completion', mimeType: 'text/event-stream' },
  accepts: [solanaAccepted, baseAccepted],
};

/** Anything as the value of an x402 header. */
export function headerOf(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
}

/** The 402 whose Base offer has these fields changed. */
export function challengeWith(change: Readonly<Record<string, unknown>>): string {
  return headerOf({ ...honestChallenge, accepts: [solanaAccepted, { ...baseAccepted, ...change }] });
}

/** The Base offer, read and chosen. */
export function honestOffer(change: Readonly<Record<string, unknown>> = {}): Offer {
  return waysToPay(readChallenge(challengeWith(change), pinnedAssets), wishes)[0];
}

/** What the documented example may cost at most. */
export const wishes = {
  requestUrl,
  maxAmount: microUsdc(4474n),
  networks: ['eip155:8453'],
} as const;
