import { getAddress, hashTypedData, recoverAddress } from 'viem';
import type { EvmUsdc } from '../core/assets.ts';
import { Failure } from '../core/failure.ts';
import { isJsonObject } from '../core/json.ts';
import type { EvmAuthorization } from '../core/ledger.ts';
import type { Offer } from './offer.ts';

/** What the message to sign has to say. */
export interface ExpectedAuthorization {
  readonly account: `0x${string}`;
  readonly offer: Offer;
  readonly nowMs: number;
}

/** How long a message may be valid at most, and must still be valid when the wallet is asked. */
const validityMs = { max: 600_000, min: 45_000 } as const;

/** EIP-3009, TransferWithAuthorization. */
const transferFields = [
  { name: 'from', type: 'address' },
  { name: 'to', type: 'address' },
  { name: 'value', type: 'uint256' },
  { name: 'validAfter', type: 'uint256' },
  { name: 'validBefore', type: 'uint256' },
  { name: 'nonce', type: 'bytes32' },
] as const;

/** The order in which wallets and `eth_signTypedData_v4` expect the domain's type. */
const domainFields = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
] as const;

/** Half of the order of secp256k1: a signature with a larger s can be changed by anyone into one with a smaller. */
const maxLowS = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * Compares what the official client is about to have signed with our pins, the account and the offer, field by field.
 *
 * @returns the authorization, built from our values
 * @throws {Failure} unsafeOffer, naming the field
 */
export function readTypedData(message: unknown, expect: ExpectedAuthorization): EvmAuthorization {
  const { account, offer, nowMs } = expect;
  if (offer.kind !== 'evm') throw unsafe('network');
  const { usdc } = offer;
  const { domain, types, primaryType, message: fields } = record(message, 'typed data', typedDataKeys);
  same(primaryType, 'TransferWithAuthorization', 'primaryType');
  checkTypes(types);

  const { name, version, chainId, verifyingContract } = record(domain, 'domain', domainKeys);
  same(name, usdc.domainName, 'domain.name');
  same(version, usdc.domainVersion, 'domain.version');
  same(chainId, usdc.chainId, 'domain.chainId');
  same(verifyingContract, usdc.asset, 'domain.verifyingContract');

  const { from, to, value, validAfter, validBefore, nonce } = record(fields, 'message', messageKeys);
  const payer = getAddress(account);
  same(from, payer, 'from');
  same(to, offer.payTo, 'to');
  same(value, BigInt(offer.amount), 'value');
  same(validAfter, 0n, 'validAfter');
  if (typeof validBefore !== 'bigint') throw unsafe('validBefore');
  const leftMs = validBefore * 1000n - BigInt(Math.floor(nowMs));
  if (leftMs > validityMs.max || leftMs < validityMs.min) throw unsafe('validBefore');
  if (!isNonce(nonce)) throw unsafe('nonce');

  return {
    from: payer,
    to: offer.payTo,
    value: offer.amount.toString(),
    validAfter: '0',
    validBefore: validBefore.toString(),
    nonce,
  };
}

/** The EIP-712 message of an authorization, rebuilt from our own values; numbers as decimal strings. */
export function typedDataOf(authorization: EvmAuthorization, usdc: EvmUsdc) {
  const { from, to, value, validAfter, validBefore, nonce } = authorization;
  return {
    domain: {
      name: usdc.domainName,
      version: usdc.domainVersion,
      chainId: usdc.chainId,
      verifyingContract: usdc.asset,
    },
    types: { TransferWithAuthorization: transferFields },
    primaryType: 'TransferWithAuthorization' as const,
    message: { from, to, value, validAfter, validBefore, nonce },
  };
}

/** The same as the JSON text that `eth_signTypedData_v4` takes: some wallets never answer to an object. */
export function typedDataJson(authorization: EvmAuthorization, usdc: EvmUsdc): string {
  const { types, ...rest } = typedDataOf(authorization, usdc);
  return JSON.stringify({ types: { EIP712Domain: domainFields, ...types }, ...rest });
}

