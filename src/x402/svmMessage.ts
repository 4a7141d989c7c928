import {
  AccountRole,
  address,
  getAddressEncoder,
  getCompiledTransactionMessageDecoder,
  getCompiledTransactionMessageEncoder,
  getProgramDerivedAddress,
} from '@solana/kit';
import type { Address } from '@solana/kit';

/** The programs that a payment calls, and those that it is known to. */
export const programs = {
  computeBudget: 'ComputeBudget111111111111111111111111111111',
  token: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
  associatedToken: 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL',
  memo: 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
  /** Wallets guard what they sign with its assertions; it can refuse a transaction and change nothing. */
  lighthouse: 'L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95',
} as const;

/** No transaction is longer (solana.com/docs/core/transactions, transaction size). */
export const maxTransactionBytes = 1232;

/** An instruction with what its accounts may be used for. */
export interface MessageInstruction {
  readonly program: string;
  readonly accounts: readonly string[];
  readonly data: Uint8Array;
}

/** A version 0 message without lookup tables, read whole. */
export interface Message {
  /** In the message's order: the fee payer first, then the other signer, then the rest. */
  readonly accounts: ReadonlyMap<string, AccountRole>;
  readonly signers: readonly string[];
  readonly blockhash: string;
  readonly instructions: readonly MessageInstruction[];
}

/**
 * Reads a compiled message.
 *
 * @returns undefined for what is not the one encoding of a version 0 message without lookup tables
 */
export function readMessage(bytes: Uint8Array): Message | undefined {
  try {
    const compiled = getCompiledTransactionMessageDecoder().decode(bytes);
    if (compiled.version !== 0 || (compiled.addressTableLookups ?? []).length > 0) return undefined;
    if (!sameBytes(getCompiledTransactionMessageEncoder().encode(compiled), bytes)) return undefined;
    const { header, staticAccounts, instructions, lifetimeToken } = compiled;
    const accounts = new Map(
      staticAccounts.map((account, index) => [account, roleOf(header, index, staticAccounts.length)]),
    );
    if (accounts.size !== staticAccounts.length) return undefined;
    const at = (index: number) => {
      const account = staticAccounts[index];
      if (account === undefined) throw new RangeError('An instruction names an account that is not there.');
      return account;
    };
    return {
      accounts,
      signers: staticAccounts.slice(0, header.numSignerAccounts),
      blockhash: lifetimeToken,
      instructions: instructions.map(
        ({ programAddressIndex, accountIndices = [], data = new Uint8Array() }) => ({
          program: at(programAddressIndex),
          accounts: accountIndices.map(at),
          data: new Uint8Array(data),
        }),
      ),
    };
  } catch {
    return undefined;
  }
}

/** Those that were worked out before, which takes thousands of times as long as to look them up. */
const tokenAccounts = new Map<string, Promise<string>>();
const mostTokenAccounts = 500;

/** The one account of an owner that wallets and facilitators use for a token. */
export function tokenAccountOf(owner: string, mint: string): Promise<string> {
  const key = `${mint} ${owner}`;
  const known = tokenAccounts.get(key);
  if (known) return known;
  if (tokenAccounts.size >= mostTokenAccounts) tokenAccounts.clear();
  const derived = deriveTokenAccount(owner, mint);
  tokenAccounts.set(key, derived);
  return derived;
}

async function deriveTokenAccount(owner: string, mint: string): Promise<string> {
  const bytes = getAddressEncoder();
  const seeds = [owner, programs.token, mint].map((key) => bytes.encode(address(key)));
  const [account] = await getProgramDerivedAddress({
    programAddress: address(programs.associatedToken),
    seeds,
  });
  return account;
}

/** Whether a text is a Solana address. */
export function isSvmAddress(text: unknown): text is Address {
  try {
    return typeof text === 'string' && address(text) === text;
  } catch {
    return false;
  }
}

/** Whether two byte strings are equal. */
export function sameBytes(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

interface Header {
  readonly numSignerAccounts: number;
  readonly numReadonlySignerAccounts: number;
  readonly numReadonlyNonSignerAccounts: number;
}

function roleOf(header: Header, index: number, count: number): AccountRole {
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = header;
  if (index < numSignerAccounts) {
    return index < numSignerAccounts - numReadonlySignerAccounts
      ? AccountRole.WRITABLE_SIGNER
      : AccountRole.READONLY_SIGNER;
  }
  return index < count - numReadonlyNonSignerAccounts ? AccountRole.WRITABLE : AccountRole.READONLY;
}
