import { createHash } from 'node:crypto';
import {
  address,
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
} from '@solana/kit';
import type { Address, Transaction } from '@solana/kit';
import { FailedTransactionMetadata, LiteSVM } from 'litesvm';
import type { TransactionMetadata } from 'litesvm';
import { base58 } from './keys.ts';

/** How final what is read has to be. */
export type Commitment = 'processed' | 'confirmed' | 'finalized';

/** Slots that go by with the clock, as on the real chain; or one with each transaction, and those of `advance`. */
export type SlotTime = 'real' | 'instant';

/** A transaction that a block has, failed ones included. */
export interface Landed {
  readonly signature: string;
  readonly slot: bigint;
  /** Unix seconds. */
  readonly blockTime: number;
  /** As the RPC writes it; null where it went well. */
  readonly error: unknown;
  readonly wire: Uint8Array;
  readonly accounts: readonly Address[];
  /** As `getSignaturesForAddress` writes it. */
  readonly memo: string | null;
  readonly logs: readonly string[];
}

/** What trying a transaction came to. */
export interface Attempt {
  readonly error: unknown;
  readonly logs: readonly string[];
}

/** A chain of slots around litesvm, which itself knows only one. */
export interface SolanaLedger {
  readonly svm: LiteSVM;
  slot(commitment: Commitment): bigint;
  /** Slots without a block were before our time: the height is never the slot. */
  blockHeight(commitment: Commitment): bigint;
  blockTime(slot: bigint): number;
  latestBlockhash(commitment: Commitment): {
    readonly blockhash: string;
    readonly lastValidBlockHeight: bigint;
  };
  isBlockhashValid(blockhash: string, commitment: Commitment): boolean;
  simulate(wire: Uint8Array, options: { sigVerify: boolean; replaceRecentBlockhash: boolean }): Attempt;
  /** @returns the transaction's signature; whether it lands shows later, as on the real chain */
  send(wire: Uint8Array): string;
  landed(): readonly Landed[];
  /** Lets so many slots go by. */
  advance(slots: number): void;
}

const firstSlot = 300_000_000n;
const slotsWithoutBlock = 21_000_000n;
const slotMs = 400;
/** A blockhash is good for so many blocks after its own. */
const blockhashBlocks = 150n;
const behind: Readonly<Record<Commitment, bigint>> = { processed: 0n, confirmed: 1n, finalized: 32n };

const memoProgram = address('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
/** Has no program here, so the memo program stands in for it: it takes any text, and changes nothing either. */
const lighthouseProgram = address('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95');

/** Starts an empty chain with the real SPL programs. */
export function createSolanaLedger(slotTime: SlotTime): SolanaLedger {
  const svm = new LiteSVM().withBlockhashCheck(false).withTransactionHistory(100_000n);
  svm.addProgram(lighthouseProgram, programOf(svm, memoProgram));
  const startedMs = Date.now();
  let extra = 0n;
  const blockhashes = new Map<string, bigint>();
  const landed: Landed[] = [];

  const slot = (commitment: Commitment) => {
    const passed = slotTime === 'real' ? BigInt(Math.floor((Date.now() - startedMs) / slotMs)) : 0n;
    return firstSlot + passed + extra - behind[commitment];
  };
  const blockHeight = (commitment: Commitment) => slot(commitment) - slotsWithoutBlock;
  const blockTime = (at: bigint) => Math.floor((startedMs + Number(at - firstSlot) * slotMs) / 1000);
  const isBlockhashValid = (blockhash: string, commitment: Commitment) => {
    const height = blockhashes.get(blockhash);
    return height !== undefined && blockHeight(commitment) <= height + blockhashBlocks;
  };

  return {
    svm,
    slot,
    blockHeight,
    blockTime,
    isBlockhashValid,
    latestBlockhash(commitment) {
      const height = blockHeight(commitment);
      const blockhash = base58(createHash('sha256').update(`rig block ${height}`).digest());
      blockhashes.set(blockhash, height);
      return { blockhash, lastValidBlockHeight: height + blockhashBlocks };
    },
    simulate(wire, { sigVerify, replaceRecentBlockhash }) {
      const transaction = getTransactionDecoder().decode(wire);
      if (!replaceRecentBlockhash && !isBlockhashValid(read(transaction).blockhash, 'processed'))
        return { error: 'BlockhashNotFound', logs: [] };
      svm.withSigverify(sigVerify);
      try {
        const result = svm.simulateTransaction(transaction);
        return result instanceof FailedTransactionMetadata
          ? failureOf(result)
          : { error: null, logs: result.meta().logs() };
      } finally {
        svm.withSigverify(true);
      }
    },
    send(wire) {
      const transaction = getTransactionDecoder().decode(wire);
      const [first] = Object.values(transaction.signatures);
      if (!first) throw new Error('The fee payer has not signed.');
      const signature = getBase58Decoder().decode(first);
      const { blockhash, accounts, memo } = read(transaction);
      if (!isBlockhashValid(blockhash, 'processed') || landed.some((one) => one.signature === signature))
        return signature;
      const result = svm.sendTransaction(transaction);
      const { error, logs } = result instanceof FailedTransactionMetadata ? failureOf(result) : ok(result);
      // A transaction whose fee nobody paid is in no block.
      const isInBlock = error === null || typeof error === 'object';
      if (isInBlock) {
        const at = slot('processed');
        landed.push({ signature, slot: at, blockTime: blockTime(at), error, wire, accounts, memo, logs });
        if (slotTime === 'instant') extra += 1n;
      }
      return signature;
    },
    landed: () => landed,
    advance(slots) {
      extra += BigInt(slots);
    },
  };
}

function ok(result: TransactionMetadata): Attempt {
  return { error: null, logs: result.logs() };
}

/** `{ InstructionError: [index, { Custom: code }] }`, or the name alone. */
function failureOf(failed: FailedTransactionMetadata): Attempt {
  const error = failed.err();
  const logs = failed.meta().logs();
  if (typeof error === 'number') return { error: `TransactionError${error}`, logs };
  if (!('err' in error)) return { error: String(error), logs };
  const inner = error.err();
  const custom =
    typeof inner === 'object' && 'code' in inner ? { Custom: inner.code } : `Error${String(inner)}`;
  return { error: { InstructionError: [error.index, custom] }, logs };
}

function read(transaction: Transaction) {
  const message = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
  const memos = message.instructions
    .filter(({ programAddressIndex }) => message.staticAccounts[programAddressIndex] === memoProgram)
    .map(({ data = new Uint8Array() }) => `[${data.length}] ${new TextDecoder().decode(data as Uint8Array)}`);
  return {
    blockhash: message.lifetimeToken,
    accounts: message.staticAccounts,
    memo: memos.length === 0 ? null : memos.join('; '),
  };
}

function programOf(svm: LiteSVM, program: Address): Uint8Array {
  const account = svm.getAccount(program);
  if (!account.exists) throw new Error(`litesvm has no program at ${program}.`);
  return account.data;
}
