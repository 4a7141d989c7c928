import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519';
import {
  address,
  getAddressEncoder,
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  getTransactionEncoder,
} from '@solana/kit';
import type { Transaction } from '@solana/kit';
import { vi } from 'vitest';
import { solanaUsdc } from '../../src/core/assets.ts';
import type { Clock } from '../../src/core/clock.ts';
import { programs, tokenAccountOf } from '../../src/x402/svmMessage.ts';
import { account, feePayer } from '../x402/solana.ts';
import { solanaAccepted } from '../x402/challenges.ts';
import type { Cashed } from './cashier.ts';

/** Who pays on the fake Solana, and who is paid there. */
export const solanaPayer = account;
export const solanaPayee = solanaAccepted.payTo;

/** A transaction that a block has. */
export interface SolanaLanded {
  readonly signature: string;
  readonly slot: bigint;
  readonly atMs: number;
  /** As nodes write it. */
  readonly memo: string | null;
  readonly accounts: readonly string[];
  /** Base64. */
  readonly wire: string;
  /** The USDC that it moves. */
  readonly value: bigint;
}

/** The chain, and the facilitator who settles on it. */
export interface FakeSolana {
  readonly landed: readonly SolanaLanded[];
  slot(finality?: 'confirmed' | 'finalized'): bigint;
  height(slot: bigint): bigint;
  /** When a slot was. */
  timeOf(slot: bigint): number;
  latestBlockhash(): {
    readonly blockhash: string;
    readonly lastValidBlockHeight: bigint;
    readonly slot: bigint;
  };
  /** Whether an owner has a token account. */
  hasAccount(owner: string): boolean;
  /** Owners without one. */
  readonly without: Set<string>;
  /** What the gateway does with a payment, base64. */
  cash(transaction: string): Cashed;
  /** Somebody sends dust to the payer's token account, so often. */
  dust(times: number): void;
  /** The id under which a transaction lands. */
  signatureOf(transaction: string): string;
  /** The token accounts of both sides, once they are known. */
  readonly accounts: { payer: string; payee: string };
}

const firstSlot = 300_000_000n;
const slotsWithoutBlock = 21_000_000n;
const slotMs = 400;
const blockhashBlocks = 150n;
const behind = { confirmed: 1n, finalized: 32n } as const;

/** Opens one on which nobody has paid. */
export async function fakeSolana(clock: Clock): Promise<FakeSolana> {
  digestAtOnce();
  const startMs = clock.nowMs();
  const heights = new Map<string, bigint>();
  const landed: SolanaLanded[] = [];
  const without = new Set<string>();
  const [payer, payee] = await Promise.all([
    tokenAccountOf(solanaPayer, solanaUsdc.asset),
    tokenAccountOf(solanaPayee, solanaUsdc.asset),
  ]);
  const slotNow = () => firstSlot + BigInt(Math.floor((clock.nowMs() - startMs) / slotMs));
  const height = (slot: bigint) => slot - slotsWithoutBlock;

  return {
    landed,
    without,
    accounts: { payer, payee },
    height,
    timeOf: (slot) => startMs + Number(slot - firstSlot) * slotMs,
    slot: (finality) => slotNow() - (finality ? behind[finality] : 0n),
    hasAccount: (owner) => !without.has(owner),
    latestBlockhash() {
      const slot = slotNow() - behind.confirmed;
      const blockhash = getBase58Decoder().decode(createHash('sha256').update(`block ${slot}`).digest());
      heights.set(blockhash, height(slot));
      return { blockhash, lastValidBlockHeight: height(slot) + blockhashBlocks, slot };
    },
    signatureOf: (transaction) => idOf(decode(transaction)),
    dust(times) {
      const sent = {
        slot: slotNow(),
        atMs: clock.nowMs(),
        memo: null,
        accounts: [payer],
        wire: '',
        value: 0n,
      };
      for (let left = times; left > 0; left -= 1)
        landed.push({ ...sent, signature: `dust-${landed.length}` });
    },
    cash(transaction) {
      const signed = decode(transaction);
      const { staticAccounts, instructions, lifetimeToken } = getCompiledTransactionMessageDecoder().decode(
        signed.messageBytes,
      );
      const since = heights.get(lifetimeToken);
      if (since === undefined || height(slotNow()) > since + blockhashBlocks || !isSigned(signed))
        return 'invalid';
      const signature = idOf(signed);
      if (landed.some((one) => one.signature === signature)) return 'used before';
      const called = (program: string) =>
        instructions.filter(({ programAddressIndex }) => staticAccounts[programAddressIndex] === program);
      const memos = called(programs.memo).map(({ data }) => Buffer.from(data ?? []).toString());
      const moved = called(programs.token).map(({ data, accountIndices = [] }) => {
        if (staticAccounts[accountIndices[0] ?? -1] !== payer) throw new Error('Nobody else has signed.');
        return Buffer.from(data ?? []).readBigUInt64LE(1);
      });
      landed.push({
        signature,
        slot: slotNow(),
        atMs: clock.nowMs(),
        memo: memos.length === 0 ? null : memos.map((memo) => `[${memo.length}] ${memo}`).join('; '),
        accounts: staticAccounts,
        wire: transaction,
        value: moved.reduce((sum, value) => sum + value, 0n),
      });
      return 'charged';
    },
  };
}

function decode(transaction: string): Transaction {
  const decoded = getTransactionDecoder().decode(Buffer.from(transaction, 'base64'));
  if (Buffer.from(getTransactionEncoder().encode(decoded)).toString('base64') !== transaction)
    throw new Error('Not the bytes of a transaction.');
  return decoded;
}

/** The fee payer signs the message, and its signature names the transaction: here any 64 bytes that do so. */
function idOf({ messageBytes, signatures }: Transaction): string {
  if (Object.keys(signatures)[0] !== feePayer) throw new Error('The fees are for somebody else to pay.');
  return getBase58Decoder().decode(createHash('sha512').update(Uint8Array.from(messageBytes)).digest());
}

function isSigned({ messageBytes, signatures }: Transaction): boolean {
  const signature = signatures[address(solanaPayer)];
  const key = Uint8Array.from(getAddressEncoder().encode(address(solanaPayer)));
  return (
    signature !== undefined &&
    signature !== null &&
    ed25519.verify(Uint8Array.from(signature), Uint8Array.from(messageBytes), key)
  );
}

/** The platform's digest takes real time, which a world whose clock stands still does not have. */
function digestAtOnce(): void {
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (algorithm, data) => {
    if (algorithm !== 'SHA-256') throw new Error('Another digest than SHA-256.');
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : data;
    return Uint8Array.from(createHash('sha256').update(new Uint8Array(bytes)).digest()).buffer;
  });
}
