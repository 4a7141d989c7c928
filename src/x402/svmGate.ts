import { ed25519 } from '@noble/curves/ed25519';
import {
  AccountRole,
  address,
  getAddressEncoder,
  getTransactionDecoder,
  getTransactionEncoder,
} from '@solana/kit';
import type { Transaction } from '@solana/kit';
import { Failure } from '../core/failure.ts';
import type { SvmAuthorization } from '../core/svmAuthorization.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { SvmOffer } from './offer.ts';
import { maxTransactionBytes, programs, readMessage, sameBytes, tokenAccountOf } from './svmMessage.ts';
import type { Message, MessageInstruction } from './svmMessage.ts';

/** A blockhash of our own nodes. */
export interface OwnBlockhash {
  readonly blockhash: string;
  readonly lastValidBlockHeight: bigint;
  /** The slot in which it was the latest. */
  readonly slot: bigint;
  readonly readAtMs: number;
}

/** As the official client hands it to its signer. */
export type BuiltTransaction = Pick<Transaction, 'messageBytes' | 'signatures'>;

/** What the transaction to sign has to do. */
export interface ExpectedTransaction {
  readonly account: string;
  readonly offer: SvmOffer;
  readonly blockhash: OwnBlockhash;
}

/** What the fee payer's fee can be made to be: 40,000 units at 5 lamports, less than a hundredth of a cent. */
const maxComputeUnits = 40_000n;
const maxMicroLamports = 5_000_000n;
const decimals = 6;
const maxGuards = 3;
const maxMemoBytes = 256;

/**
 * Compares the transaction that the official client is about to have signed with our pins, the account, the offer and
 * our own blockhash, byte by byte.
 *
 * @returns the authorization, built from our values
 * @throws {Failure} unsafeOffer, naming the part
 */
export async function readTransaction(
  transaction: BuiltTransaction,
  { account, offer, blockhash }: ExpectedTransaction,
): Promise<SvmAuthorization> {
  const { feePayer, payTo, amount, usdc } = offer;
  const bytes = new Uint8Array(transaction.messageBytes);
  const message = readMessage(bytes);
  if (!message) throw unsafe('message');
  const [source, destination] = await Promise.all([
    tokenAccountOf(account, usdc.asset),
    tokenAccountOf(payTo, usdc.asset),
  ]);
  if (feePayer === account) throw unsafe('feePayer');
  if (source === destination) throw unsafe('payTo');
  if (!hasSlots(transaction.signatures, feePayer, account)) throw unsafe('signatures');
  if (!sameRoles(message.accounts, rolesOf({ feePayer, account, source, destination, mint: usdc.asset })))
    throw unsafe('accounts');
  if (message.blockhash !== blockhash.blockhash) throw unsafe('blockhash');

  const [limit, price, transfer, note, ...more] = message.instructions;
  if (!limit || !price || !transfer || !note || more.length > 0) throw unsafe('instructions');
  checkBudget(limit, 2, 5, maxComputeUnits, 'compute limit');
  checkBudget(price, 3, 9, maxMicroLamports, 'compute price');
  const wanted = { program: programs.token, accounts: [source, usdc.asset, destination, account] };
  if (!calls(transfer, wanted.program, wanted.accounts)) throw unsafe('transfer');
  if (!sameBytes(transfer.data, transferChecked(amount))) throw unsafe('amount');
  const memo = memoOf(note);
  if (memo === undefined || (offer.memo === undefined ? !/^[0-9a-f]{32}$/.test(memo) : memo !== offer.memo))
    throw unsafe('memo');

  return {
    kind: 'svm',
    from: account,
    to: payTo,
    value: amount.toString(),
    memo,
    feePayer,
    blockhash: blockhash.blockhash,
    lastValidBlockHeight: blockhash.lastValidBlockHeight.toString(),
    slot: blockhash.slot.toString(),
    readAtMs: blockhash.readAtMs,
    message: toBase64(bytes),
  };
}

/** The transaction as a wallet gets it to sign: our message with both signatures still to come, base64. */
export function unsignedTransaction({ message, feePayer, from }: SvmAuthorization): string {
  const messageBytes = fromBase64(message);
  if (!messageBytes) throw new TypeError('A stored message is no base64.');
  const signatures = { [feePayer]: null, [from]: null };
  return toBase64(getTransactionEncoder().encode({ messageBytes, signatures } as unknown as Transaction));
}

/** What a wallet's answer turned out to be. */
export type TransactionCheck =
  /** Ours, perhaps with guards that the wallet added; signed by the account. Base64, as it is sent. */
  | { readonly verdict: 'valid'; readonly transaction: string }
  /** Not the bytes of a transaction. */
  | { readonly verdict: 'malformed' }
  /** A transaction that does something else, or is not signed by the account. */
  | { readonly verdict: 'mismatch' };

