import { getAddress, keccak256, recoverTypedDataAddress } from 'viem';
import type { Hex } from 'viem';
import { baseUsdc } from '../../src/core/assets.ts';
import type { EvmUsdc } from '../../src/core/assets.ts';
import type { EvmAuthorization } from '../../src/core/ledger.ts';
import { typedDataOf } from '../../src/x402/evmGate.ts';
import { contractOwner } from './wallet.ts';

/** Money that moved. */
export interface Charge {
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
  readonly nonce: Hex;
  readonly transaction: Hex;
  /** When its block was made. */
  readonly atMs: number;
}

/** What the cashier makes of a payment. */
export type Cashed = 'charged' | 'used before' | 'invalid';

/** The facilitator and the chain together: takes an authorization that is signed by its payer, each nonce once. */
export interface Cashier {
  readonly charges: readonly Charge[];
  cash(header: string, offers: readonly unknown[], money: Money, nowMs: number): Promise<Cashed>;
  /** Anybody who has a signed authorization can charge it. */
  charge(authorization: EvmAuthorization, nowMs: number): void;
  /** The transaction that charges what a header carries. */
  transactionOf(header: string): Hex;
}

/** Opens one that has charged nobody. */
export function createCashier(): Cashier {
  const charges: Charge[] = [];
  const cashier: Cashier = {
    charges,
    async cash(header, offers, money, nowMs) {
      const { accepted, payload } = JSON.parse(atob(header)) as PaymentPayload;
      // Servers compare the echo of their offer exactly.
      const offered = offers.some((offer) => JSON.stringify(offer) === JSON.stringify(accepted));
      const { authorization, signature } = payload;
      const { from, to, value, validBefore, nonce } = authorization;
      const fits = value === accepted.amount && to === getAddress(accepted.payTo);
      if (!offered || !fits || Number(validBefore) * 1000 <= nowMs) return 'invalid';
      const isOfContract = signature.length === 2 + 2 * 97;
      const signer = isOfContract ? contractOwner.address : getAddress(from);
      const own: Hex = isOfContract ? `0x${signature.slice(66)}` : signature;
      if ((await signerOf(authorization, own, money)) !== signer) return 'invalid';
      if (charges.some((charge) => charge.nonce === nonce)) return 'used before';
      cashier.charge(authorization, nowMs);
      return 'charged';
    },
    charge({ from, to, value, nonce }, nowMs) {
      charges.push({ from, to, value: BigInt(value), nonce, transaction: keccak256(nonce), atMs: nowMs });
    },
    transactionOf: (header) =>
      keccak256((JSON.parse(atob(header)) as PaymentPayload).payload.authorization.nonce),
  };
  return cashier;
}

type Money = Pick<EvmUsdc, 'chainId' | 'asset' | 'domainName' | 'domainVersion'>;

interface PaymentPayload {
  readonly accepted: { readonly amount: string; readonly payTo: string };
  readonly payload: { readonly authorization: EvmAuthorization; readonly signature: `0x${string}` };
}

function signerOf(authorization: EvmAuthorization, signature: `0x${string}`, money: Money): Promise<string> {
  const { message, ...rest } = typedDataOf(authorization, { ...baseUsdc, ...money });
  const { value, validAfter, validBefore } = message;
  const numbers = {
    value: BigInt(value),
    validAfter: BigInt(validAfter),
    validBefore: BigInt(validBefore),
  };
  return recoverTypedDataAddress({ ...rest, message: { ...message, ...numbers }, signature });
}
