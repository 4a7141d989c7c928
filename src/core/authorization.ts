import type { EvmAuthorization } from './evmAuthorization.ts';
import type { MicroUsdc } from './money.ts';
import { blockhashLifeMs, svmExpiryMs } from './svmAuthorization.ts';
import type { SvmAuthorization } from './svmAuthorization.ts';

/** What the wallet was asked to sign. */
export type Authorization = EvmAuthorization | SvmAuthorization;

/** A message on its way to a wallet. */
export interface MessageToSign {
  readonly payer: string;
  readonly authorization: Authorization;
  /** What the gateway knows the payment by, in all its attempts, where it takes such a name (x402 payment-identifier). */
  readonly identifier?: string;
}

/** Whether a message moves exactly the amount that a row holds, to its payee, and ends at a time we can count with. */
export function paysFor(
  { payer, authorization }: MessageToSign,
  { amount, payTo }: { readonly amount: MicroUsdc; readonly payTo: string },
): boolean {
  const { value, to, from } = authorization;
  if (value !== amount.toString()) return false;
  if (authorization.kind === 'svm')
    return to === payTo && from === payer && authorization.memo !== '' && endsOnChain(authorization);
  return (
    to.toLowerCase() === payTo.toLowerCase() &&
    from.toLowerCase() === payer.toLowerCase() &&
    /^[1-9]\d{0,11}$/.test(authorization.validBefore)
  );
}

function endsOnChain({ lastValidBlockHeight, slot }: SvmAuthorization): boolean {
  return [lastValidBlockHeight, slot].every((text) => /^[1-9]\d{0,18}$/.test(text));
}

/** Until when it makes sense to sign and to send, in Unix milliseconds. */
export function usableUntilMs(authorization: Authorization): number {
  if (authorization.kind === 'svm') return authorization.readAtMs + blockhashLifeMs;
  return Number(authorization.validBefore) * 1000;
}

/** When the signed message can no longer be charged, in the chain's time. */
export function expiryMs(authorization: Authorization): number {
  if (authorization.kind === 'svm') return svmExpiryMs(authorization);
  return Number(authorization.validBefore) * 1000;
}

/**
 * Whether a wallet that is asked again is asked for the very same. Never so on Solana: a wallet may change what it
 * signs, and then both transactions could be charged.
 */
export function isSameMessage(before: MessageToSign, again: MessageToSign): boolean {
  const [one, other] = [before.authorization, again.authorization];
  if (one.kind === 'svm' || other.kind === 'svm') return false;
  if (before.payer !== again.payer || before.identifier !== again.identifier) return false;
  const fields = ['from', 'to', 'value', 'validAfter', 'validBefore', 'nonce'] as const;
  return fields.every((field) => one[field] === other[field]);
}