/** Checks a wallet's answer, base64, against the transaction that it was asked to sign. */
export function checkTransaction(answer: unknown, authorization: SvmAuthorization): TransactionCheck {
  const wire = typeof answer === 'string' ? fromBase64(answer, maxTransactionBytes) : undefined;
  const signed = wire && readSigned(wire);
  if (!signed) return { verdict: 'malformed' };
  const { transaction, message } = signed;
  const { from, feePayer } = authorization;
  const ours = fromBase64(authorization.message);
  const original = ours && readMessage(ours);
  const signature = transaction.signatures[address(from)];
  const isOurs =
    original !== undefined &&
    isGuarded(original, message) &&
    transaction.signatures[address(feePayer)] === null &&
    signature !== undefined &&
    signature !== null &&
    isSignedBy(from, signature, transaction.messageBytes);
  return isOurs ? { verdict: 'valid', transaction: toBase64(wire) } : { verdict: 'mismatch' };
}

/** Reads a whole transaction that has one encoding only; undefined for anything else. */
function readSigned(
  wire: Uint8Array,
): { readonly transaction: Transaction; readonly message: Message } | undefined {
  try {
    const transaction = getTransactionDecoder().decode(wire);
    if (!sameBytes(getTransactionEncoder().encode(transaction), wire)) return undefined;
    const message = readMessage(new Uint8Array(transaction.messageBytes));
    return message && { transaction, message };
  } catch {
    return undefined;
  }
}

/** The original with nothing taken away or given more rights, and at most three assertions of Lighthouse among it. */
function isGuarded(original: Message, signed: Message): boolean {
  const isGuard = ({ program }: MessageInstruction) => program === programs.lighthouse;
  const guards = signed.instructions.filter(isGuard);
  const rest = signed.instructions.filter((instruction) => !isGuard(instruction));
  const used = new Set(guards.flatMap(({ program, accounts }) => [program, ...accounts]));
  const isHarmless = ([account, role]: readonly [string, AccountRole]) =>
    original.accounts.has(account)
      ? original.accounts.get(account) === role
      : role === AccountRole.READONLY && used.has(account);
  return (
    guards.length <= maxGuards &&
    signed.blockhash === original.blockhash &&
    sameTexts(signed.signers, original.signers) &&
    [...original.accounts.keys()].every((account) => signed.accounts.has(account)) &&
    [...signed.accounts].every(isHarmless) &&
    rest.length === original.instructions.length &&
    rest.every((instruction, index) => sameInstruction(instruction, original.instructions[index]))
  );
}

/** Strictly, as Solana's validators do: no second signature of the same message, no key of small order. */
function isSignedBy(signer: string, signature: ArrayLike<number>, message: ArrayLike<number>): boolean {
  const key = new Uint8Array(getAddressEncoder().encode(address(signer)));
  try {
    return ed25519.verify(Uint8Array.from(signature), Uint8Array.from(message), key, { zip215: false });
  } catch {
    return false;
  }
}

function rolesOf(of: {
  readonly feePayer: string;
  readonly account: string;
  readonly source: string;
  readonly destination: string;
  readonly mint: string;
}): ReadonlyMap<string, AccountRole> {
  return new Map([
    [of.feePayer, AccountRole.WRITABLE_SIGNER],
    [of.account, AccountRole.READONLY_SIGNER],
    [of.source, AccountRole.WRITABLE],
    [of.destination, AccountRole.WRITABLE],
    [of.mint, AccountRole.READONLY],
    [programs.computeBudget, AccountRole.READONLY],
    [programs.token, AccountRole.READONLY],
    [programs.memo, AccountRole.READONLY],
  ]);
}

function sameRoles(
  found: ReadonlyMap<string, AccountRole>,
  wanted: ReadonlyMap<string, AccountRole>,
): boolean {
  return found.size === wanted.size && [...found].every(([account, role]) => wanted.get(account) === role);
}

function hasSlots(signatures: Transaction['signatures'], feePayer: string, account: string): boolean {
  const slots = Object.entries(signatures);
  return (
    slots.length === 2 &&
    slots.every(([signer, signature]) => signature === null && (signer === feePayer || signer === account))
  );
}

function checkBudget(
  instruction: MessageInstruction,
  kind: number,
  length: number,
  max: bigint,
  part: string,
): void {
  const { data } = instruction;
  if (!calls(instruction, programs.computeBudget, []) || data.length !== length || data[0] !== kind)
    throw unsafe(part);
  let value = 0n;
  for (let index = length - 1; index > 0; index -= 1) value = value * 256n + BigInt(data[index] ?? 0);
  if (value > max) throw unsafe(part);
}

/** SPL Token's TransferChecked: its number, the amount in 8 bytes, lowest first, and the token's decimals. */
function transferChecked(amount: bigint): Uint8Array {
  const data = new Uint8Array(10);
  data[0] = 12;
  for (let index = 0; index < 8; index += 1) data[1 + index] = Number((amount >> BigInt(8 * index)) & 0xffn);
  data[9] = decimals;
  return data;
}

function memoOf(instruction: MessageInstruction): string | undefined {
  if (!calls(instruction, programs.memo, []) || instruction.data.length > maxMemoBytes) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(instruction.data);
  } catch {
    return undefined;
  }
}

function calls(instruction: MessageInstruction, program: string, accounts: readonly string[]): boolean {
  return instruction.program === program && sameTexts(instruction.accounts, accounts);
}

function sameInstruction(a: MessageInstruction, b: MessageInstruction | undefined): boolean {
  return b !== undefined && calls(a, b.program, b.accounts) && sameBytes(a.data, b.data);
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function unsafe(part: string): Failure {
  return new Failure('unsafeOffer', { phase: 'sign', detail: part });
}