/** What a wallet's answer turned out to be. */
export type SignatureCheck =
  /** `signature` has v as 27 or 28. */
  | { readonly verdict: 'valid'; readonly signature: `0x${string}` }
  /** Not 65 bytes of a canonical ECDSA signature. */
  | { readonly verdict: 'malformed' }
  /** A signature, but of another account or of another message. */
  | { readonly verdict: 'other-account' };

/** Checks a wallet's answer against our own digest of the authorization. */
export async function checkSignature(
  signature: unknown,
  authorization: EvmAuthorization,
  usdc: EvmUsdc,
): Promise<SignatureCheck> {
  const normalised = normaliseSignature(signature);
  if (normalised === undefined) return { verdict: 'malformed' };
  const hash = digestOf(authorization, usdc);
  try {
    const signer = await recoverAddress({ hash, signature: normalised });
    return signer === getAddress(authorization.from)
      ? { verdict: 'valid', signature: normalised }
      : { verdict: 'other-account' };
  } catch {
    // r or s out of range, or r is not on the curve.
    return { verdict: 'malformed' };
  }
}

/** Our own EIP-712 digest of an authorization: what an account's key, or its contract, has to have signed. */
export function digestOf(authorization: EvmAuthorization, usdc: EvmUsdc): `0x${string}` {
  const { domain, types, primaryType, message } = typedDataOf(authorization, usdc);
  const { value, validAfter, validBefore } = message;
  const numbers = { value: BigInt(value), validAfter: BigInt(validAfter), validBefore: BigInt(validBefore) };
  return hashTypedData({ domain, types, primaryType, message: { ...message, ...numbers } });
}

/** What a contract wallet may answer: whole bytes in hex, at most 4 KiB; the account's contract knows the rest. */
export function isContractSignature(signature: unknown): signature is `0x${string}` {
  return (
    typeof signature === 'string' &&
    signature.length <= 2 + 2 * maxContractSignature &&
    /^0x(?:[0-9a-fA-F]{2})+$/.test(signature)
  );
}

const maxContractSignature = 4096;

/** Whether it is wrapped for an account whose contract is not deployed (ERC-6492); USDC cannot check such a one. */
export function isOfUndeployed(signature: `0x${string}`): boolean {
  return signature.length > 2 + undeployedMark.length && signature.toLowerCase().endsWith(undeployedMark);
}

const undeployedMark = '6492'.repeat(16);

function normaliseSignature(signature: unknown): `0x${string}` | undefined {
  if (typeof signature !== 'string' || !/^0x[0-9a-f]{130}$/i.test(signature)) return undefined;
  const hex = signature.slice(2).toLowerCase();
  const v = recoveryByte[hex.slice(128)];
  if (v === undefined || BigInt(`0x${hex.slice(64, 128)}`) > maxLowS) return undefined;
  return `0x${hex.slice(0, 128)}${v}`;
}

/** v in hex: 27 and 28, which some wallets write as 0 and 1. */
const recoveryByte: Readonly<Record<string, string>> = { '00': '1b', '01': '1c', '1b': '1b', '1c': '1c' };

const typedDataKeys = ['domain', 'types', 'primaryType', 'message'] as const;
const domainKeys = domainFields.map(({ name }) => name);
const messageKeys = transferFields.map(({ name }) => name);

function checkTypes(types: unknown): void {
  const { TransferWithAuthorization: fields } = record(types, 'types', ['TransferWithAuthorization']);
  if (!Array.isArray(fields) || fields.length !== transferFields.length) throw unsafe('types');
  for (const [index, expected] of transferFields.entries()) {
    const { name, type } = record(fields[index], 'types', ['name', 'type']);
    same(name, expected.name, 'types');
    same(type, expected.type, 'types');
  }
}

/** An object with exactly these keys. */
function record<K extends string>(value: unknown, field: string, keys: readonly K[]): Record<K, unknown> {
  if (!isJsonObject(value)) throw unsafe(field);
  const found = Reflect.ownKeys(value);
  if (found.length !== keys.length || !keys.every((key) => found.includes(key))) throw unsafe(field);
  return value;
}

function isNonce(value: unknown): value is `0x${string}` {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value);
}

function same(value: unknown, expected: string | number | bigint, field: string): void {
  if (value !== expected) throw unsafe(field);
}

function unsafe(field: string): Failure {
  return new Failure('unsafeOffer', { phase: 'sign', detail: field });
}
